"""Figures come in by section, row and column; they go out as plain text, beside what was wanted. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from classify.measures import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of figures."""

    name: str
    #: one for each column of its section
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Figures of one kind."""

    id: str
    title: str
    #: how they were made, for whoever reads them
    how: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    #: shares are between 0 and 1; posts are counted
    unit: str = "share"

    def figure(self, row: str, column: str) -> Figure | None:
        """One figure; None where there is none."""
        if column not in self.columns:
            return None
        place = self.columns.index(column)
        return next((one.figures[place] for one in self.rows if one.name == row), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What was wanted, and what is."""

    what: str
    wanted: float
    at_least: bool
    figure: Figure

    @property
    def met(self) -> bool:
        """Whether the value itself is good enough; its interval may still say otherwise."""
        return self.figure.value >= self.wanted if self.at_least else self.figure.value <= self.wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was measured, and with what."""

    model: str
    trained_on: str
    #: fingerprints of the parts that were learnt from and measured on
    train: str
    test: str
    #: the one whose vectors the model knows, and the one that was used here; empty: none
    encoder: str
    used_encoder: str
    policy: str
    #: what was judged, and posts that no query let in and that are left out
    posts: int
    left_out: int
    #: name -> version
    versions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that is said about quality."""

    made: Made
    #: the way of looking that an installation of this kind uses: plain or cascade
    shipped: str
    sections: tuple[Section, ...]
    targets: tuple[Target, ...] = ()

    def section(self, name: str) -> Section | None:
        """A section by its id; None where it was not made."""
        return next((one for one in self.sections if one.id == name), None)

    def figure(self, section: str, row: str, column: str) -> Figure | None:
        """One figure; None where it was not made."""
        found = self.section(section)
        return found.figure(row, column) if found else None


def shown(figure: Figure, unit: str = "share") -> str:
    """A figure in few signs."""
    if not figure.n:
        return "nothing to measure"
    digits = 3 if unit == "share" else 1
    return f"{figure.value:.{digits}f} [{figure.low:.{digits}f}-{figure.high:.{digits}f}] n={figure.n}"


def rendered(report: Report) -> str:
    """The report as plain text."""
    made = report.made
    lines = [
        f"model {made.model} of {made.trained_on}, encoder {made.used_encoder or 'none'}",
        f"{made.posts} posts that no training saw (part {made.test}); left out: {made.left_out} of no query",
    ]
    for section in report.sections:
        lines += ["", section.title, f"  ({section.how})", *_lines(section)]
    if report.targets:
        lines += ["", "Wanted and found"]
        lines += [f"  {'yes' if one.met else 'NO '}  {told(one)}" for one in report.targets]
    return "\n".join(lines) + "\n"


def told(target: Target) -> str:
    """A target in one line."""
    border = "at least" if target.at_least else "at most"
    return f"{target.what}: {border} {target.wanted:g}, found {shown(target.figure)}"


def _lines(section: Section) -> Iterator[str]:
    for row in section.rows:
        cells = [
            f"{column} {shown(figure, section.unit)}"
            for column, figure in zip(section.columns, row.figures, strict=True)
        ]
        yield f"  {row.name}: " + "; ".join(cells)
