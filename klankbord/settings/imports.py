"""imports.toml comes in, checked column mappings go out; a new mapping goes in with the comments kept."""

from pathlib import Path
from typing import Annotated, Any

import tomlkit
from pydantic import BeforeValidator, Field, ValidationError, model_validator
from tomlkit.exceptions import TOMLKitError

from klankbord.errors import Mistake, SettingsError
from klankbord.settings.files import _mistake, _parsed
from klankbord.settings.values import Key, Table, Zone

FILE = "imports.toml"


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


#: one header, or several of which the first that holds something counts
Headers = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], BeforeValidator(_several)
]


class ImportColumns(Table):
    """[import.columns]: which header holds what; a column that is not named goes by its own name."""

    id: Headers = ()
    text: Headers = ()
    platform: Headers = ()
    url: Headers = ()
    published_at: Headers = ()
    author: Headers = ()
    title: Headers = ()
    parent_text: Headers = ()
    lang: Headers = ()
    thread_id: Headers = ()
    parent_id: Headers = ()
    kind: Headers = ()


class ImportSettings(Table):
    """[[import]] in imports.toml: how the export of another system is read."""

    id: Key
    columns: ImportColumns = ImportColumns()
    #: as Python's strptime wants it, `%d-%m-%Y %H:%M`; empty: any usual form
    date_format: str = Field(default="", max_length=60)
    #: zone of dates that name none; empty: that of klankbord.toml
    timezone: Zone | None = None

    @model_validator(mode="after")
    def _holds_words(self) -> "ImportSettings":
        if not (self.columns.text or self.columns.title):
            raise ValueError("columns.text: the header of the posts' text is needed")
        return self


class ImportsFile(Table):
    """imports.toml."""

    mapping: tuple[ImportSettings, ...] = Field(default=(), alias="import")


def mappings(folder: Path) -> tuple[ImportSettings, ...]:
    """The mappings of a config folder; none where it has no imports.toml.

    Raises:
        SettingsError: with every mistake in the file.
    """
    file = folder / FILE
    if not file.exists():
        return ()
    content = _parsed(file)
    if isinstance(content, Mistake):
        raise SettingsError((content,))
    return _checked(content).mapping


def save_mapping(folder: Path, mapping: ImportSettings) -> None:
    """Write a mapping into imports.toml, in the place of one with its id.

    Raises:
        SettingsError: the file cannot be read or written.
    """
    file = folder / FILE
    try:
        document: Any = tomlkit.parse(file.read_text("utf-8") if file.exists() else _BEGIN)
        kept = document.setdefault("import", tomlkit.aot())
        place = next((n for n, one in enumerate(kept) if one.get("id") == mapping.id), None)
        if place is None:
            kept.append(_table(mapping))
        else:
            kept[place] = _table(mapping)
        written = tomlkit.dumps(document)
        _checked(tomlkit.parse(written).unwrap())
        fresh = file.with_suffix(".toml.part")
        fresh.write_text(written, "utf-8")
        fresh.replace(file)
    except (OSError, UnicodeDecodeError, TOMLKitError, AttributeError) as error:
        raise SettingsError.one(FILE, "import", str(error), "a file that can be read and written") from error


_BEGIN = "# How exports of other systems are read: `klankbord import FILE --mapping ID`.\n\n"


def _table(mapping: ImportSettings) -> Any:  # noqa: ANN401 - tomlkit's own table
    table = tomlkit.table()
    table["id"] = mapping.id
    if mapping.date_format:
        table["date_format"] = mapping.date_format
    if mapping.timezone:
        table["timezone"] = mapping.timezone
    columns = tomlkit.table()
    for name, headers in mapping.columns.model_dump().items():
        if headers:
            columns[name] = headers[0] if len(headers) == 1 else list(headers)
    table["columns"] = columns
    return table


def _checked(content: object) -> ImportsFile:
    try:
        return ImportsFile.model_validate(content)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise SettingsError(tuple(_mistake(FILE, dict(detail)) for detail in details)) from error
