"""A few answers come in, a commented config folder whose keyless sources work goes out."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import tomlkit

from klankbord.errors import SettingsError
from klankbord.mention import short_hash
from klankbord.settings import starter_folder

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


def write_config(folder: Path, answers: Answers) -> list[Path]:
    """Write the config; nothing is written over.

    Raises:
        SettingsError: the folder holds a config already, or an answer cannot stand.
    """
    if answers.language not in {"nl", "en"}:
        raise SettingsError.one("init", "--language", repr(answers.language), "nl or en")
    if len(answers.name.strip()) < 2:
        raise SettingsError.one("init", "--name", repr(answers.name), "a name of two letters or more")
    standing = [name for name in _FILES if (folder / name).exists()]
    if standing:
        raise SettingsError.one(
            str(folder), "-", f"{', '.join(standing)} already", "a folder without a config"
        )
    content = {name: (starter_folder() / name).read_text("utf-8") for name in _FILES}
    content["klankbord.toml"] = _general(content["klankbord.toml"], answers, folder)
    content["organisation.toml"] = _organisation(content["organisation.toml"], answers)
    content["queries.toml"] = _queries(content["queries.toml"], answers)
    content["sources.toml"] = _sources(content["sources.toml"], answers)
    content["delivery.toml"] = content["delivery.toml"].replace("communications@example.org", answers.mail_to)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in content.items():
        (folder / name).write_text(text, "utf-8")
    return [folder / name for name in _FILES]


def _general(text: str, answers: Answers, folder: Path) -> str:
    document = tomlkit.parse(text)
    document["language"] = answers.language
    if folder.resolve().name != "config":
        # Two configs side by side must not share a store.
        document["data_dir"] = f"../{folder.resolve().name}-data"
    return tomlkit.dumps(document)


def _organisation(text: str, answers: Answers) -> str:
    document = tomlkit.parse(text)
    document["name"] = answers.name.strip()
    document["aliases"] = list(answers.aliases)
    return tomlkit.dumps(document)


def _queries(text: str, answers: Answers) -> str:
    names = [answers.name.strip(), *answers.aliases]
    expression = " OR ".join('"' + name.replace('"', " ") + '"' for name in names)
    head = text[: text.index("[[query]]")]
    return f"{head}[[query]]\nid = \"organisation\"\nexpression = '''\n{expression}\n'''\n"


def _sources(text: str, answers: Answers) -> str:
    tables = []
    for feed in answers.feeds:
        table = tomlkit.table()
        table["id"] = _id_of(feed)
        table["kind"] = "feed"
        table["url"] = feed
        table["language"] = answers.language
        tables.append("[[source]]\n" + tomlkit.dumps(table))
    return text + "".join(f"\n{table}" for table in tables)


def _id_of(feed: str) -> str:
    host = (urlsplit(feed).hostname or "feed").removeprefix("www.")
    letters = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in host.lower()).strip("-")
    return f"{letters[:40]}-{short_hash(feed)[:4]}"
