"""policy new: a few questions, then a policy for the machine and a protocol for people."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from klankbord.cli import screen
from klankbord.cli.opening import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from klankbord.policies.making import Answers, Council
    from klankbord.policy import Lang
    from klankbord.settings import Organisation

_STRICTNESS = "How strict? liberal gives little and only what is plain, strict more that turns out nothing;"
_COUNCIL: dict[str, Council] = {"open": "open", "consented": "consented", "not_applicable": "not_applicable"}
_LANGUAGES: dict[str, tuple[Lang, ...]] = {"nl": ("nl",), "en": ("en",), "both": ("nl", "en")}


def new(
    folder: Annotated[Path, typer.Argument(help="The config folder to write in.")] = DEFAULT,
    strictness: Annotated[str | None, typer.Option(help="liberal, standard or strict.")] = None,
    name: Annotated[str | None, typer.Option(help="The organisation's name.")] = None,
    contact: Annotated[str | None, typer.Option(help="Where questions and objections go.")] = None,
    whistleblower: Annotated[
        str | None, typer.Option(help="Address where people report wrongdoing; may be empty for now.")
    ] = None,
    works_council: Annotated[str | None, typer.Option(help="open, consented or not_applicable.")] = None,
    works_council_on: Annotated[str, typer.Option(help="Day of the consent, as 2026-10-01.")] = "",
    works_council_reference: Annotated[
        str, typer.Option(help="Minutes or letter; with not_applicable the reason.")
    ] = "",
    listed: Annotated[
        bool | None, typer.Option("--listed/--not-listed", help="Shares are traded: turns on clause C12.")
    ] = None,
    small: Annotated[
        bool | None, typer.Option("--small/--not-small", help="Fewer than 50 staff: C05 to C09 only count.")
    ] = None,
    public_sector: Annotated[
        bool | None, typer.Option("--public-sector/--not-public-sector", help="A government body.")
    ] = None,
    languages: Annotated[str | None, typer.Option(help="Of the protocol: nl, en or both.")] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Write over a policy.toml that is there.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Ask nothing: what is not given is as it was.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Make a policy from a few answers, and from the same file the protocol that staff can be handed.

    Example: `klankbord policy new config --strictness standard --contact privacy@example.org --yes`.
    """
    from klankbord.policies.making import Answers, write_policy
    from klankbord.policy import Strictness

    ask = _Asking(quiet=yes or not sys.stdin.isatty())
    known = _known(folder)
    if name is None and known is None and ask.quiet:
        raise typer.BadParameter("needed where nobody can be asked", param_hint="--name")
    answers = Answers(
        strictness=Strictness(ask.one_of("--strictness", strictness, _STRICTNESS, [*Strictness], "standard")),
        name=ask.text(name, "Name of the organisation", known.name if known else ""),
        contact=ask.text(contact, "Where do questions and objections go?", ""),
        whistleblower_url=ask.text(whistleblower, "Where do people report wrongdoing?", ""),
        works_council=_COUNCIL[
            ask.one_of("--works-council", works_council, "The works council", list(_COUNCIL), "open")
        ],
        works_council_on=works_council_on,
        works_council_reference=works_council_reference,
        listed=ask.yes(listed, "Are its shares traded?", known is not None and known.listed),
        small=ask.yes(small, "Has it fewer than 50 staff?", known is not None and known.small),
        public_sector=ask.yes(
            public_sector, "Is it a government body?", known is not None and known.public_sector
        ),
        languages=_LANGUAGES[ask.one_of("--languages", languages, "Protocol in", list(_LANGUAGES), "both")],
    )
    _whole(answers)
    written = write_policy(folder, answers, again=replace)
    if json:
        screen.as_json({"written": [str(file) for file in written]})
        return
    screen.lines(
        *(str(file) for file in written),
        "",
        f"Next: read it, then `klankbord policy check -c {folder}`; it is a draft until it is adopted.",
    )


def _known(folder: Path) -> Organisation | None:
    """What organisation.toml tells already; whatever else stands in the folder may be unfinished."""
    import tomllib

    from pydantic import ValidationError

    from klankbord.settings import Organisation

    try:
        return Organisation.model_validate(tomllib.loads((folder / "organisation.toml").read_text("utf-8")))
    except (OSError, ValueError, ValidationError):
        return None


def _whole(answers: Answers) -> None:
    """A step of the record is closed by something to show for it, or not at all."""
    if answers.works_council == "consented" and not (
        answers.works_council_on or answers.works_council_reference
    ):
        allowed = "with consented: --works-council-on or --works-council-reference"
        raise typer.BadParameter(allowed, param_hint="--works-council")
    if answers.works_council == "not_applicable" and not answers.works_council_reference:
        allowed = "with not_applicable: the reason in --works-council-reference"
        raise typer.BadParameter(allowed, param_hint="--works-council")


class _Asking:
    """Asks at the terminal what was not given; quiet: takes what is usual."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet

    def text(self, given: str | None, question: str, usual: str) -> str:
        if given is not None or self.quiet:
            return usual if given is None else given
        return str(typer.prompt(question, default=usual, err=True))

    def yes(self, given: bool | None, question: str, usual: bool) -> bool:
        if given is not None or self.quiet:
            return usual if given is None else given
        return typer.confirm(question, default=usual, err=True)

    def one_of(
        self, option: str, given: str | None, question: str, allowed: Sequence[str], usual: str
    ) -> str:
        answer = self.text(given, f"{question} ({', '.join(allowed)})", usual).strip().lower()
        if answer not in allowed:
            raise typer.BadParameter(", ".join(allowed), param_hint=option)
        return answer
