"""A query comes in; what was read goes out in plain Dutch or English, to be echoed back. Pure."""

import re
from collections.abc import Mapping, Sequence

from classify.query import Query
from classify.query_ast import (
    And,
    Compound,
    Handle,
    Lang,
    Near,
    Node,
    Not,
    Or,
    Pattern,
    Raw,
    Site,
    Source,
    Tag,
    Term,
    Title,
    Within,
)
from classify.query_remark import Language

_WORDS: Mapping[Language, Mapping[str, str]] = {
    "nl": {
        "word": "“{0}”",
        "phrase": "de woorden “{0}” na elkaar",
        "begins": "een woord dat begint met “{0}”",
        "ends": "een woord dat eindigt op “{0}”",
        "shape": "een woord van de vorm “{0}” (* is nul of meer letters, ? is één letter)",
        "shapes": "woorden na elkaar van de vorm “{0}” (* is nul of meer letters, ? is één letter)",
        "compound": "“{0}”, ook met een spatie of streepje erin",
        "raw": "precies “{0}”, met deze hoofdletters en tekens",
        "tag": "de hashtag #{0}",
        "handle": "het account @{0}",
        "pattern": "wat past op de reguliere expressie /{0}/",
        "within": "de woorden {0}, in welke volgorde ook, met hooguit {1} andere ertussen",
        "near": "[{0}] en [{1}], in welke volgorde ook, met hooguit {2} ertussen",
        "onear": "[{0}] en daarna [{1}], met hooguit {2} ertussen",
        "touching": "[{0}] en [{1}] direct naast elkaar",
        "following": "[{0}] en direct daarna [{1}]",
        "words_1": "1 woord",
        "words": "{0} woorden",
        "title": "in de titel: {0}",
        "site": "het bericht staat op {0}",
        "source": "het bericht komt uit de bron {0}",
        "lang": "het bericht is in de taal “{0}”",
        "not": "niet: {0}",
        "and": "alle: {0}",
        "or": "minstens één van: {0}",
        "but": "{0}; maar {1}",
    },
    "en": {
        "word": "“{0}”",
        "phrase": "the words “{0}” in a row",
        "begins": "a word that begins with “{0}”",
        "ends": "a word that ends in “{0}”",
        "shape": "a word of the shape “{0}” (* is any number of letters, ? is one letter)",
        "shapes": "words in a row of the shape “{0}” (* is any number of letters, ? is one letter)",
        "compound": "“{0}”, also with a space or hyphen inside",
        "raw": "exactly “{0}”, with these capitals and signs",
        "tag": "the hashtag #{0}",
        "handle": "the account @{0}",
        "pattern": "what fits the regular expression /{0}/",
        "within": "the words {0}, in any order, with at most {1} others among them",
        "near": "[{0}] and [{1}], in any order, with at most {2} in between",
        "onear": "[{0}] and after it [{1}], with at most {2} in between",
        "touching": "[{0}] and [{1}] right beside each other",
        "following": "[{0}] and right after it [{1}]",
        "words_1": "1 word",
        "words": "{0} words",
        "title": "in the title: {0}",
        "site": "the post stands on {0}",
        "source": "the post comes from the source {0}",
        "lang": "the post is in the language “{0}”",
        "not": "not: {0}",
        "and": "all of: {0}",
        "or": "at least one of: {0}",
        "but": "{0}; but {1}",
    },
}


def described(query: Query, language: Language) -> str:
    """What a post must hold to meet the query, in words."""
    return _told(query.root, _WORDS[language])


def _told(node: Node, words: Mapping[str, str]) -> str:  # noqa: PLR0911 - one a kind of node
    match node:
        case Not(child=child):
            return words["not"].format(_told(child, words))
        case And(children=children):
            return _all(children, words)
        case Or(children=children):
            return words["or"].format(_several(children, words))
        case Near():
            return _near(node, words)
        case Title(child=child):
            return words["title"].format(_told(child, words))
        case Term():
            return _term(node, words)
    return _leaf(node, words)


def _several(children: Sequence[Node], words: Mapping[str, str]) -> str:
    return ", ".join(
        f"({_told(child, words)})" if isinstance(child, And | Or | Not) else _told(child, words)
        for child in children
    )


def _all(children: Sequence[Node], words: Mapping[str, str]) -> str:
    wanted = [child for child in children if not isinstance(child, Not)]
    unwanted = [child for child in children if isinstance(child, Not)]
    told = words["and"].format(_several(wanted, words)) if len(wanted) > 1 else _told(wanted[0], words)
    if not unwanted:
        return told
    return words["but"].format(told, ", ".join(_told(child, words) for child in unwanted))


def _near(node: Near, words: Mapping[str, str]) -> str:
    left, right = _told(node.left, words), _told(node.right, words)
    if node.between == 0:
        return words["following" if node.ordered else "touching"].format(left, right)
    between = words["words_1"] if node.between == 1 else words["words"].format(node.between)
    return words["onear" if node.ordered else "near"].format(left, right, between)


def _term(term: Term, words: Mapping[str, str]) -> str:
    wild = [word for word in term.words if re.search(r"[*?]", word)]
    if not wild:
        return words["phrase" if len(term.words) > 1 else "word"].format(term.shown)
    if len(term.words) > 1:
        return words["shapes"].format(term.shown)
    if re.fullmatch(r"[^*?]+\*", wild[0]):
        return words["begins"].format(wild[0][:-1])
    if re.fullmatch(r"\*[^*?]+", wild[0]):
        return words["ends"].format(wild[0][1:])
    return words["shape"].format(wild[0])


def _leaf(node: Node, words: Mapping[str, str]) -> str:  # noqa: PLR0911 - one a kind of node
    match node:
        case Compound(shown=shown):
            return words["compound"].format(shown)
        case Raw(shown=shown):
            return words["raw"].format(shown)
        case Tag(name=name):
            return words["tag"].format(name)
        case Handle(name=name):
            return words["handle"].format(name)
        case Pattern(source=source):
            return words["pattern"].format(source)
        case Within(words=inner, others=others):
            return words["within"].format(", ".join(f"“{word}”" for word in inner), others)
        case Site(domain=domain):
            return words["site"].format(domain)
        case Source(id=source):
            return words["source"].format(source)
        case Lang(code=code):
            return words["lang"].format(code)
    raise TypeError(node)
