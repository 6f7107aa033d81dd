"""policy check, diff and show: is it sound, what changed in it, and what does it say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from klankbord.cli import screen
from klankbord.cli.opening import DEFAULT, AsJson, ConfigDir, installation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from klankbord.installation import Installation
    from klankbord.policies.caps import Around, Cap
    from klankbord.policies.difference import Change
    from klankbord.policy import Clause, Lang

WRONG = 2
Language = Annotated[str, typer.Option("--lang", help="nl or en.")]


def add_to(app: typer.Typer) -> None:
    """Hang the commands on the program."""
    from klankbord.cli import policy_new, policy_preview

    group = typer.Typer(
        no_args_is_help=True, help="The social media policy: check, compare, read, try and make."
    )
    group.command("check")(check)
    group.command("diff")(diff)
    group.command("show")(show)
    group.command("preview")(policy_preview.preview)
    group.command("new")(policy_new.new)
    app.add_typer(group, name="policy")


def language(given: str) -> Lang:
    """The language somebody asked for."""
    if given == "nl":
        return "nl"
    if given == "en":
        return "en"
    raise typer.BadParameter("nl or en", param_hint="--lang")


def check(
    file: Annotated[
        Path | None, typer.Argument(help="A policy file; none: the one of the config folder.")
    ] = None,
    config: ConfigDir = DEFAULT,
    json: AsJson = False,
) -> None:
    """Every mistake in a policy at once: of form, of law, of wording. Advice stands apart and is no mistake.

    Example: `klankbord policy check draft.toml`. Exit code 2 when there is a mistake.
    """
    from klankbord.errors import SettingsError
    from klankbord.policies.advice import advice_on
    from klankbord.policies.reading import of_file, policy_file, policy_mistakes
    from klankbord.settings import policy_of, starter_folder

    chosen = of_file(file, config) if file else policy_file(config)
    wrong = policy_mistakes(chosen)
    if wrong:
        if not json:
            raise SettingsError(wrong)
        rows = [{"file": m.file, "key": m.key, "found": m.found, "allowed": m.allowed} for m in wrong]
        screen.as_json({"ok": False, "mistakes": rows, "advice": []})
        raise typer.Exit(WRONG)
    around, listed = _around(config)
    policy = policy_of(chosen, listed=listed)
    advice = list(advice_on(policy, policy_of(starter_folder() / "policy.toml"), around))
    if json:
        screen.as_json({"ok": True, "mistakes": [], "advice": advice})
        return
    told = f"{chosen}: {len(policy.rules)} rules at {policy.strictness.value}, nothing wrong"
    screen.lines(told, *(f"advice: {one}" for one in advice))


def _around(config: Path) -> tuple[Around | None, bool]:
    """What holds around a policy; without a sound config folder only the file is looked at."""
    from klankbord.errors import SettingsError
    from klankbord.policies.caps import around
    from klankbord.policies.measured import positives_of

    try:
        with installation(config) as opened:
            settings = opened.settings
            return around(settings, positives_of(opened)), settings.organisation.listed
    except SettingsError:
        return None, False


def diff(
    old: Annotated[Path, typer.Argument(help="A policy file; `starter`: the one that ships.")],
    new: Annotated[
        Path, typer.Argument(help="A policy file; `current`: the one of the config folder.")
    ] = Path("current"),
    config: ConfigDir = DEFAULT,
    lang: Language = "en",
    json: AsJson = False,
) -> None:
    """What changed from one policy to another, clause by clause, in plain sentences.

    Says which changes reach further than what was agreed, so that the works council is asked again.
    Example: `klankbord policy diff starter current --lang nl`.
    """
    from klankbord.policies.difference import changes
    from klankbord.policies.difference_words import heading, material, sentence
    from klankbord.policies.reading import of_file, read_policy

    spoken = language(lang)
    found = changes(read_policy(of_file(old, config)), read_policy(of_file(new, config)))
    if json:
        screen.as_json([_change_row(one, spoken) for one in found])
        return
    if not found:
        screen.lines("no difference")
    for part in dict.fromkeys(one.part for one in found):
        screen.lines(heading(part, spoken))
        for one in found:
            if one.part == part:
                screen.lines(f"  {'! ' if one.material else '  '}{sentence(one, spoken)}")
    if any(one.material for one in found):
        screen.lines("", f"! {material(spoken)}")


def _change_row(one: Change, lang: Lang) -> dict[str, object]:
    from klankbord.policies.difference_words import sentence

    return {
        "part": one.part,
        "key": one.key,
        "what": one.what,
        "before": one.before,
        "after": one.after,
        "material": one.material,
        "sentence": sentence(one, lang),
    }


def show(
    clause: Annotated[str | None, typer.Argument(help="Only this clause, such as C02.")] = None,
    config: ConfigDir = DEFAULT,
    lang: Language = "en",
    as_: Annotated[
        str, typer.Option("--as", help="`protocol`: the page that staff and works council are handed.")
    ] = "",
    form: Annotated[str, typer.Option("--format", help="Of the protocol: md or html.")] = "md",
    json: AsJson = False,
) -> None:
    """The clauses as people read them, what becomes of a finding at each strictness, and what keeps it lower.

    Example: `klankbord policy show C02 --lang nl`, or
    `klankbord policy show --as protocol --format html --lang nl > protocol.html`.
    """
    spoken = language(lang)
    if as_ not in ("", "protocol"):
        raise typer.BadParameter("protocol", param_hint="--as")
    if form not in ("md", "html"):
        raise typer.BadParameter("md or html", param_hint="--format")
    with installation(config) as opened:
        if as_:
            _protocol(opened, spoken, form)
        else:
            _clauses(opened, clause, spoken, json=json)


def _protocol(opened: Installation, lang: Lang, form: str) -> None:
    import sys

    from klankbord.policies.making import protocol_text

    sys.stdout.write(protocol_text(opened.settings, lang, "html" if form == "html" else "md"))


def _clauses(opened: Installation, name: str | None, lang: Lang, *, json: bool) -> None:
    from klankbord.policies.caps import around, caps_of
    from klankbord.policies.measured import positives_of
    from klankbord.policies.shown import lines_of

    policy = opened.settings.policy
    beside = around(opened.settings, positives_of(opened))
    chosen = [_named(opened, name)] if name else list(policy.clauses)
    shown = [(one, caps_of(one, beside) if one.kind == "rule" else ()) for one in chosen]
    if json:
        screen.as_json([_clause_row(one, caps, lang) for one, caps in shown])
        return
    for one, caps in shown:
        screen.lines(*lines_of(one, caps, lang, policy.strictness), "")


def _named(opened: Installation, name: str) -> Clause:
    from klankbord.errors import NotFoundError

    try:
        return opened.settings.policy.clause(name.upper() if len(name) == 3 else name)
    except KeyError:
        known = ", ".join(one.number for one in opened.settings.policy.clauses)
        raise NotFoundError(f"no clause {name!r} in the policy; there are: {known}") from None


def _clause_row(one: Clause, caps: Sequence[Cap], lang: Lang) -> dict[str, object]:
    return {
        "clause": one.id,
        "kind": one.kind,
        "enabled": one.enabled,
        "title": one.title.get(lang, ""),
        "text": one.text.get(lang, ""),
        "modes": {level.value: mode.word for level, mode in one.levels.items()},
        "thresholds": {level.value: value for level, value in one.thresholds.items()},
        "caps": [{"reason": cap.reason, "mode": cap.mode.word, "detail": cap.detail} for cap in caps],
    }
