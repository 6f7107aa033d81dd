"""A keyword list with its sentences comes in; every sentence it does not treat as told goes out. Pure."""

from collections.abc import Iterator, Sequence

from classify.keyword_list import CompiledList, compiled, template
from classify.keywords import Keywords
from classify.matcher_post import Post
from classify.query import Query
from klankbord.errors import Mistake, SettingsError
from klankbord.settings import Exclusion, Organisation, Settings


def wrong_lists(settings: Settings) -> Iterator[Mistake]:
    """Everything wrong with the lists of a config and the templates they name: terms, then sentences."""
    numbers = [clause.number for clause in settings.policy.clauses if clause.kind == "rule"]
    for table in settings.keyword_lists:
        if table.clause != "organisation" and table.clause not in numbers:
            allowed = f"organisation, or a rule of policy.toml: {', '.join(numbers)}"
            yield Mistake(file=table.file, key="clause", found=repr(table.clause), allowed=allowed)
        try:
            yield from wrong_sentences(compiled(table, settings.exclusions, settings.organisation))
        except SettingsError as error:
            yield from error.mistakes
    named = {name for table in settings.keyword_lists for name in table.exclude_templates}
    for exclusion in (one for one in settings.exclusions if one.id in named):
        try:
            yield from wrong_exclusion(exclusion, settings.organisation)
        except SettingsError as error:
            yield from error.mistakes


def wrong_sentences(one: CompiledList) -> Iterator[Mistake]:
    """The sentences of a list and its terms that come out otherwise than told."""
    table, first = one.table, len(one.terms) - len(one.table.term)
    for number, term in enumerate(table.term, start=1):
        shown, query = one.terms[first + number - 1]
        yield from _wrong(
            table.file, f"term.{number}", f"the term {shown!r}", term.must_match, [query], wanted=True
        )
        yield from _wrong(
            table.file, f"term.{number}", f"the term {shown!r}", term.must_not_match, [query], wanted=False
        )
    whole = Keywords((one,))
    for key, sentences in (("must_match", table.must_match), ("must_not_match", table.must_not_match)):
        for place, sentence in enumerate(sentences, start=1):
            hits = whole.hits(Post(text=sentence), None)
            if bool(hits) != (key == "must_match"):
                terms = ", ".join(repr(one.terms[number][0]) for hit in hits for number, _ in hit.terms)
                told = f"is found by {terms}" if hits else "is not found by the list"
                yield _mistake(table.file, f"{key}.{place}", sentence, told)


def wrong_exclusion(exclusion: Exclusion, organisation: Organisation) -> Iterator[Mistake]:
    """The sentences of a template that come out otherwise than told; {name} is the organisation's."""
    queries = template(exclusion, organisation)
    named = [
        tuple(sentence.replace("{name}", organisation.name) for sentence in sentences)
        for sentences in (exclusion.must_match, exclusion.must_not_match)
    ]
    yield from _wrong(exclusion.file, "excluded", "the template", named[0], queries, wanted=True)
    yield from _wrong(exclusion.file, "excluded", "the template", named[1], queries, wanted=False)


def _wrong(
    file: str, key: str, what: str, sentences: Sequence[str], queries: Sequence[Query], *, wanted: bool
) -> Iterator[Mistake]:
    side = "must_match" if wanted else "must_not_match"
    for place, sentence in enumerate(sentences, start=1):
        if any(query.spans(sentence) is not None for query in queries) != wanted:
            told = f"is {'not ' if wanted else ''}found by {what}"
            yield _mistake(file, f"{key}.{side}.{place}", sentence, told)


def _mistake(file: str, key: str, sentence: str, told: str) -> Mistake:
    shown = sentence if len(sentence) <= 160 else sentence[:159] + "…"
    allowed = "what this key says of the sentence; change the term or the sentence"
    return Mistake(file=file, key=key, found=f"“{shown}” {told}", allowed=allowed)
