"""A stored post and what its platform says of it now come in; whether it changed goes out. Pure."""

from dataclasses import replace
from datetime import datetime

from collectors.authors import AUTHOR
from klankbord.mention import Mention, State, StateChange, short_hash

#: letters of a name that `[author]` may stand for
_LONGEST_NAME = 100


def gone(mention: Mention, now: datetime, state: State = State.DELETED) -> StateChange:
    """The post is not there any more."""
    return StateChange(platform=mention.platform, native_id=mention.native_id, state=state, at=now)


def changed(stored: Mention, told: Mention) -> Mention | None:
    """The post as it is told now; None where it says what it said.

    An answer by id does not tell who else writes in a thread, nor who wrote under an account that was
    deleted. So words that are only told with a name where the stored ones have none are the same words, and
    the stored ones stay.
    """
    if not (_alike(stored.title, told.title) and _alike(stored.text, told.text)):
        return replace(told, matched=stored.matched)
    if told.author or not stored.author:
        return None
    # the account was deleted: another revision, so that the pseudonym that is kept goes too
    revision = without_author(short_hash(stored.title, stored.text))
    return None if revision == stored.revision else replace(stored, author=None, revision=revision)


def without_author(revision: str) -> str:
    """The revision of the same words once their author's account is gone."""
    return short_hash(revision, "no author")


def _alike(stored: str, told: str) -> bool:
    """Whether two texts say the same, but for white space and for names that were taken out of the first."""
    stored, told = " ".join(stored.split()), " ".join(told.split())
    head, *middle = stored.split(AUTHOR)
    if not middle:
        return stored == told
    tail = middle.pop()
    place, end = len(head), len(told) - len(tail)
    if not (told.startswith(head) and told.endswith(tail)) or len(told) - len(stored) > _LONGEST_NAME * (
        len(middle) + 1
    ):
        return False
    for part in middle:
        place = told.find(part, place, end)
        if place < 0:
            return False
        place += len(part)
    return place <= end
