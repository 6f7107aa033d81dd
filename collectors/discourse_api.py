"""The JSON of a Discourse forum comes in, its posts as records go out; the requests go through a Line."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from collectors.answers import Answer
from collectors.line import Line
from collectors.pace import Pace
from collectors.posted import Posted
from collectors.quoted import apart
from klankbord.errors import ForbiddenError, PermanentError, RateLimitedError, TransientError
from klankbord.mention import Kind, State
from klankbord.ports import Search
from klankbord.settings import ForumSource

#: posts of readers; 2 is a notice of a moderator, 3 a small action, 4 a whisper among staff
_REGULAR = 1
#: Discourse searches for three characters or more
_SHORTEST = 3
_OPERATORS = re.compile(r"[\"@#:<>]")
_LONGEST_WAIT = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class ForumPost:
    """One post as the forum gives it; names are still in it."""

    id: int
    number: int
    topic_id: int
    topic_title: str
    markup: str
    username: str
    name: str
    user_id: int
    answers: int | None
    created: str
    updated: str
    version: int
    state: State
    #: a post of a reader, whole and for everybody
    ordinary: bool

    @property
    def revision(self) -> str:
        """Changes with every edit, also those in the first minutes that Discourse does not number."""
        return f"{self.version}:{self.updated}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forum:
    """One forum and the line to it."""

    source: ForumSource
    line: Line
    pace: Pace

    def may_ask(self) -> bool:
        """Wait as long as robots.txt asks; False where budget or pace allow no more in this run."""
        return self.line.left > 0 and self.pace.may_go()

    def newest(self, before: int | None) -> list[ForumPost]:
        """Posts older than an id, or the newest; newest first, at most 50.

        Raises:
            CollectError: they could not be had.
        """
        said = self._json("/posts.json", f"?before={before}" if before else "")
        with self.line.translated():
            posts = [_post(one) for one in said["latest_posts"]]
        return sorted(posts, key=lambda post: post.id, reverse=True)

    def found(self, search: Search, since: datetime) -> dict[int, str]:
        """Ids of posts that the forum's search finds, newest first, each with its topic's title.

        Raises:
            CollectError: they could not be had.
        """
        words = " ".join(_OPERATORS.sub(" ", search.text).split())
        if len(words) < _SHORTEST:
            return {}
        quoted = f'"{words}"' if search.phrase else words
        query = {"q": f"{quoted} after:{since.date().isoformat()} order:latest"}
        said = self._json("/search.json", f"?{urlencode(query)}")
        with self.line.translated():
            titles = {one["id"]: str(one.get("title") or "") for one in said.get("topics") or ()}
            return {int(one["id"]): titles.get(one.get("topic_id"), "") for one in said.get("posts") or ()}

    def post(self, number: int) -> ForumPost | State | None:
        """One post; the state it is in where it is gone; None where the forum does not tell.

        Raises:
            CollectError: no answer came, or the forum asks to wait or for a login.
        """
        try:
            said = self._json(f"/posts/{number}.json")
        except (PermanentError, ForbiddenError):
            if self.line.last is None:
                raise
            return gone(self.line.last)
        with self.line.translated():
            return _post(said)

    def _json(self, path: str, query: str = "") -> Any:  # noqa: ANN401 - what a forum says can be anything
        url = self.source.url.rstrip("/") + path + query
        try:
            said = self.line.json(url, headers=self._headers())
        except RateLimitedError as error:
            raise self._limited(error) from error
        if not isinstance(said, dict):
            raise TransientError(f"{path}: an answer that is no object")
        return said

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": "application/json"}
        if self.source.key:
            key = self.line.workshop.secrets.read(self.source.key)
            headers |= {"Api-Key": key, "Api-Username": self.source.key_user}
        return headers

    def _limited(self, error: RateLimitedError) -> RateLimitedError:
        """The wait that the body names, where no header does."""
        answer = self.line.last
        if answer is None or answer.header("retry-after"):
            return error
        extras = _object(answer.body).get("extras")
        seconds = extras.get("wait_seconds") if isinstance(extras, dict) else None
        if not isinstance(seconds, (int, float)) or not 0 < seconds < _LONGEST_WAIT:
            return error
        return RateLimitedError(error.problem, until=self.line.now + timedelta(seconds=max(1.0, seconds)))


def gone(answer: Answer) -> State | None:
    """The state that a refusal stands for; only an answer of the forum's own says one. Pure."""
    said = _object(answer.body)
    if answer.status not in {403, 404, 410} or not said.get("errors"):
        return None
    if answer.status == 403:
        # the post stands, but no longer for everybody; `not_logged_in` shuts the whole forum
        return State.REMOVED if said.get("error_type") == "invalid_access" else None
    return State.DELETED


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _post(said: Any) -> ForumPost:  # noqa: ANN401
    """A post.

    Raises:
        KeyError, TypeError, ValueError: it is none; `Line.translated` tells.
    """
    reply_to = said.get("reply_to_post_number")
    return ForumPost(
        id=int(said["id"]),
        number=int(said["post_number"]),
        topic_id=int(said["topic_id"]),
        # single posts come without their topic's title: its slug holds the same words
        topic_title=str(said.get("topic_title") or (said.get("topic_slug") or "").replace("-", " ")),
        markup=str(said["cooked"]),
        username=str(said.get("username") or ""),
        name=str(said.get("name") or said.get("display_username") or ""),
        user_id=int(said.get("user_id") or 0),
        answers=int(reply_to) if reply_to else None,
        created=str(said.get("created_at") or ""),
        updated=str(said.get("updated_at") or ""),
        version=int(said.get("version") or 1),
        state=_state(said),
        ordinary=said.get("post_type", _REGULAR) == _REGULAR and bool(said["cooked"]),
    )


def _state(said: Any) -> State:  # noqa: ANN401
    if said.get("deleted_at") or said.get("user_deleted"):
        return State.DELETED
    return State.REMOVED if said.get("hidden") else State.LIVE


def posted(post: ForumPost, source: ForumSource, parents: Iterable[ForumPost]) -> Posted:
    """A post as a record for `mention_of`; its parent's text is added where the parent is at hand."""
    markup, quoted = apart(post.markup)
    first = post.number == 1
    parent = next(
        (one for one in parents if one.topic_id == post.topic_id and one.number == post.answers), None
    )
    context = [
        "" if first else f"<p>{escaped(post.topic_title)}</p>",
        apart(parent.markup)[0] if parent else quoted,
    ]
    names = {post.username, post.name, *((parent.username, parent.name) if parent else ())}
    who = str(post.user_id or post.username)
    return Posted(
        native_id=native_id(source, post.id),
        revision=post.revision,
        kind=Kind.POST if first else Kind.REPLY,
        title=escaped(post.topic_title) if first else "",
        text=markup,
        context="".join(context),
        markup=True,
        # without the topic's slug: the number alone leads there, and a slug may hold a name
        url=f"{source.url.rstrip('/')}/t/{post.topic_id}/{post.number}",
        author_id=f"{source.id}:{who}" if who else None,
        names=tuple(sorted(name for name in names if name)),
        thread_id=f"{source.id}:t{post.topic_id}",
        parent_id=native_id(source, parent.id) if parent else None,
        published=post.created,
        edited=post.updated if post.version > 1 else None,
    )


def native_id(source: ForumSource, number: int) -> str:
    """The id of a post: unique over all forums."""
    return f"{source.id}:{number}"


def escaped(words: str) -> str:
    """Text as markup."""
    return words.replace("&", "&amp;").replace("<", "&lt;")
