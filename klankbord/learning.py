"""An installation comes in: what its reviewers said is learnt, and a model that is no worse takes over."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING

from classify.learning.comparing import Compared
from classify.learning.contest import Ground, LensName, Outcome, contest
from classify.learning.doubts import Doubt, doubts
from classify.learning.forgetting import own_rows, without
from classify.model_file import Learnt, learnt_of, load, rehearse_shipped, save, shipped
from klankbord.errors import ModelOutdatedError, NotFoundError
from klankbord.installation import Installation
from klankbord.lessons import lessons_of
from klankbord.mention import MentionId, short_hash

if TYPE_CHECKING:
    from classify.model import Model

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What `klankbord train` did."""

    model: "Model"
    promoted: bool
    #: in one sentence, why
    why: str
    figures: tuple[Compared, ...] = ()
    rows: int = 0
    verdicts: int = 0
    left_out: Mapping[str, int]
    held_out: int = 0


def previous_file(model_file: Path) -> Path:
    """Where the model before the last change of models is kept."""
    return model_file.with_name("model.previous.skops")


def train(
    opened: Installation, ground: Ground, progress: Progress = lambda _: None, *, dry_run: bool = False
) -> Trained:
    """Let a challenger, trained on everything that may be learnt, try to take over.

    Args:
        opened: the installation; its model file is replaced when the challenger wins.
        ground: see `ground_of`.
        progress: told what happens.
        dry_run: compare, and leave the file as it is.

    Raises:
        ModelCorruptError: the model file was changed or cut short.
    """
    lessons = lessons_of(opened)
    champion, before = _champion(opened.model_file)
    verdicts = sum(lesson.at is not None for lesson in lessons.lessons)
    if champion is not None and before.of == lessons.learnt.of:
        why = "nothing new to learn: the same posts, sentences and verdicts as before"
        return Trained(
            model=champion,
            promoted=False,
            why=why,
            rows=len(lessons.rows),
            verdicts=verdicts,
            left_out=lessons.left_out,
        )
    since = datetime.fromisoformat(before.until) if before.until else None
    outcome = contest(
        ground,
        champion,
        lessons.rows,
        lessons.held_out(since),
        opened.clock(),
        progress,
    )
    if outcome.promoted and not dry_run:
        _take_over(opened, outcome.challenger, lessons.learnt)
    return Trained(
        model=outcome.challenger if outcome.promoted else champion or outcome.challenger,
        promoted=outcome.promoted,
        why=_why(outcome),
        figures=outcome.figures,
        rows=len(lessons.rows),
        verdicts=verdicts,
        left_out=lessons.left_out,
        held_out=outcome.held_out,
    )


def ground_of(opened: Installation) -> Ground:
    """The shipped posts, and the lens that decides in this installation."""
    return Ground(train=shipped("train"), test=shipped("test"), lens=lens_of(opened))


def lens_of(opened: Installation) -> LensName:
    """Sharp where meanings are told by an encoder."""
    return "sharp" if opened.encoder is not None else "plain"


def back(opened: Installation) -> "Model":
    """Put the model before back; the one in use takes its place, so that a second `back` undoes it.

    Raises:
        NotFoundError: there is none.
        ModelError: it cannot be used.
    """
    before, file = previous_file(opened.model_file), opened.model_file
    if not before.exists():
        raise NotFoundError("there is no model before this one")
    model = load(before)
    aside = file.with_suffix(".aside")
    if file.exists():
        file.replace(aside)
    before.replace(file)
    if aside.exists():
        aside.replace(before)
    opened.renew()
    return model


def doubted(opened: Installation, most: int, progress: Progress = lambda _: None) -> list[Doubt]:
    """Labels, of written posts and of verdicts, that a model which had not seen them would put otherwise."""
    lessons = lessons_of(opened)
    rehearsed = rehearse_shipped(opened.clock(), progress, lessons.rows)
    return doubts(rehearsed, lens_of(opened), most)


def forget_gone(opened: Installation) -> int:
    """Take posts that are gone, expired or edited out of the model's files; returns how many."""
    return sum(_forget_in(file, opened) for file in (opened.model_file, previous_file(opened.model_file)))


def _forget_in(file: Path, opened: Installation) -> int:
    if not file.exists() or not learnt_of(file).rows:
        return 0
    try:
        model = load(file)
    except ModelOutdatedError:
        # It can never be read again, and it may hold what is gone.
        file.unlink()
        return 0
    names = {name: name.split(":") for name in own_rows(model)}
    stands = opened.store.learning.standing([MentionId(parts[1]) for parts in names.values()])
    gone = {
        name
        for name, (_, key, revision) in names.items()
        if MentionId(key) not in stands or short_hash(stands[MentionId(key)]) != revision
    }
    if gone:
        save(without(model, gone), file, learnt_of(file))
        opened.renew()
    return len(gone)


def _champion(file: Path) -> "tuple[Model | None, Learnt]":
    if not file.exists():
        return None, Learnt()
    try:
        return load(file), learnt_of(file)
    except ModelOutdatedError:
        return None, Learnt()


def _take_over(opened: Installation, model: "Model", learnt: Learnt) -> None:
    file = opened.model_file
    if file.exists():
        before = previous_file(file)
        part = before.with_suffix(".part")
        copyfile(file, part)
        part.replace(before)
    save(model, file, learnt)
    opened.renew()


def _why(outcome: Outcome) -> str:
    if not outcome.figures:
        return "there was no model that could be used"
    worse = [f"{figure.what} on the {figure.where}" for figure in outcome.figures if figure.worse]
    if worse:
        return f"kept the champion: the challenger is worse at {', '.join(worse)}"
    return "not worse on any clause or on the guard"
