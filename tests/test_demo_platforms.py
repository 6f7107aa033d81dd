"""The demo's forum, read by its API: what is cut short anywhere ends like what was not."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from builders import NOW
from collecting import workshop

from collectors import Workshop, collector_for
from klankbord.demo.loopback import Loopback
from klankbord.demo.platforms import FORUM, forum_of
from klankbord.demo.posts import written
from klankbord.ports import Batch, Budget, Cursor, Search
from klankbord.settings import SourceSettings
from klankbord.settings.models import SourcesFile

Said = dict[str, tuple[str, str, str]]


@pytest.fixture
def forum() -> Iterator[SourceSettings]:
    posts = [post for post in written(NOW) if post.place == FORUM]
    with Loopback(forum_of(posts)) as web:
        table = {"id": FORUM, "kind": "forum", "url": web.address, "crawl_delay": 0}
        table |= {"allow_addresses": ["127.0.0.0/8"]}
        yield SourcesFile.model_validate({"source": [table]}).source[0]


def polled(forum: SourceSettings, shop: Workshop, cursor: Cursor | None) -> Iterator[Batch]:
    return collector_for(forum, shop).poll(cursor, Budget(requests=300), NOW, Event())


def said(batches: list[Batch]) -> Said:
    """The first time that each post was offered is what is kept of it."""
    kept: Said = {}
    for batch in batches:
        for mention in batch.mentions:
            kept.setdefault(mention.native_id, (mention.title, mention.text, mention.context))
    return kept


def test_a_forum_cut_short_at_any_batch_keeps_the_same_titles_and_contexts(
    forum: SourceSettings, tmp_path: Path
) -> None:
    asked = (Search(query_id="o", text="Wadlicht"),)
    shop = replace(workshop(tmp_path), searches=lambda _: asked)
    whole = list(polled(forum, shop, None))
    assert len(whole) > 5
    for cut in range(1, len(whole)):
        again = list(polled(forum, shop, whole[cut - 1].next))
        assert said([*whole[:cut], *again]) == said(whole)


def test_an_answer_knows_what_it_answers(forum: SourceSettings, tmp_path: Path) -> None:
    found = said(list(polled(forum, workshop(tmp_path), None)))
    [context] = [context for _, text, context in found.values() if text.startswith("Looks like you were in")]
    assert "Wadlicht took 189 on the 18th" in context
