"""An installation and a dial come in; its stored weeks are judged again and a Preview goes out."""

from collections.abc import Callable
from datetime import datetime, timedelta

from klankbord.installation import Installation, Progress
from klankbord.policies.dial import Dial, let_through
from klankbord.policies.preview import Preview, Replay
from klankbord.policy import ClauseId
from klankbord.ports import Classifier
from klankbord.store import Store


def widest(installation: Installation, progress: Progress) -> Classifier:
    """A classifier that lets every rule through; see `let_through`."""
    policy = let_through(installation.settings.policy)
    changed = installation.settings.model_copy(update={"policy": policy})
    return Installation(changed, installation.clock, progress, installation.stop).classifier


def replayed(
    installation: Installation,
    classifier: Classifier,
    wished: Dial,
    *,
    weeks: int,
    most: int,
    only: frozenset[ClauseId] | None = None,
    step: Callable[[int], None] = lambda _: None,
) -> Preview:
    """Judge what is stored of the last weeks and compare.

    Args:
        installation: with its store; nothing in it changes.
        classifier: from `widest`, or a test's own.
        wished: how the policy could be set.
        weeks: how far back.
        most: findings written out, of those that come and of those that go.
        only: these clauses; None: all.
        step: told how many posts were judged.
    """
    now = installation.clock()
    store, since = installation.store, now - timedelta(weeks=weeks)
    replay = Replay(installation.settings.policy, wished, store.keywords.answers(), most=most, only=only)
    _judge(store, classifier, replay, (since, now), step)
    return replay.told(since, now)


def _judge(
    store: Store,
    classifier: Classifier,
    replay: Replay,
    between: tuple[datetime, datetime],
    step: Callable[[int], None],
) -> None:
    for said in store.keywords.said(*between):
        # a text that its source does not let us keep cannot be judged a second time
        mentions = store.keywords.mentions([one.id for one in said if one.text or one.title])
        replay.add(mentions, classifier.judge(mentions, store.embeddings(mentions)))
        step(len(said))
