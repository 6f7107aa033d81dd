"""A row of another system's export comes in under its own headers, the same row under ours goes out. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from klankbord.mention import short_hash

#: our columns that a header may fill by its name alone; the others' names mean something else in exports
_BY_NAME = ("id", "text", "url", "published_at", "author", "title", "parent_text", "lang")
_LANGUAGES = {
    **dict.fromkeys(("english", "engels"), "en"),
    **dict.fromkeys(("dutch", "nederlands", "flemish"), "nl"),
    **dict.fromkeys(("german", "duits"), "de"),
    **dict.fromkeys(("french", "frans"), "fr"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which header of an export holds which of our columns."""

    #: its name: `--mapping brandwatch`
    id: str
    #: our column and the headers, in lower case, of which the first that holds something counts
    headers: tuple[tuple[str, tuple[str, ...]], ...]
    #: as strptime wants it; empty: any usual form
    date_format: str = ""
    #: who says that the export looks like this
    seen_in: str = ""

    def fits(self, names: Iterable[str]) -> bool:
        """Whether a file with these headers, in lower case, can be read: its words are what is needed."""
        there = set(names)
        return any(header in there for ours in ("text", "title") for header in self._of(ours))

    def renamed(self, row: Mapping[str, object]) -> dict[str, object]:
        """The row under our names, with an id and a text made where the export gives none."""
        found = {ours: value for ours in _BY_NAME if (value := row.get(ours)) not in {None, ""}}
        for ours, headers in self.headers:
            values = (row.get(header) for header in headers)
            found[ours] = next((value for value in values if value not in {None, ""}), "")
        if not _filled(found, "text"):
            # news in these exports often has a headline alone
            found["text"], found["title"] = found.get("title", ""), ""
        url = str(found.get("url", "")).strip()
        found["url"] = url if re.match(r"(?i)https?://", url) else ""
        if not _filled(found, "id"):
            words = (str(found.get(ours, "")) for ours in ("title", "text", "published_at"))
            found["id"] = found["url"] or short_hash(*words)
        found["published_at"] = self._moment(str(found.get("published_at", "")).strip())
        lang = str(found.get("lang", "")).strip()
        found["lang"] = _LANGUAGES.get(lang.casefold(), lang)
        return found

    def read(self) -> set[str]:
        """Every header that is looked at."""
        return {header for _, headers in self.headers for header in headers} | set(_BY_NAME)

    def _of(self, ours: str) -> tuple[str, ...]:
        return dict(self.headers).get(ours, ()) or (ours,)

    def _moment(self, said: str) -> str:
        if not self.date_format or not said:
            return said
        try:
            return datetime.strptime(said, self.date_format).isoformat()  # noqa: DTZ007 - read_date adds the zone
        except (ValueError, OverflowError):
            return said


def _filled(found: Mapping[str, object], ours: str) -> bool:
    return bool(str(found.get(ours) or "").strip())


def columns_of(name: str, headers: Mapping[str, Iterable[str]], date_format: str = "") -> Columns:
    """A mapping from what a person wrote down."""
    pairs = ((ours, tuple(one.strip().lower() for one in several)) for ours, several in headers.items())
    return Columns(id=name, headers=tuple(pair for pair in pairs if pair[1]), date_format=date_format)


# Headers as programs that read such exports name them; the makers publish no list of them.
KNOWN = (
    Columns(
        id="brandwatch",
        headers=(
            ("text", ("full text", "snippet")),
            ("title", ("title",)),
            ("url", ("url",)),
            ("published_at", ("date",)),
            ("author", ("author",)),
            ("lang", ("language",)),
            ("thread_id", ("thread id",)),
        ),
        seen_in="public readers of its export (BrandwatchDataReader) and developers.brandwatch.com",
    ),
    Columns(
        id="meltwater",
        headers=(
            ("text", ("hit sentence", "opening text")),
            ("title", ("headline",)),
            ("url", ("url",)),
            ("published_at", ("date",)),
            ("author", ("influencer",)),
            ("lang", ("language",)),
        ),
        seen_in="seven public programs that read its export",
    ),
    Columns(
        id="talkwalker",
        headers=(
            ("text", ("content", "content_snippet")),
            ("title", ("title",)),
            ("url", ("url",)),
            ("published_at", ("published",)),
            ("author", ("extra_author_attributes.name",)),
            ("lang", ("lang",)),
        ),
        seen_in="developer.talkwalker.com and eight public programs that read its export",
    ),
    Columns(
        id="coosto",
        headers=(
            ("text", ("bericht tekst",)),
            ("title", ("titel",)),
            ("url", ("url",)),
            ("published_at", ("datum",)),
            ("author", ("auteur",)),
        ),
        date_format="%Y-%m-%d %H:%M",
        seen_in="four public programs that read its export (AmCAT among them); now Spotler Engage",
    ),
    Columns(
        id="obi4wan",
        headers=(("text", ("bericht",)), ("author", ("geplaatst door (optioneel)", "geplaatst door"))),
        seen_in="one public program that reads its export: these two columns only; now Spotler Engage",
    ),
)
#: headers that tell an export apart
_SIGNS = {
    "brandwatch": {"full text", "query name"},
    "meltwater": {"hit sentence", "opening text"},
    "talkwalker": {"content", "published", "extra_author_attributes.name"},
    "coosto": {"bericht tekst", "datum"},
    "obi4wan": {"bericht", "geplaatst door (optioneel)"},
}


def suggested(names: Iterable[str]) -> Columns | None:
    """The known export that these headers, in lower case, belong to."""
    there = set(names)
    return next((one for one in KNOWN if _SIGNS[one.id] <= there), None)
