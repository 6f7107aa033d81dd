"""keywords list, try, lint, backtest, suggest: what lists find, would find and could find better."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from klankbord.cli import keywords_rows as rows_of
from klankbord.cli import keywords_shown as shown
from klankbord.cli import screen
from klankbord.cli.opening import DEFAULT, AsJson, ConfigDir, installation, talk

if TYPE_CHECKING:
    from klankbord.installation import Installation
    from klankbord.settings import KeywordList
    from klankbord.tuning.record import Backtest

ListName = Annotated[str, typer.Argument(metavar="LIST", help="Name of the list: its file without .toml.")]
DraftFile = Annotated[
    Path | None,
    typer.Option(
        "--draft",
        help="TOML file with the list as it could be; - is standard input, `starter` the one that ships.",
    ),
]
Weeks = Annotated[int, typer.Option("--weeks", min=1, max=260, help="Weeks of stored posts to look back.")]
Judge = Annotated[
    int,
    typer.Option("--judge", min=0, max=10_000, help="Posts judged of each kind, to tell findings; 0: none."),
]


def add_to(app: typer.Typer) -> None:
    """Hang the commands on the program."""
    from klankbord.cli import keywords_versions as versions

    group = typer.Typer(no_args_is_help=True, help="Keyword lists: try, tune, save and take back.")
    group.command("list")(list_lists)
    group.command("try")(try_text)
    group.command("lint")(lint)
    group.command("backtest")(backtest)
    group.command("suggest")(suggest)
    group.command("save")(versions.save)
    group.command("history")(versions.history)
    group.command("diff")(versions.diff)
    group.command("restore")(versions.restore)
    app.add_typer(group, name="keywords")


def list_lists(config: ConfigDir = DEFAULT, json: AsJson = False) -> None:
    """Every keyword list of the config, with its newest version.

    Example: `klankbord keywords list`.
    """
    from klankbord.settings import starter_folder
    from klankbord.tuning.versions import notice

    with installation(config) as opened:
        notice(opened.settings.folder, opened.store.keywords, opened.clock())
        newest = opened.store.keywords.newest()
        lists, zone = opened.settings.keyword_lists, opened.settings.zone
    rows = [rows_of.list_row(one, newest.get(one.id)) for one in lists]
    unused = sorted({file.stem for file in (starter_folder() / "keywords").glob("*.toml")} - set(newest))
    if json:
        screen.as_json(rows)
        return
    screen.table(
        "Keyword lists",
        ["list", "clause", "language", "weight", "terms", "confidential", "version", "of", "by"],
        [
            (
                one.id, one.clause, one.language, one.weight, row["terms"],
                "yes" if one.confidential else "", row["version"],
                screen.local(newest[one.id].at, zone), row["by"],
            )
            for one, row in zip(lists, rows, strict=True)
        ],
    )  # fmt: skip
    if unused:
        screen.lines(
            f"also shipped: {', '.join(unused)}; `klankbord keywords save NAME --draft starter` takes one"
        )


def try_text(
    text: Annotated[str, typer.Argument(help="The text to try; - reads standard input.")],
    config: ConfigDir = DEFAULT,
    json: AsJson = False,
) -> None:
    """Which lists and terms hit a text, with the words marked. Nothing is kept; no language is asked for.

    Example: `klankbord keywords try "De nieuwe tarieven komen eraan"`.
    """
    from klankbord.settings import load
    from klankbord.tuning.trial import tried

    given = sys.stdin.read(1_000_000) if text == "-" else text
    found = tried(load(config), given)
    if json:
        screen.as_json([rows_of.tried_row(given, table, terms) for table, terms in found])
        return
    if not found:
        screen.lines("no list hits this text")
    for table, terms in found:
        spans = [span for _, places in terms for span in places]
        screen.lines(f"{table.id} ({table.clause}, weight {table.weight:g}): {shown.marked(given, spans)}")
        screen.lines(*(f"  {term}" for term, _ in terms))


def lint(
    name: Annotated[str | None, typer.Argument(metavar="[LIST]", help="Only this list.")] = None,
    config: ConfigDir = DEFAULT,
    json: AsJson = False,
) -> None:
    """What a list was read as where it may surprise; wildcards with the stored words they stand for.

    Example: `klankbord keywords lint tariffs`.
    """
    from klankbord.tuning.advising import Advice
    from klankbord.tuning.trial import list_of

    with installation(config) as opened:
        lists = [list_of(opened, name)] if name else list(opened.settings.keyword_lists)
        advice, language = Advice(opened), opened.settings.general.language
        found = [(one, key, remark) for one in lists for key, remark in advice.lints(one)]
    if json:
        screen.as_json([rows_of.remark_row(one, key, remark, language) for one, key, remark in found])
        return
    if not found:
        screen.lines(f"nothing to remark on {name or f'{len(lists)} lists'}")
    for one, key, remark in found:
        place = f"{one.file}: {key}: line {remark.line}, column {remark.column}"
        screen.lines(f"{place}: {remark.words(language)}")


def backtest(
    name: ListName,
    draft: DraftFile = None,
    weeks: Weeks = 13,
    judge: Judge = 100,
    config: ConfigDir = DEFAULT,
    json: AsJson = False,
) -> None:
    """Try a list, or a draft of it beside the list as it stands, on what is stored. Nothing is changed.

    Tells posts gained and lost, confirmed findings lost, how often each term was right, what a week would
    ask of people, and the span that was really there to look at.
    Example: `klankbord keywords backtest tariffs --draft tariffs-new.toml --weeks 8`.
    """
    with installation(config) as opened:
        table = read_draft(opened, name, draft)[0] if draft else None
        found = tried_out(opened, name, table, weeks=weeks, judge=judge)
        zone = opened.settings.zone
    if json:
        screen.as_json(rows_of.backtest_row(found))
    else:
        shown.backtest(found, zone)


def read_draft(opened: Installation, name: str, file: Path) -> tuple[KeywordList, str]:
    """The draft in a file, checked within the whole config, and the text that would be written."""
    from klankbord.settings import starter_folder
    from klankbord.tuning.saving import draft_of

    shipped = starter_folder() / "keywords" / f"{name}.toml"
    if str(file) == "-":
        text = sys.stdin.read(1_000_000)
    elif str(file) == "starter" and not file.exists() and shipped.is_file():
        text = shipped.read_text("utf-8")
    else:
        try:
            text = file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise typer.BadParameter(f"{file} cannot be read: {error}", param_hint="--draft") from error
    found = draft_of(opened.settings.folder, name, text)
    return found.table, found.content


def tried_out(
    opened: Installation, name: str, draft: KeywordList | None, *, weeks: int, judge: int
) -> Backtest:
    """The backtest of a list, or of its draft."""
    from klankbord.tuning.trial import Trial, list_of

    known = any(one.id == name for one in opened.settings.keyword_lists)
    live = list_of(opened, name) if known or draft is None else None
    chosen = draft if draft is not None else list_of(opened, name)
    talk(f"looking at the posts of the last {weeks} weeks")
    return Trial(opened, weeks=weeks, judged=judge).of(chosen, live)


def suggest(name: ListName, config: ConfigDir = DEFAULT, json: AsJson = False) -> None:
    """Terms to add, to exclude, to look at and to drop, from what people confirmed and dismissed.

    Words that look like names are left out. Nothing is changed: weigh it, then try it with a draft.
    Example: `klankbord keywords suggest tariffs`.
    """
    from klankbord.tuning.advising import Advice
    from klankbord.tuning.trial import list_of

    with installation(config) as opened:
        found = Advice(opened).suggestions(list_of(opened, name))
    if json:
        screen.as_json(rows_of.suggestions_row(found))
    else:
        shown.suggestions(found)
