"""Notifications as LinkedIn sends them, and posts entered by hand, come in; notes that name nobody go out.

The notification is documented as `OrganizationSocialActionNotification`: learn.microsoft.com, LinkedIn
marketing, "Organization Social Action Notifications"; read in a copy of 2026-08-13.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, unquote

from collectors.authors import telling, without_names, without_quoted
from collectors.linkedin_inbox import Inbox, Note
from collectors.posted import plain_text
from collectors.text import MAX_TEXT, cut
from klankbord.masking import masked
from klankbord.mention import Kind, short_hash

PLATFORM = "linkedin"
#: what the type of a delivery must be
TYPE = "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS"
#: actions that say something; likes, and comments of the Page itself, do not
_KINDS = {
    "COMMENT": Kind.COMMENT,
    "COMMENT_EDIT": Kind.COMMENT,
    "COMMENT_DELETE": Kind.COMMENT,
    "SHARE": Kind.QUOTE,
    "SHARE_MENTION": Kind.POST,
}
_UPDATE = "https://www.linkedin.com/feed/update/"
_COMMENT = re.compile(r"urn:li:comment:\((?:urn:li:)?(\w+):(\d{1,25}),(\d{1,25})\)")
_POST = re.compile(r"urn:li:(?:activity|share|ugcPost):\d{1,25}")
#: the addresses that people copy end in `…-activity-7094637247890620418-aBcD`, after the author's name
_IN_ADDRESS = re.compile(r"(?:urn:li:(activity|share|ugcPost):|-(activity|share|ugcPost)-)(\d{10,25})")
_AHEAD = timedelta(minutes=10)


def notes_of(content: Any, inbox: Inbox, now: datetime) -> tuple[list[Note], int]:  # noqa: ANN401
    """The notes of a delivery, and how many of its notifications could not be read.

    Raises:
        KeyError, TypeError: it is no delivery.
    """
    notes: list[Note] = []
    odd = 0
    if content["type"] != TYPE:
        return [], 0
    for one in content["notifications"]:
        try:
            note = _note(one, inbox, now)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            odd += 1
            continue
        if note:
            notes.append(note)
    return notes, odd


def entered(  # noqa: PLR0913 - a form has these fields
    inbox: Inbox,
    organisation: str,
    text: str,
    *,
    now: datetime,
    url: str = "",
    published: datetime | None = None,
    names: Iterable[str] = (),
    context: str = "",
) -> Note:
    """A post that a person read and typed in; it goes the way of the others.

    Args:
        inbox: where it is kept until it is stored.
        organisation: the Page's URN, as in sources.toml: the source it belongs to.
        text: what the post says.
        now: the moment of entering.
        url: its address; only the post's number in it is kept, for the rest names the author.
        published: when it was posted; None: now.
        names: how its author is spelled, to take out of the texts; not kept.
        context: the post that it answers.

    Raises:
        OSError: the disk does not take it.
    """
    found = _IN_ADDRESS.search(unquote(url))
    urn = f"urn:li:{found[1] or found[2]}:{found[3]}" if found else ""
    native = inbox.pseudonyms.native_id(PLATFORM, urn or short_hash(text))
    note = Note(
        id=int(native[:15], 16),
        organisation=organisation,
        told_at=now,
        native_id=native,
        text=_clean(text, inbox, names),
        context=_clean(context, inbox, names),
        url=_UPDATE + urn if urn else "",
        published_at=min(published or now, now),
    )
    inbox.put([note])
    return note


def _note(one: Mapping[str, Any], inbox: Inbox, now: datetime) -> Note | None:
    action = one["action"]
    said = _said(one, action)
    owner = said.get("owner") or one.get("owner") or None
    organisation = str(one["organizationalEntity"])
    if action not in _KINDS or owner == organisation:
        return None
    urn, post = _named(one, said, action), str(one.get("sourcePost") or "")
    told = min(_moment(one["lastModifiedAt"]), now)
    deleted, edited = action == "COMMENT_DELETE", action == "COMMENT_EDIT"
    text = "" if deleted else _text(said)
    if not deleted and not text:
        raise ValueError("a comment without its text")
    return Note(
        id=_id(one["notificationId"]),
        organisation=organisation,
        told_at=told,
        native_id=inbox.pseudonyms.native_id(PLATFORM, urn),
        kind=_KINDS[action],
        deleted=deleted,
        author=inbox.pseudonyms.of(PLATFORM, str(owner), now) if owner and not deleted else None,
        text=_clean(text, inbox),
        context=""
        if deleted or action == "SHARE_MENTION"
        else _clean(_text(_part(one, "decoratedSourcePost")), inbox),
        url=_address(urn),
        thread_id=inbox.pseudonyms.native_id(PLATFORM, post) if post else None,
        published_at=_made(urn, told),
        edited_at=told if edited else None,
    )


def _said(one: Mapping[str, Any], action: str) -> Mapping[str, Any]:
    """The part that holds what was said: the comment or share that was made, else the post that mentions."""
    made = _part(one, "decoratedGeneratedActivity")
    found = _part(made, "comment") or _part(made, "share")
    return found or (_part(one, "decoratedSourcePost") if action == "SHARE_MENTION" else {})


def _part(one: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = one.get(key)
    return found if isinstance(found, dict) else {}


def _text(part: Mapping[str, Any]) -> str:
    """LinkedIn has written texts in both ways."""
    text = part.get("text") or _part(part, "message").get("text") or ""
    return str(text.get("text") or "") if isinstance(text, dict) else str(text)


def _named(one: Mapping[str, Any], said: Mapping[str, Any], action: str) -> str:
    """The URN of what was said, in one spelling: a deletion names it otherwise than a comment does."""
    given = [str(urn) for urn in (said.get("entity"), one.get("generatedActivity")) if urn]
    for urn in given:
        if found := _COMMENT.fullmatch(urn):
            return f"urn:li:comment:(urn:li:{found[1]}:{found[2]},{found[3]})"
    posts = [urn for urn in (*given, str(one.get("sourcePost") or "")) if _POST.fullmatch(urn)]
    if not posts or action.startswith("COMMENT"):
        raise ValueError("nothing says which comment or post is meant")
    return posts[0]


def _id(value: object) -> int:
    number = int(str(value))
    if not 0 <= number < 10**20:
        raise ValueError("no number of a notification")
    return number


def _moment(milliseconds: object) -> datetime:
    return datetime.fromtimestamp(int(str(milliseconds)) / 1000, UTC)


def _made(urn: str, told: datetime) -> datetime:
    """When it was made: an edit tells its own moment only.

    LinkedIn's numbers begin with the moment in milliseconds, 22 bits above the rest. That is observed, not
    promised: where it gives no likely moment, the notification's own counts.
    """
    number = int(re.findall(r"\d+", urn)[-1])
    made = datetime.fromtimestamp(min(number >> 22, 4_000_000_000_000) / 1000, UTC)
    return min(made, told) if datetime(2010, 1, 1, tzinfo=UTC) < made <= told + _AHEAD else told


def _address(urn: str) -> str:
    if found := _COMMENT.fullmatch(urn):
        return f"{_UPDATE}urn:li:{found[1]}:{found[2]}?commentUrn={quote(urn)}"
    return _UPDATE + urn


def _clean(words: str, inbox: Inbox, names: Iterable[str] = ()) -> str:
    keep = frozenset(name.casefold() for name in inbox.keep)
    named = without_names(plain_text(words), telling(names, keep))
    return cut(masked(without_quoted(named), keep=inbox.keep), MAX_TEXT)
