"""A draft of a list comes in; it is checked within the whole config, tried, written and kept as a version."""

import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import tomlkit
from tomlkit.exceptions import TOMLKitError

from klankbord.checking import checked
from klankbord.errors import Mistake, SettingsError
from klankbord.installation import Installation
from klankbord.settings import KeywordList
from klankbord.settings.keywords import FOLDER, LARGEST
from klankbord.store.keywords import Version
from klankbord.tuning.record import Backtest
from klankbord.tuning.versions import notice


class LossError(SettingsError):
    """A draft would lose confirmed findings."""

    def __init__(self, backtest: Backtest) -> None:
        """Tell how many, and what to do."""
        lost = len(backtest.confirmed_lost)
        found = f"{lost} confirmed finding{'s' * (lost != 1)} that the draft does not hit any more"
        allowed = "a draft that keeps them; or --accept-loss, if they may go"
        super().__init__(
            (Mistake(file=f"{FOLDER}/{backtest.list_id}.toml", key="-", found=found, allowed=allowed),)
        )
        self.backtest = backtest


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A list as somebody would like it."""

    table: KeywordList
    #: what the file will hold
    content: str


def draft_of(config: Path, list_id: str, text: str, *, as_it_is: bool = False) -> Draft:
    """Read a draft, with the whole config as it would be.

    Args:
        config: the config folder.
        list_id: which list; the draft carries the same id.
        text: TOML. A draft without any comment takes over those of the file that stands.
        as_it_is: take over nothing.

    Raises:
        SettingsError: with every mistake in the draft or the config.
    """
    file = config / FOLDER / f"{list_id}.toml"
    if len(text) > LARGEST:
        raise SettingsError.one(f"{FOLDER}/{list_id}.toml", "-", "a larger draft", f"{LARGEST} characters")
    standing = file.read_text("utf-8") if file.exists() else ""
    content = text if as_it_is else merged(standing, text, f"{FOLDER}/{list_id}.toml")
    with TemporaryDirectory() as folder:
        trial = Path(folder) / "config"
        trial.mkdir()
        for one in config.glob("*.toml"):
            shutil.copy(one, trial / one.name)
        if (config / FOLDER).is_dir():
            shutil.copytree(config / FOLDER, trial / FOLDER)
        (trial / FOLDER).mkdir(exist_ok=True)
        (trial / FOLDER / file.name).write_text(content, "utf-8")
        settings = checked(trial)
    table = next(one for one in settings.keyword_lists if one.id == list_id)
    return Draft(table=table, content=content)


def merged(standing: str, draft: str, file: str) -> str:
    """The draft; one without comments is written into the file that stands, so that its comments stay.

    Raises:
        SettingsError: one of the two is no TOML.
    """
    try:
        wanted = tomlkit.parse(draft)
        values = tomllib.loads(draft)
        if not standing.strip() or _has_comments(draft):
            return draft
        document = tomlkit.parse(standing)
    except (TOMLKitError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError.one(file, "-", str(error), "TOML") from error
    was = document.unwrap()
    for key in [key for key in was if key not in values]:
        del document[key]
    for key, value in values.items():
        if was.get(key) != value:
            document[key] = wanted[key]
    return tomlkit.dumps(document)


def _has_comments(text: str) -> bool:
    """Whether a line outside of a long text begins with a sign for a comment, or ends in one."""
    plain, inside = [], False
    for part in text.split('"""'):
        plain += [] if inside else [part]
        inside = not inside
    return any("#" in line.split('"')[-1].split("'")[-1] for part in plain for line in part.splitlines())


def save(
    installation: Installation, draft: Draft, backtest: Backtest, by: str, reason: str, *, accept_loss: bool
) -> Version:
    """Write a draft and keep it as a version with what it was expected to do.

    Raises:
        LossError: it would lose a confirmed finding, and nobody accepted that.
        SettingsError: no reason was given.
        StoreError: the version cannot be kept; the file stands as it was.
    """
    if not reason.strip():
        raise SettingsError.one(f"{FOLDER}/{draft.table.id}.toml", "reason", "nothing", "why, in a few words")
    if backtest.confirmed_lost and not accept_loss:
        raise LossError(backtest)
    notice(installation.settings.folder, installation.store.keywords, installation.clock())
    file = installation.settings.folder / FOLDER / f"{draft.table.id}.toml"
    version = Version(
        list_id=draft.table.id,
        number=0,
        at=installation.clock(),
        by=by,
        reason=reason.strip(),
        content=draft.content,
        predicted=backtest.predicted,
    )
    return installation.store.keywords.add(version, lambda: _replace(file, draft.content))


def _replace(file: Path, content: str) -> None:
    """Write beside, then rename: whoever reads sees the old file or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".toml.part")
    fresh.write_text(content, "utf-8")
    fresh.replace(file)
