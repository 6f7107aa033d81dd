"""One word, phrase or field value of a query comes in; a leaf of the tree goes out, or a mistake. Pure."""

import re
from itertools import pairwise

from classify.folding import fold
from classify.query_ast import Compound, Extent, Handle, Lang, Node, Raw, Site, Source, Tag, Term, Within
from classify.query_remark import Remarks, short

#: characters of one word or phrase
LONGEST = 500
#: words of one phrase
_MOST_WORDS = 40
#: other words that "a b"~n allows, and words between the quotes
_MOST_OTHERS, _MOST_WITHIN = 50, 8
#: hyphen, non-breaking hyphen, figure, en and em dash, and the underscore of file names
DASHES = "-\u2010\u2011\u2012\u2013\u2014_"
_WORD = re.compile(r"(?:[^\W_]|[*?])+")
_WILD = re.compile(r"[*?]")
#: how Dutch shortens "des", "het", "een", "ik": no opening quote
_SHORTENED = re.compile(r"['\u2018\u2019](?:s|t|n|k|m|r)(?!\w)", re.IGNORECASE)


def significant(gap: str) -> str:
    """The signs of a gap that count: no spaces, no dashes."""
    return "".join(sign for sign in gap if not sign.isspace() and sign not in DASHES)


def term_of(shown: str, at: Extent, remarks: Remarks) -> Term | None:
    """A word or phrase."""
    if shown.isascii() and 2 < len(shown) <= LONGEST and shown.replace(" ", "").isalnum():
        # nearly every term is plain words: the rest of this function would find nothing to do
        words = tuple(shown.lower().split())
        if len(words) <= _MOST_WORDS:
            return Term(shown=shown, words=words, at=at)
    folded = fold(shown)
    found = list(_WORD.finditer(folded))
    if not any(sign.isalnum() for sign in folded):
        remarks.refuse("stem" if "*" in shown else "no_letter", at[0], short(shown))
        return None
    if len(shown) > LONGEST or len(found) > _MOST_WORDS:
        remarks.refuse("long_term", at[0], short(shown), str(LONGEST))
        return None
    words = tuple(one[0] for one in found)
    if not _wildcards_pass(shown, words, at, remarks):
        return None
    gaps = tuple(significant(folded[one.end() : after.start()]) for one, after in pairwise(found))
    _doubt(shown, folded, found, at, remarks)
    return Term(shown=shown, words=words, gaps=gaps if any(gaps) else (), at=at)


def _wildcards_pass(shown: str, words: tuple[str, ...], at: Extent, remarks: Remarks) -> bool:
    wild = [word for word in words if _WILD.search(word)]
    if not wild:
        return True
    first = _WILD.search(shown)
    place = at[0] + (first.start() if first and at[1] - at[0] == len(shown) else 0)
    if any(len(_WILD.sub("", word)) < 2 for word in wild):
        remarks.refuse("stem", place, short(shown))
        return False
    if any(word.count("*") > 2 or word.count("?") > 8 for word in wild) or len(wild) > 4:
        remarks.refuse("stars", place, short(shown))
        return False
    return True


def _doubt(shown: str, folded: str, found: "list[re.Match[str]]", at: Extent, remarks: Remarks) -> None:
    edges = significant(folded[: found[0].start()] + folded[found[-1].end() :])
    plain = " ".join(one[0] for one in found)
    if "'" in edges and not _SHORTENED.match(shown) and len(edges.replace("'", "")) == 0:
        if folded.startswith("'"):
            remarks.add("single_quote", at[0], short(shown))
    elif edges.replace("'", ""):
        remarks.add("signs", at[0], short(shown), plain)
    if plain.endswith("?"):
        remarks.add("question", at[0], short(shown), plain.rstrip("?"))
    elif len(plain) < 3 and not _WILD.search(plain):
        remarks.add("short_word", at[0], short(shown))


def compound_of(shown: str, at: Extent, remarks: Remarks) -> Compound | None:
    """A word with its hyphen and space variants; `shown` without the closing ~."""
    parts = tuple(re.findall(r"[^\W_]+", fold(shown)))
    clean = re.fullmatch(rf"[^\W_]+(?:[\s{re.escape(DASHES)}]+[^\W_]+)*", fold(shown))
    if not clean or not 4 <= len("".join(parts)) <= 60 or len(parts) > 5:
        remarks.refuse("compound", at[0], short(shown) or "~")
        return None
    return Compound(shown=shown, parts=parts, at=at)


def within_of(shown: str, number: str, at: Extent, remarks: Remarks) -> Within | None:
    """These words in any order, with at most n others among them."""
    words = tuple(sorted(re.findall(r"[^\W_]+", fold(shown))))
    odd = significant(re.sub(r"[^\W_]+", " ", fold(shown)))
    if odd or not 2 <= len(words) <= _MOST_WITHIN or len(number) > 3 or int(number) > _MOST_OTHERS:
        remarks.refuse("within", at[0], f'"{short(shown)}"~{short(number)}', str(_MOST_OTHERS))
        return None
    return Within(shown=shown, words=words, others=int(number), at=at)


def tag_of(name: str, at: Extent, remarks: Remarks) -> Tag | None:
    """A hashtag."""
    folded = fold(name)
    if not re.fullmatch(r"\w{1,100}", folded) or not re.search(r"[^\W\d_]", folded):
        remarks.refuse("tag", at[0], f"#{short(name)}")
        return None
    return Tag(name=folded, at=at)


def handle_of(name: str, at: Extent, remarks: Remarks) -> Handle | None:
    """A mention of an account."""
    folded = fold(name)
    if not re.fullmatch(r"\w(?:[\w.@-]{0,98}\w)?", folded) or not re.search(r"[^\W_]", folded):
        remarks.refuse("handle", at[0], f"@{short(name)}")
        return None
    return Handle(name=folded, at=at)


def raw_of(shown: str, at: Extent, remarks: Remarks) -> Raw | None:
    """Signs and capitals exactly so."""
    if not any(sign.isalnum() for sign in fold(shown)):
        remarks.refuse("field_value", at[0], "raw:", "raw:ING")
        return None
    if len(shown) > LONGEST:
        remarks.refuse("long_term", at[0], short(shown), str(LONGEST))
        return None
    return Raw(shown=shown, at=at)


def site_of(value: str, at: Extent, remarks: Remarks) -> Site | None:
    """A domain; a leading https:// and www. do not count."""
    domain = re.sub(r"^(?:https?://)?(?:www\.)?", "", fold(value)).rstrip("/")
    if not re.fullmatch(r"[^\W_](?:[\w-]*\.)+[^\W_]{2,30}", domain) or len(domain) > 253:
        remarks.refuse("field_value", at[0], "site:", "site:example.org")
        return None
    return Site(domain=domain, at=at)


def source_of(value: str, at: Extent, remarks: Remarks) -> Source | None:
    """The id of a source."""
    if not re.fullmatch(r"[\w-]{1,80}", value):
        remarks.refuse("field_value", at[0], "source:", "source:town-blog")
        return None
    return Source(id=value.lower(), at=at)


def lang_of(value: str, at: Extent, remarks: Remarks) -> Lang | None:
    """A two-letter language code."""
    if not re.fullmatch(r"[A-Za-z]{2}(?:[-_][A-Za-z]{2})?", value):
        remarks.refuse("field_value", at[0], "lang:", "lang:nl")
        return None
    return Lang(code=value[:2].lower(), at=at)


#: what stands behind each field name
_FIELDS = {
    "raw": raw_of,
    "hashtag": tag_of,
    "hashtags": tag_of,
    "mention": handle_of,
    "mentions": handle_of,
    "at_mentions": handle_of,
    "site": site_of,
    "source": source_of,
    "lang": lang_of,
    "language": lang_of,
}
_WRITERS = frozenset(("author", "authors", "from", "by", "user", "username", "account", "profile", "poster"))
_FOREIGN = frozenset((
    "url", "inurl", "links", "link", "near", "onear", "country", "city", "region", "place", "sentiment",
    "type", "after", "before", "date", "since", "until", "filter", "to", "reach", "followers", "sub",
    "subreddit", "forum", "text", "body", "content", "intitle", "allintitle", "http", "https",
))  # fmt: skip


def field_name(run: str) -> str | None:
    """The field that a run of characters begins with, in lower case; None: it is a plain word."""
    if ":" not in run:
        return None
    found = re.match(r"([A-Za-z_]{2,12}):", run)
    name = found[1].lower() if found else ""
    return name if name in _FIELDS or name in _WRITERS or name in _FOREIGN or name == "title" else None


def field_of(name: str, value: str, at: Extent, remarks: Remarks) -> Node | None:
    """The leaf for `name:value`; title: is the grammar's."""
    if name in _WRITERS:
        remarks.refuse("author", at[0], f"{name}:")
    elif name in _FOREIGN:
        remarks.refuse("field", at[0], f"{name}:")
    elif not value.strip():
        remarks.refuse("field_value", at[0], f"{name}:", f"{name}:{_EXAMPLES.get(name, 'voorbeeld')}")
    else:
        return _FIELDS[name](value.strip().removeprefix("#" if "tag" in name else "@"), at, remarks)
    return None


_EXAMPLES = {"raw": "ING", "site": "example.org", "source": "town-blog", "lang": "nl", "language": "nl"}
