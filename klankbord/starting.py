"""A few answers come in, a commented config folder whose keyless sources work goes out."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import tomlkit

from klankbord.errors import SettingsError
from klankbord.mention import short_hash
from klankbord.settings import load, starter_folder

_FILES = (
    "klankbord.toml",
    "organisation.toml",
    "queries.toml",
    "sources.toml",
    "policy.toml",
    "delivery.toml",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What `init` was told."""

    name: str
    aliases: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    language: str = "nl"
    mail_to: str = "communications@example.org"
    #: the day on which a person read the terms of these feeds; None: nobody did, so they are not read yet
    terms_read_on: date | None = None


def write_config(folder: Path, answers: Answers) -> list[Path]:
    """Write the config; nothing is written over, and nothing that its own check would refuse.

    Raises:
        SettingsError: the folder holds a config already or cannot be written, or an answer cannot stand.
    """
    try:
        standing = [name for name in _FILES if (folder / name).exists()]
        if standing:
            found = f"{', '.join(standing)} already"
            raise SettingsError.one(str(folder), "-", found, "a folder without a config")
        content = _content(folder, answers)
        with TemporaryDirectory() as trial:
            for name, text in content.items():
                (Path(trial) / name).write_text(text, "utf-8")
            load(Path(trial))
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in content.items():
            (folder / name).write_text(text, "utf-8")
    except OSError as error:
        found = str(error.strerror)
        raise SettingsError.one(str(folder), "-", found, "a folder that can be written") from error
    return [folder / name for name in _FILES]


def _content(folder: Path, answers: Answers) -> dict[str, str]:
    starter = {name: tomlkit.parse((starter_folder() / name).read_text("utf-8")) for name in _FILES}
    general = starter["klankbord.toml"]
    general["language"] = answers.language
    if folder.resolve().name != "config":
        # Two configs side by side must not share a store.
        general["data_dir"] = f"../{folder.resolve().name}-data"
    organisation = starter["organisation.toml"]
    organisation["name"] = answers.name.strip()
    organisation["aliases"] = list(answers.aliases)
    names = [answers.name.strip(), *answers.aliases]
    expression = " OR ".join('"' + name.replace('"', " ") + '"' for name in names)
    starter["queries.toml"]["query"][0]["expression"] = expression
    starter["delivery.toml"]["channel"][0]["to"] = [answers.mail_to]
    written = {name: tomlkit.dumps(document) for name, document in starter.items()}
    for feed in dict.fromkeys(answers.feeds):
        written["sources.toml"] += _source(feed, answers)
    return written


def _source(feed: str, answers: Answers) -> str:
    table = tomlkit.table()
    table["id"] = _id_of(feed)
    table["kind"] = "feed"
    table["url"] = feed
    table["language"] = answers.language
    read_on = answers.terms_read_on.isoformat() if answers.terms_read_on else "2026-01-31"
    line = f"terms_read_on = {read_on}"
    if answers.terms_read_on is None:
        line = f"# read the terms of this place, then put the day here: it is not read before\n# {line}"
    return f"\n[[source]]\n{tomlkit.dumps(table)}[source.terms]\n{line}\n"


def _id_of(feed: str) -> str:
    host = (urlsplit(feed).hostname or "feed").removeprefix("www.")
    letters = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in host.lower()).strip("-")
    return f"{letters[:40]}-{short_hash(feed)[:4]}"
