"""Stored X posts come in, which of them are gone, stand, or say something else goes out."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from collectors.asked_again import gone
from collectors.x_client import XService
from collectors.x_page import Page, removed
from collectors.x_walk import mentions_of
from klankbord.errors import CollectError
from klankbord.mention import Mention, State, StateChange
from klankbord.ports import Recheck
from klankbord.settings import XSource

#: ids in one lookup
_MOST_IDS = 100


def rechecked(mentions: Sequence[Mention], source: XSource, service: XService) -> Recheck:
    """Look the posts up by the id of the version that is stored; what could not be asked is in no list.

    Raises:
        CollectError: X could not be asked.
    """
    # an id gives its own version, with the ids of all: the last tells whether it was edited since
    stored = {post_id: mention for mention in mentions if (post_id := _id(mention))}
    asked = list(stored)[: min(_MOST_IDS, _affordable(service))]
    if not asked or service.line.left <= 0:
        return Recheck(spent=service.line.took())
    page = service.versions(asked)
    latest = {post.id: post.latest for post in page.posts if post.id in stored}
    newer = [last for post_id, last in latest.items() if last != post_id]
    return Recheck(
        changes=_changes(page, stored, service.line.now),
        standing=tuple(stored[post_id].native_id for post_id, last in latest.items() if last == post_id),
        edited=_edited(newer, source, service),
        spent=service.line.took(),
    )


def _id(mention: Mention) -> str:
    return next((one for one in (mention.revision, mention.native_id) if one.isdecimal()), "")


def _affordable(service: XService) -> int:
    return max(0, service.left) // service.post if service.post else _MOST_IDS


def _changes(page: Page, stored: dict[str, Mention], now: datetime) -> tuple[StateChange, ...]:
    return tuple(
        gone(stored[post_id], now, State.DELETED if not_found else State.REMOVED)
        for post_id, not_found in removed(page).items()
        if post_id in stored
    )


def _edited(ids: Sequence[str], source: XSource, service: XService) -> tuple[Mention, ...]:
    room = min(len(ids), service.room(service.post))
    # what the first request found and cost must be told, whatever becomes of the second
    with suppress(CollectError):
        if room and service.line.left > 0:
            return mentions_of(service.posts(ids[:room]), source, service)
    return ()
