"""Reads the TOML files of a config folder and gathers every mistake before it complains."""

import hashlib
import tomllib
from collections.abc import Callable, Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from klankbord.errors import Mistake, SettingsError
from klankbord.policy import Policy
from klankbord.settings.delivery import DeliverySettings, delivery_ends, unknown_clauses
from klankbord.settings.examples import ExamplesFile, wrong_examples
from klankbord.settings.keywords import read_lists
from klankbord.settings.models import (
    GeneralSettings,
    QueriesFile,
    QuerySettings,
    Settings,
    SourcesFile,
)
from klankbord.settings.organisation import Organisation
from klankbord.settings.policy_file import PolicyFile
from klankbord.settings.sealed import sealed_topics

_Model = TypeVar("_Model", bound=BaseModel)


#: looks for mistakes that only another room can see: in queries
Check = Callable[[Sequence[QuerySettings], Organisation | None], Iterable[Mistake]]


def load(folder: Path, check: Check | None = None) -> Settings:
    """Read and check every file of a config folder; only organisation.toml must be there.

    Args:
        folder: the config folder.
        check: looks further into the queries that could be read, beside what the organisation tells.

    Raises:
        SettingsError: with every mistake in every file.
    """
    mistakes: list[Mistake] = []
    if not folder.is_dir():
        raise SettingsError.one(
            str(folder), "-", "no such folder", "a config folder; make one with `klankbord init`"
        )
    policy_file = folder / "policy.toml"
    if not policy_file.exists():
        policy_file = starter_folder() / "policy.toml"
    general = _read(folder / "klankbord.toml", GeneralSettings, mistakes, GeneralSettings())
    sources = _read(folder / "sources.toml", SourcesFile, mistakes, SourcesFile())
    organisation = _read(folder / "organisation.toml", Organisation, mistakes)
    organisation = _opened(folder, general or GeneralSettings(), organisation, mistakes)
    # Where the organisation cannot be read, that is the mistake, and not that no query says more.
    by_name = _by_name(organisation or Organisation(name="unread"))
    queries = _read(folder / "queries.toml", QueriesFile, mistakes, by_name)
    delivery = _read(folder / "delivery.toml", DeliverySettings, mistakes, DeliverySettings())
    policy = _read(policy_file, PolicyFile, mistakes)
    examples = _read(folder / "examples.toml", ExamplesFile, mistakes, ExamplesFile())
    lists, exclusions = read_lists(folder, starter_folder(), _read, mistakes)
    mistakes += _loose_ends(sources or SourcesFile(), queries, delivery or DeliverySettings())
    if check:
        mistakes += check(queries.query if queries else (), organisation)
    if delivery and policy:
        mistakes += unknown_clauses(delivery, [one.id.split("-", 1)[0] for one in policy.clause])
    if examples and policy:
        mistakes += wrong_examples(examples, policy.record("", listed=True))
    if mistakes or not (
        general and sources and queries and organisation and delivery and policy and examples
    ):
        raise SettingsError(tuple(mistakes))
    return Settings(
        folder=folder.resolve(),
        general=general,
        sources=sources.source,
        queries=queries.query,
        organisation=organisation,
        delivery=delivery,
        keyword_lists=lists,
        exclusions=exclusions,
        examples=examples.example,
        policy=policy.record(_fingerprint(policy_file), listed=organisation.listed),
    )


def policy_of(file: Path, *, listed: bool = False) -> Policy:
    """Read and check a policy file by itself.

    Raises:
        SettingsError: with every mistake in it.
    """
    mistakes: list[Mistake] = []
    policy = _read(file, PolicyFile, mistakes)
    if policy is None:
        raise SettingsError(tuple(mistakes))
    return policy.record(_fingerprint(file), listed=listed)


def _opened(
    folder: Path, general: GeneralSettings, organisation: Organisation | None, mistakes: list[Mistake]
) -> Organisation | None:
    """What the organisation told with its sealed topics; a file that stays shut is a mistake."""
    try:
        topics = sealed_topics(folder, general.topics_key)
    except SettingsError as error:
        mistakes += error.mistakes
        return organisation
    if organisation is None:
        return None
    organisation = organisation.with_sealed(topics)
    mistakes += organisation.loose_ends()
    return organisation


def _fingerprint(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def starter_folder() -> Path:
    """The config that ships with the program: in the wheel, or beside the checkout."""
    packed = Path(str(files("klankbord").joinpath("starter")))
    return packed if packed.is_dir() else Path(__file__).parents[2] / "config"


def _by_name(organisation: Organisation) -> QueriesFile:
    """Without queries.toml the organisation's names and products decide what is about it."""
    quoted = ['"' + name.replace('"', " ") + '"' for name in (*organisation.names, *organisation.products)]
    return QueriesFile(query=(QuerySettings(id="organisation", expression=" OR ".join(quoted)),))


def _read(
    file: Path, model: type[_Model], mistakes: list[Mistake], otherwise: _Model | None = None
) -> _Model | None:
    """The checked content of a file; where there is no such file, `otherwise`."""
    if otherwise is not None and not file.exists():
        return otherwise
    content = _parsed(file)
    if isinstance(content, Mistake):
        mistakes.append(content)
        return None
    try:
        return model.model_validate(content)
    except ValidationError as error:
        mistakes += [_mistake(file.name, dict(detail)) for detail in error.errors(include_url=False)]
        return None


def _parsed(file: Path) -> dict[str, object] | Mistake:
    allowed = "a TOML file; see `klankbord init`"
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        found = "no such file"
    except UnicodeDecodeError as error:
        found, allowed = f"bytes that are not UTF-8 ({error.reason})", "UTF-8 text"
    except (tomllib.TOMLDecodeError, RecursionError, OSError) as error:
        found, allowed = str(error), "TOML"
    return Mistake(file=file.name, key="-", found=found, allowed=allowed)


def _mistake(file: str, detail: dict[str, object]) -> Mistake:
    place = detail["loc"]
    assert isinstance(place, tuple)  # noqa: S101 - pydantic's own promise, told to mypy
    # after `source.2` pydantic names the kind whose table it read; nobody wrote that in the file
    if place[:1] == ("source",) and len(place) > 3:
        place = (*place[:2], *place[3:])
    key = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in place) or "-"
    message = str(detail["msg"]).removeprefix("Value error, ")
    if detail["type"] == "extra_forbidden":
        return Mistake(file=file, key=key, found="an unknown key", allowed="only documented keys")
    if detail["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        context = detail["ctx"]
        assert isinstance(context, dict)  # noqa: S101 - pydantic's own promise, told to mypy
        allowed = str(context.get("expected_tags", "a kind")).replace("'", "")
        return Mistake(file=file, key=f"{key}.kind", found=repr(context.get("tag")), allowed=allowed)
    if detail["type"] == "missing":
        return Mistake(file=file, key=key, found="nothing", allowed="this key is needed")
    found = detail["input"]
    shown = "this table" if isinstance(found, dict | list) else repr(found)
    return Mistake(file=file, key=key, found=shown if len(shown) < 80 else shown[:77] + "…", allowed=message)


def _loose_ends(
    sources: SourcesFile, queries: QueriesFile | None, delivery: DeliverySettings
) -> list[Mistake]:
    """Keys that point nowhere and ids that stand twice."""
    found: list[Mistake] = []
    query_ids = [query.id for query in queries.query] if queries else []
    for file, table, ids in (
        ("sources.toml", "source", [source.id for source in sources.source]),
        ("queries.toml", "query", query_ids),
        ("delivery.toml", "channel", [channel.id for channel in delivery.channel]),
        ("delivery.toml", "rule", [rule.id for rule in delivery.rule]),
    ):
        for place, name in enumerate(ids):
            if name in ids[:place]:
                key = f"{table}.{place + 1}.id"
                found.append(
                    Mistake(file=file, key=key, found=f"{name!r} a second time", allowed="each id once")
                )
    for place, source in enumerate(sources.source):
        for name in source.queries:
            if queries and name not in query_ids:
                key = f"source.{place + 1}.queries"
                found.append(
                    Mistake(file="sources.toml", key=key, found=repr(name), allowed=f"one of {query_ids}")
                )
    found += delivery_ends(delivery, [source.id for source in sources.source])
    return found
