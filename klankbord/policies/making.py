"""A few answers come in; policy.toml, the organisation's facts and the protocol are written."""

import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import tomlkit
from tomlkit.exceptions import TOMLKitError

from klankbord.errors import SettingsError
from klankbord.policies.protocol import Format, Surroundings, protocol_of, rendered
from klankbord.policies.reading import read_policy
from klankbord.policy import Lang, Strictness
from klankbord.settings import Settings, load, starter_folder

FORMATS: tuple[Format, ...] = ("md", "html")
Council = Literal["open", "consented", "not_applicable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What `policy new` was told."""

    name: str
    strictness: Strictness = Strictness.STANDARD
    contact: str = ""
    whistleblower_url: str = ""
    works_council: Council = "open"
    #: a day; with `consented`, this or the reference
    works_council_on: str = ""
    #: minutes or a letter; with `not_applicable` the reason
    works_council_reference: str = ""
    listed: bool = False
    small: bool = False
    public_sector: bool = False
    languages: tuple[Lang, ...] = ("nl", "en")


def write_policy(folder: Path, answers: Answers, *, again: bool = False) -> list[Path]:
    """Write policy.toml, the facts in organisation.toml, and the protocol in every language asked for.

    Comments stay. Nothing is written that `policy check` would refuse.

    Raises:
        SettingsError: there is a policy already and `again` is not set, or an answer cannot stand.
    """
    policy, facts = folder / "policy.toml", folder / "organisation.toml"
    if policy.exists() and not again:
        found, allowed = "a policy.toml already", "a folder without one, or --replace"
        raise SettingsError.one(str(folder), "-", found, allowed)
    try:
        content = {policy: policy_text(answers), facts: facts_text(_standing(facts), answers)}
        with TemporaryDirectory() as trial:
            for file, text in content.items():
                (Path(trial) / file.name).write_text(text, "utf-8")
            read_policy(Path(trial) / "policy.toml")
            load(Path(trial))
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in content.items():
            _put(file, text)
    except OSError as error:
        found = str(error.strerror)
        raise SettingsError.one(str(folder), "-", found, "a folder that can be written") from error
    return [*content, *write_protocol(load(folder), folder, answers.languages)]


def write_protocol(settings: Settings, folder: Path, languages: tuple[Lang, ...]) -> list[Path]:
    """Write the protocol of a policy as it stands, as Markdown and HTML."""
    made = []
    for lang in languages:
        for form in FORMATS:
            file = folder / f"social-media-protocol.{lang}.{form}"
            _put(file, protocol_text(settings, lang, form))
            made.append(file)
    return made


def protocol_text(settings: Settings, lang: Lang, form: Format) -> str:
    """The protocol of an installation's policy."""
    own = settings.folder / "policy.toml"
    file = own if own.exists() else starter_folder() / "policy.toml"
    organisation = settings.organisation
    beside = Surroundings(
        name=organisation.name,
        small=organisation.small,
        listed=organisation.listed,
        service_url=organisation.service_url,
        text_days=max((one.terms.retention_days for one in settings.sources), default=30),
        pseudonym_days=settings.general.pseudonym_epoch_days,
    )
    return rendered(protocol_of(read_policy(file), settings.policy.fingerprint, beside, lang), form)


def policy_text(answers: Answers) -> str:
    """The policy that ships, with these answers in it."""
    document = tomlkit.parse((starter_folder() / "policy.toml").read_text("utf-8"))
    document["id"] = re.sub(r"[^a-z0-9]+", "-", answers.name.casefold()).strip("-")[:60] or "policy"
    document["strictness"] = answers.strictness.value
    document["contact"] = answers.contact
    adoption: Any = document["adoption"]
    adoption["whistleblower_url"] = answers.whistleblower_url
    council = adoption["works_council"]
    council["status"] = answers.works_council
    council["decided_on"] = answers.works_council_on
    council["reference"] = answers.works_council_reference
    return tomlkit.dumps(document)


def facts_text(standing: str | None, answers: Answers) -> str:
    """organisation.toml with these facts; what else stands in it stays.

    Raises:
        SettingsError: the file that is there cannot be read.
    """
    shipped = (starter_folder() / "organisation.toml").read_text("utf-8")
    try:
        document = tomlkit.parse(shipped if standing is None else standing)
    except TOMLKitError as error:
        raise SettingsError.one("organisation.toml", "-", str(error), "TOML") from error
    if standing is None:
        document["aliases"] = []
    facts: dict[str, object] = {
        "name": answers.name.strip(),
        "listed": answers.listed,
        "small": answers.small,
        "public_sector": answers.public_sector,
    }
    for key, value in facts.items():
        if key in document:
            if document[key] != value:
                document[key] = value
        elif value:
            # tomlkit puts it before the first table
            document.append(key, tomlkit.item(value))
    return tomlkit.dumps(document)


def _standing(file: Path) -> str | None:
    return file.read_text("utf-8") if file.exists() else None


def _put(file: Path, text: str) -> None:
    """Write beside and rename: nobody reads half a policy."""
    part = file.with_name(f".{file.name}.part")
    part.write_text(text, "utf-8")
    part.replace(file)
