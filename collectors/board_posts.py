"""The posts that a thread's page shows come in, mentions go out. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from collectors import Workshop
from collectors.board_page import BoardPost, Picked
from collectors.posted import Posted, mention_of
from klankbord.mention import Kind, Mention, short_hash
from klankbord.settings import ForumSource


def thread_id(source: ForumSource, url: str) -> str:
    """The id of the thread that begins at an address."""
    return f"{source.id}:{short_hash(url)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What mentions of one page are made with."""

    source: ForumSource
    workshop: Workshop
    now: datetime
    #: marks what a publisher allows no training on
    held: Callable[[Mention], Mention]

    def native_id(self, post: BoardPost, thread: str) -> str:
        """The id of a post: by its element's id, else by who wrote what: not by its place."""
        name = f"#{post.key}" if post.key else f"{post.author}\x1f{post.text}"
        return self.workshop.pseudonyms.native_id(self.source.kind, f"{thread}\x1f{name}")

    def mentions(self, found: Picked, page: str, thread: str, *, first: bool) -> dict[str, Mention]:
        """The mentions of a page by their ids; of notices that stand where posts were, none.

        Args:
            found: what the selectors picked.
            page: the page's address.
            thread: the thread's id.
            first: the page is the thread's first.
        """
        names = tuple({post.author for post in found.posts if post.author})
        made = {}
        for place, post in enumerate(found.posts):
            if not post.gone:
                opening = first and place == 0
                native = self.native_id(post, thread)
                made[native] = self._mention(post, found.title, native, page, thread, names, opening=opening)
        return made

    def notices(self, found: Picked, thread: str) -> set[str]:
        """Ids of posts where only a notice stands: taken away."""
        return {self.native_id(post, thread) for post in found.posts if post.gone and post.key}

    def _mention(
        self,
        post: BoardPost,
        title: str,
        native: str,
        page: str,
        thread: str,
        names: tuple[str, ...],
        *,
        opening: bool,
    ) -> Mention:
        said = Posted(
            native_id=native,
            # of the words alone: names that are masked change with who else is on the page
            revision=short_hash(post.text),
            kind=Kind.POST if opening else Kind.REPLY,
            title=title if opening else "",
            text=post.text,
            context="\n".join(part for part in ("" if opening else title, post.quoted) if part),
            url=f"{page}#{post.key}" if post.key else page,
            author_id=f"{self.source.id}:{post.author}" if post.author else None,
            names=names,
            thread_id=thread,
            published=post.date,
        )
        return self.held(mention_of(said, self.source, self.workshop, self.now))
