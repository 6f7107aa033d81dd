"""Posts of one place come in, a fake platform that holds them goes out."""

from collections.abc import Sequence

from klankbord.demo.fakes.forum import FakeDiscourse
from klankbord.demo.posts import Post

#: the place that is a Discourse forum; it is read by its API, the others by their feeds
FORUM = "plugtalk"
_QUOTED = 20


def forum_of(posts: Sequence[Post]) -> FakeDiscourse:
    """A forum with a topic for each thread, in which answers know what they answer."""
    forum = FakeDiscourse()
    topics: dict[str, list[Post]] = {}
    for post in sorted(posts, key=lambda one: (one.at, one.number)):
        thread = topics.setdefault(post.thread, [])
        forum.say(
            post.text,
            at=post.at,
            author=post.author,
            topic=list(topics).index(post.thread) + 1,
            title=post.thread,
            answers=_answered(post, thread),
        )
        thread.append(post)
    return forum


def _answered(post: Post, thread: Sequence[Post]) -> int | None:
    """The number, in its topic, of the post that this one quotes."""
    if not post.parent:
        return None
    begin = post.parent[:_QUOTED]
    return next((number for number, one in enumerate(thread, 1) if begin in one.text), None)
