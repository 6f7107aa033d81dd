"""A policy document comes in; sentences that lack a language, a hedge or a neutral word go out. Pure."""

import re
from collections.abc import Iterator

from klankbord.policies.demands import Wrong
from klankbord.policies.document import LANGUAGES, Table, table, tables, text, texts
from klankbord.policy import Lang, Wording
from reports.wording import banned, lint

_BLANK = re.compile(r"\{(\w+)\}")
#: what a finding's sentence may be filled in with
_FILLED = ("topic", "product", "competitor", "fact_url", "pattern")
#: must stand under everything that is told (law.md D7)
_FOOTER = ("whistleblower_url", "contact")
_SENTENCES = ("title", "text", "suggested_action", "finding_text", "innocent_reading")
_LISTS = ("breach_when", "not_breach", "disclosure_wording")
_NEEDED = ("title", "text")
_BOTH: tuple[Lang, ...] = ("nl", "en")


def worded(document: Table, shipped: Table) -> Iterator[Wrong]:
    """What is wrong with the words of a policy.

    Args:
        document: the file as TOML reads it.
        shipped: the policy that ships: words it bans stay banned.
    """
    rules = _wording(table(document.get("wording")), table(shipped.get("wording")))
    yield from _words_kept(table(document.get("wording")), table(shipped.get("wording")))
    for name in ("covers", "does_not_cover"):
        yield from _parity(f"scope.{name}", table(document.get("scope")).get(name))
    yield from _parity("scope.forbidden", table(document.get("scope")).get("forbidden"))
    for key, category in tables(document, "protected"):
        for name in _NEEDED:
            yield from _parity(f"{key}.{name}", category.get(name), needed=True)
            yield from _neutral(f"{key}.{name}", category.get(name), rules)
        yield from _parity(f"{key}.indicators", category.get("indicators"))
    for key, clause in tables(document, "clause"):
        yield from _clause(key, clause, rules)


def _clause(key: str, clause: Table, rules: Wording) -> Iterator[Wrong]:
    rule = clause.get("kind") == "rule"
    for name in _SENTENCES:
        needed = name in _NEEDED or (rule and name == "finding_text")
        yield from _parity(f"{key}.{name}", clause.get(name), needed=needed)
        yield from _neutral(f"{key}.{name}", clause.get(name), rules)
    for name in _LISTS:
        yield from _parity(f"{key}.{name}", clause.get(name))
        yield from _neutral(f"{key}.{name}", clause.get(name), rules)
    for outcome in ("flag", "pass"):
        yield from _parity(f"{key}.examples.{outcome}", table(clause.get("examples")).get(outcome))
    if rule:
        yield from _finding_text(f"{key}.finding_text", table(clause.get("finding_text")), rules)


def _parity(key: str, content: object, *, needed: bool = False) -> Iterator[Wrong]:
    """Dutch and English, or neither: nobody reads half a policy."""
    given = table(content)
    said = [lang for lang in LANGUAGES if text(given.get(lang)).strip() or texts(given.get(lang))]
    if said or needed:
        for lang in LANGUAGES:
            if lang not in said:
                other = " as it stands in the other language" if said else ""
                yield f"{key}.{lang}", "nothing", f"the text in {lang}{other}"


def _neutral(key: str, content: object, rules: Wording) -> Iterator[Wrong]:
    for lang in _BOTH:
        given = table(content).get(lang)
        for said in texts(given) or (text(given),):
            for problem in banned(said, rules, lang):
                yield f"{key}.{lang}", problem, "words that accuse nobody"


def _finding_text(key: str, given: Table, rules: Wording) -> Iterator[Wrong]:
    blanks = {lang: set(_BLANK.findall(text(given.get(lang)))) for lang in _BOTH}
    for lang in _BOTH:
        said = text(given.get(lang))
        if not said:
            continue
        for problem in lint(said, rules, lang):
            if not problem.startswith("banned word"):
                yield f"{key}.{lang}", problem, _hint(problem, rules, lang)
        for name in sorted(blanks[lang] - set(_FILLED)):
            yield f"{key}.{lang}", f"{{{name}}}", ", ".join(f"{{{one}}}" for one in _FILLED)
    if blanks["nl"] != blanks["en"] and all(text(given.get(lang)) for lang in _BOTH):
        different = ", ".join(f"{{{name}}}" for name in sorted(blanks["nl"] ^ blanks["en"]))
        yield key, f"{different} in one language only", "the same blanks in nl and en"


def _hint(problem: str, rules: Wording, lang: str) -> str:
    words = rules.must_contain_one_of if problem.startswith("no hedge") else rules.must_state_unknown
    return f"a sentence with one of: {', '.join(words.get(lang, ()))}"


def _words_kept(given: Table, shipped: Table) -> Iterator[Wrong]:
    for lang in LANGUAGES:
        kept = {one.casefold() for one in texts(table(given.get("banned")).get(lang))}
        lacking = [one for one in texts(table(shipped.get("banned")).get(lang)) if one.casefold() not in kept]
        if lacking:
            found = f"without {', '.join(lacking)}"
            yield f"wording.banned.{lang}", found, "the words that ship, and more: they are locked"
        for name in ("must_contain_one_of", "must_state_unknown"):
            if not texts(table(given.get(name)).get(lang)):
                yield f"wording.{name}.{lang}", "nothing", "at least one word"
        footer = text(table(given.get("footer")).get(lang))
        for blank in _FOOTER:
            if f"{{{blank}}}" not in footer:
                yield f"wording.footer.{lang}", f"no {{{blank}}}", "a footer that says where to turn"


def _wording(given: Table, shipped: Table) -> Wording:
    """The file's own words, with those that ship where it has none."""

    def words(name: str) -> dict[str, tuple[str, ...]]:
        return {
            lang: texts(table(given.get(name)).get(lang)) or texts(table(shipped.get(name)).get(lang))
            for lang in LANGUAGES
        }

    both = {
        lang: tuple(
            dict.fromkeys(
                one for which in (shipped, given) for one in texts(table(which.get("banned")).get(lang))
            )
        )
        for lang in LANGUAGES
    }
    return Wording(
        confidence=(),
        must_contain_one_of=words("must_contain_one_of"),
        must_state_unknown=words("must_state_unknown"),
        banned=both,
        footer={},
    )
