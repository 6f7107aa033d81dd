"""The demo as shipped: a real road over loopback HTTP, at least 400 posts, one edit, one deletion, one dead source."""

from collections import Counter
from pathlib import Path
from shutil import copy
from threading import Event

import pytest
from builders import NOW
from sqlalchemy import create_engine, text

from klankbord.demo.posts import later, written
from klankbord.demo.show import show


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory, model_file: Path) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("demo")
    (folder / "data").mkdir()
    for part in model_file.parent.glob(model_file.name + "*"):
        copy(part, folder / "data" / part.name)
    said: list[str] = []
    show(
        folder,
        once=True,
        stop=Event(),
        say=lambda *lines: said.extend(str(line) for line in lines),
        talk=lambda _: None,
        step=lambda: None,
    )
    return folder, "\n".join(said)


def rows(folder: Path, question: str) -> list[tuple[object, ...]]:
    engine = create_engine(f"sqlite:///{folder}/data/klankbord.db")
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(question))]
    engine.dispose()
    return found


def test_the_web_has_400_posts_in_two_languages_over_eight_weeks() -> None:
    posts = written(NOW)
    assert len(posts) >= 400
    assert {post.lang for post in posts} == {"nl", "en"}
    assert (posts[-1].at.date() - posts[0].at.date()).days >= 50
    assert max(Counter(post.text[:60] for post in posts).values()) == 1


def test_one_article_is_edited_and_one_comment_deleted_in_between() -> None:
    before = written(NOW)
    after = later(before)
    texts = {post.number: post.text for post in after}
    assert len(before) - len(after) == 1
    assert sum(texts.get(post.number, post.text) != post.text for post in before) == 1


def test_every_step_is_told(shown: tuple[Path, str]) -> None:
    _, said = shown
    assert "1 edited" in said
    assert "1 deleted" in said
    assert "transient: the server answered 500" in said
    assert "digest: " in said


def test_the_store_holds_each_post_once_and_the_edit_is_a_revision(shown: tuple[Path, str]) -> None:
    folder, _ = shown
    assert rows(folder, "SELECT count(*) - count(DISTINCT native_id) FROM mention") == [(0,)]
    assert rows(folder, "SELECT count(*) FROM mention WHERE state = 'edited'") == [(1,)]
    assert rows(folder, "SELECT count(*) FROM change WHERE what = 'deleted'") == [(1,)]


def test_no_author_reaches_the_disk(shown: tuple[Path, str]) -> None:
    folder, _ = shown
    # The model holds words of written posts about other organisations, and nothing of what was read.
    files = [file for file in (folder / "data").rglob("*") if file.is_file() and file.suffix != ".skops"]
    disk = b"".join(file.read_bytes() for file in files)
    # Names that are also words of a text are masked where they sign; these are long enough to be nobody's word.
    authors = {post.author for post in written(NOW) if len(post.author) > 9 and "Wadlicht" not in post.author}
    in_texts = " ".join(post.text + post.title + post.parent for post in written(NOW))
    assert [author for author in sorted(authors) if author not in in_texts and author.encode() in disk] == []


def test_the_digest_and_the_alerts_are_files_one_can_open(shown: tuple[Path, str]) -> None:
    folder, _ = shown
    (html,) = (folder / "data" / "digests").glob("*.html")
    assert html.read_text("utf-8").lower().startswith("<!doctype html>")
    names = sorted(file.name for file in (folder / "data" / "outbox").iterdir())
    assert any(name.startswith("digest-") for name in names)
    assert rows(folder, "SELECT count(*) FROM message WHERE state != 'sent'") == [(0,)]
