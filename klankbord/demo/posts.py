"""The written posts of the demo come in, posts with moments and addresses go out. Pure."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Amsterdam")
_COMMENTS = ("blogreacties", "expatcomments")
_UPDATE = {
    "nl": " Aanvulling: Wadlicht belde me vanmiddag terug en zoekt het uit.",
    "en": " Update: Wadlicht rang back this afternoon and will look into it.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post of the small web."""

    number: int
    place: str
    lang: str
    at: datetime
    author: str
    title: str
    thread: str
    parent: str
    text: str
    #: what its writer meant it to be: a clause, a protected kind, NOT about us, or nothing special
    meant: str

    @property
    def path(self) -> str:
        """Path and fragment on its site."""
        return f"/{self.place}/p/{self.number}#post-{self.number}"


def written(now: datetime) -> list[Post]:
    """Eight weeks of posts that end with the Sunday before the current week."""
    local = now.astimezone(ZONE)
    monday = (local - timedelta(days=local.weekday())).date()
    content = files("klankbord.demo").joinpath("posts.jsonl").read_text("utf-8")
    posts = [_post(number, json.loads(line), monday) for number, line in enumerate(content.splitlines(), 1)]
    return sorted(posts, key=lambda post: (post.at, post.number))


def _post(number: int, line: dict[str, str], monday: date) -> Post:
    day = monday + timedelta(days=int(line["day"]))
    return Post(
        number=number,
        place=line["place"],
        lang=line["lang"],
        at=datetime.combine(day, time.fromisoformat(line["time"]), ZONE),
        author=line["author"],
        title=line["title"],
        thread=line["thread"],
        parent=line["parent"],
        text=line["text"],
        meant=line["expect"],
    )


def later(posts: Iterable[Post]) -> list[Post]:
    """The same web a while later: one article was edited, one comment deleted."""
    posts = list(posts)
    articles = [post for post in posts if post.place == "groningerblog" and not post.meant]
    comments = [post for post in posts if post.place in _COMMENTS and post.meant == "C07"]
    edited, deleted = articles[-1].number, comments[-1].number
    return [
        replace(post, text=post.text + _UPDATE[post.lang]) if post.number == edited else post
        for post in posts
        if post.number != deleted
    ]
