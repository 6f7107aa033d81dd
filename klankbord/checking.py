"""An installation comes in; what is well and what needs a person goes out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from klankbord import clock
from klankbord.errors import KlankbordError, Mistake, QueryError, SettingsError
from klankbord.installation import Installation
from klankbord.permission import why_not
from klankbord.settings import Organisation, QuerySettings, SealedTopic, Settings, load


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How one part of an installation is."""

    part: str
    well: bool
    told: str


def check_config(folder: Path) -> list[str]:
    """Read the config, queries and kinds included; returns what it says, in lines.

    Raises:
        SettingsError: with every mistake.
    """
    settings = checked(folder)
    rules = settings.policy.rules
    counted = f"{len(settings.sources)} sources, {len(settings.queries)} queries"
    counted += f", {len(settings.delivery.channel)} channels"
    counted += f", {len(rules)} clauses at {settings.policy.strictness.value}"
    if settings.keyword_lists:
        counted += f", {len(settings.keyword_lists)} keyword lists"
    return [f"{folder}: {counted}", *_remarks(settings)]


def checked(folder: Path) -> Settings:
    """Read the config, with queries, keyword lists and the sentences that prove these.

    Raises:
        SettingsError: with every mistake.
    """
    from classify.keyword_proof import wrong_lists
    from klankbord.policies.reading import policy_file, policy_mistakes

    settings = load(folder, look_further)
    if wrong := (*wrong_lists(settings), *policy_mistakes(policy_file(folder))):
        raise SettingsError(wrong)
    return settings


def look_further(queries: Sequence[QuerySettings], organisation: Organisation | None) -> Iterator[Mistake]:
    """Mistakes in queries, which only another room can read."""
    from classify.query import parse
    from classify.query_person import person_terms
    from classify.query_remark import QueryMistakes

    accounts = organisation.official_accounts if organisation else ()
    for place, query in enumerate(queries, start=1):
        key = f"query.{place}.expression"
        try:
            wrong = [
                (term.line, term.column, term.reason)
                for term in person_terms(parse(query.expression), accounts)
            ]
        except QueryMistakes as error:
            wrong = [(one.line, one.column, one.words("en")) for one in error.remarks if one.refused]
        except QueryError as error:
            wrong = [(error.line, error.column, error.problem)]
        for line, column, problem in wrong:
            found = f"line {line}, column {column}"
            yield Mistake(file="queries.toml", key=key, found=found, allowed=problem)


def _odd_queries(settings: Settings) -> Iterator[str]:
    """What a query says that its writer may not have meant."""
    from classify.query import parse
    from classify.query_lint import lint

    for query in settings.queries:
        for remark in lint(parse(query.expression)):
            said = remark.words(settings.general.language)
            yield f"remark: query {query.id}, line {remark.line}, column {remark.column}: {said}"


def _remarks(settings: Settings) -> Iterator[str]:
    """What is allowed but will surprise."""
    organisation = settings.organisation
    known = {"klankbord", "organisation", "queries", "sources", "policy", "delivery"}
    for file in sorted(settings.folder.glob("*.toml")):
        if file.stem not in known | {"examples"}:
            yield f"remark: {file.name} is no config file of ours and is not read"
    yield from _unread_lists(settings)
    for name in sorted(known - {file.stem for file in settings.folder.glob("*.toml")}):
        yield f"remark: there is no {name}.toml, so its defaults hold"
    if not settings.sources:
        yield "remark: no source yet, so nothing will be read"
    yield from _refused_sources(settings)
    yield from _odd_queries(settings)
    yield from told_of(organisation)
    if not organisation.topic:
        yield "remark: organisation.toml has no [[topic]], so clause C02 stays silent"
    if not organisation.fact:
        yield "remark: organisation.toml has no [[fact]], so clause C07 stays silent"
    if not organisation.competitors:
        yield "remark: organisation.toml names no competitors, so clause C06 stays silent"
    if not settings.policy.adopted:
        yield "remark: the adoption record in policy.toml is open, so C05, C06 and C09 are only counted"
    if not settings.delivery.alerts.channels:
        yield "remark: no channel under [alerts], so alerts are only listed"


def told_of(organisation: Organisation) -> Iterator[str]:
    """What the organisation told that may surprise."""
    open_topics = sum(not isinstance(topic, SealedTopic) for topic in organisation.topic)
    if open_topics:
        yield (
            f"remark: {open_topics} confidential topics stand in organisation.toml for all who read it;"
            " `klankbord config seal` encrypts them"
        )
    for number, one in enumerate(organisation.ambiguous, start=1):
        if not one.ours and not one.other:
            yield (
                f"remark: ambiguous.{number} tells no words in ours and other, so general words alone decide"
            )


def _unread_lists(settings: Settings) -> Iterator[str]:
    folder = settings.folder / "keywords"
    for file in sorted(folder.rglob("*.toml")):
        if file.parent not in (folder, folder / "exclusions"):
            yield f"remark: {file.relative_to(settings.folder)} lies too deep and is not read"


def _refused_sources(settings: Settings) -> Iterator[str]:
    today = clock.now().astimezone(settings.zone).date()
    for source in settings.sources:
        if source.enabled and (reason := why_not(source, settings.organisation, today)):
            yield f"remark: {reason}"


def look_over(installation: Installation) -> list[Look]:
    """Every part of an installation, the model and channels without sending anything."""
    return [
        _packages(),
        _part("config", lambda: "; ".join(check_config(installation.settings.folder))),
        _part("keys", lambda: _keys(installation)),
        _part("store", lambda: _store(installation)),
        _part("model", lambda: _model(installation)),
        *_sources(installation),
        *_channels(installation),
    ]


def _part(part: str, tell: Callable[[], str]) -> Look:
    try:
        return Look(part=part, well=True, told=tell())
    except KlankbordError as error:
        return Look(part=part, well=False, told=str(error))


def _packages() -> Look:
    """Another distribution with one of our top-level names would hide ours without a word."""
    from importlib.metadata import packages_distributions

    owners = packages_distributions()
    strangers = {
        name: [owner for owner in owners.get(name, []) if owner != "klankbord"]
        for name in ("klankbord", "collectors", "classify", "reports", "desk")
    }
    shared = [f"{name} also belongs to {', '.join(other)}" for name, other in strangers.items() if other]
    return Look(
        part="packages", well=not shared, told="; ".join(shared) or "no other package carries our names"
    )


def _keys(installation: Installation) -> str:
    installation.pseudonyms.forgotten("doctor", "doctor")
    return "the key file is readable by its owner only"


def _store(installation: Installation) -> str:
    return ", ".join(f"{n} {name}" for name, n in installation.store.counts().items() if n) or "empty"


def _model(installation: Installation) -> str:
    if not installation.model_file.exists():
        return "none yet; the first `classify` trains it"
    return f"trained on {installation.model.trained_on} from corpus {installation.model.corpus}"


def _sources(installation: Installation) -> Iterator[Look]:
    for one in installation.standings():
        if one.word == "off":
            continue
        told = f"{one.word}: {one.why}" if one.why else one.word
        source = installation.settings.source(one.health.source_id)
        credentials = source.credentials if source else ()
        lacking = [ref for ref in credentials if not installation.secrets.present(ref)]
        told += "".join(f"; no secret at {ref}" for ref in lacking)
        well = one.word in {"reading", "never read", "silent"} and not lacking
        yield Look(part=f"source {one.health.source_id}", well=well, told=told)


def _channels(installation: Installation) -> Iterator[Look]:
    import os

    for channel in installation.settings.delivery.channel:
        lacking = channel.secret_env is not None and not os.environ.get(channel.secret_env)
        told = (
            f"{channel.secret_env} is not set"
            if lacking
            else f"{channel.kind}; `klankbord alerts test {channel.id}`"
        )
        yield Look(part=f"channel {channel.id}", well=not lacking, told=told)
