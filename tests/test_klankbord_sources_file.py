"""sources.toml is changed by the program as carefully as by a person: comments stay, mistakes never get in."""

from datetime import date
from pathlib import Path
from stat import S_IMODE

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.discovery import Candidate
from klankbord.errors import NotFoundError, SettingsError
from klankbord.settings import SourceSettings, load, starter_folder
from klankbord.sources_file import add, add_all, enable, free_id, remove

BLOG = Candidate(
    url="https://www.dorpsblog.example/feed/", kind="feed", title="Dorps\nblog", why="the page names it"
)
COMMENTS = Candidate(
    url="https://www.dorpsblog.example/comments/feed/", kind="comment_feed", why="made with WordPress"
)
TWO = """# our sources
# about a
[[source]]
id = "a"                # the first
kind = "feed"
url = "https://a.example/feed"
[source.terms]
retention_days = 7      # short

# about b
[[source]]
id = "b"
kind = "feed"
url = "https://b.example/feed"
# last words
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "config"
    made.mkdir()
    (made / "organisation.toml").write_text((starter_folder() / "organisation.toml").read_text())
    return made


def sources(folder: Path) -> tuple[SourceSettings, ...]:
    return load(folder).sources


def test_a_source_is_added_behind_what_stands_there(folder: Path) -> None:
    (folder / "sources.toml").write_text(TWO)
    assert add(folder, BLOG, language="nl", terms_read_on=date(2026, 11, 22)) == "dorpsblog-example"
    written = (folder / "sources.toml").read_text()
    assert written.startswith(TWO)
    assert "# the page names it\n[[source]]\n" in written
    added = sources(folder)[2]
    assert (added.name, added.language, added.terms.terms_read_on) == (
        "Dorps blog",
        "nl",
        date(2026, 11, 22),
    )


def test_the_day_on_which_terms_were_read_is_never_made_up(folder: Path) -> None:
    add(folder, BLOG)
    assert sources(folder)[0].terms.terms_read_on is None
    assert "terms" not in (folder / "sources.toml").read_text()


def test_the_starter_file_keeps_its_comments(folder: Path) -> None:
    starter = (starter_folder() / "sources.toml").read_text()
    (folder / "sources.toml").write_text(starter)
    add(folder, BLOG)
    add(folder, COMMENTS)
    assert (folder / "sources.toml").read_text().startswith(starter)
    assert [(one.id, one.kind) for one in sources(folder)] == [
        ("dorpsblog-example", "feed"),
        ("dorpsblog-example-comment-feed", "comment_feed"),
    ]


def test_kinds_with_keys_of_their_own_are_written_with_them(folder: Path) -> None:
    channel = Candidate(
        url="", kind="youtube", title="Dorp TV", why="x", keys=(("channels", ("UC" + "a" * 22,)),)
    )
    reddit = Candidate(url="", kind="reddit", title="r/dorp", why="x", keys=(("subreddits", ("dorp",)),))
    assert [add(folder, one, enabled=False) for one in (channel, reddit)] == ["dorp-tv", "r-dorp"]
    assert [one.enabled for one in sources(folder)] == [False, False]


@pytest.mark.parametrize(
    ("candidate", "given", "said"),
    [
        (BLOG, {"source_id": "Met Spaties"}, "source.1.id"),
        (Candidate(url="ftp://x.example/", kind="feed", why="x"), {}, "source.1.url"),
        (Candidate(url="https://x.example/", kind="telepathy", why="x"), {}, "telepathy"),
        (BLOG, {"language": "xx"}, "source.1.language"),
    ],
)
def test_what_the_check_refuses_is_not_written(
    candidate: Candidate, given: dict[str, str], said: str, folder: Path
) -> None:
    with pytest.raises(SettingsError, match=said):
        add(folder, candidate, **given)  # type: ignore[arg-type]
    assert not (folder / "sources.toml").exists()


def test_the_same_source_is_not_added_twice(folder: Path) -> None:
    add(folder, BLOG)
    before = (folder / "sources.toml").read_bytes()
    with pytest.raises(SettingsError, match="a second time"):
        add(folder, BLOG)
    assert (folder / "sources.toml").read_bytes() == before


@pytest.mark.parametrize(
    "broken", ["[[source]\n", "source = 7\n", "\x00", '[[source]]\nid = "a"\nid = "b"\n']
)
def test_a_broken_file_is_left_alone(broken: str, folder: Path) -> None:
    (folder / "sources.toml").write_text(broken)
    for change in (lambda: add(folder, BLOG), lambda: enable(folder, "a", on=False)):
        with pytest.raises((SettingsError, NotFoundError)):
            change()
    assert (folder / "sources.toml").read_text() == broken


def test_a_list_is_added_at_once_without_what_stands_there(folder: Path) -> None:
    (folder / "sources.toml").write_text(TWO)
    many = [Candidate(url=f"https://h{n}.example/feed", kind="feed", why="a list") for n in range(300)]
    known = Candidate(url="https://a.example/feed/", kind="feed", why="a list")
    told = add_all(folder, [*many, known, many[0]], enabled=False)
    assert (len(told.ids), told.standing) == (300, (known, many[0]))
    assert len(sources(folder)) == 302
    with pytest.raises(SettingsError, match=r"source\.303\.url"):
        add_all(folder, [Candidate(url="javascript:x", kind="feed", why="a list")])


def test_removing_takes_the_comment_above_along_and_leaves_the_others(folder: Path) -> None:
    (folder / "sources.toml").write_text(TWO)
    remove(folder, "a")
    assert [one.id for one in sources(folder)] == ["b"]
    left = (folder / "sources.toml").read_text()
    assert "the first" not in left
    assert "# about b\n[[source]]\n" in left
    assert "# last words" in left


def test_removing_the_last_one_leaves_the_others(folder: Path) -> None:
    (folder / "sources.toml").write_text(TWO)
    remove(folder, "b")
    assert (folder / "sources.toml").read_text().rstrip() == TWO[: TWO.index("# about b")].rstrip()
    with pytest.raises(NotFoundError, match="there are: a"):
        remove(folder, "b")


def test_a_header_inside_a_text_is_no_header(folder: Path) -> None:
    text = TWO.replace('id = "b"', 'id = "b"\nname = """\n[[source]]\n"""')
    (folder / "sources.toml").write_text(text)
    with pytest.raises(SettingsError):
        remove(folder, "b")
    assert (folder / "sources.toml").read_text() == text


def test_a_source_is_switched_off_and_on_with_its_comments(folder: Path) -> None:
    (folder / "sources.toml").write_text(TWO)
    enable(folder, "a", on=False)
    assert [one.enabled for one in sources(folder)] == [False, True]
    assert sources(folder)[0].terms.retention_days == 7
    enable(folder, "a", on=True)
    assert [one.enabled for one in sources(folder)] == [True, True]
    written = (folder / "sources.toml").read_text()
    for comment in ("# our sources", "# the first", "# short", "# about b", "# last words"):
        assert comment in written


def test_mode_and_link_of_the_file_stay(folder: Path, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere.toml"
    real.write_text(TWO)
    real.chmod(0o640)
    (folder / "sources.toml").symlink_to(real)
    add(folder, BLOG)
    assert (folder / "sources.toml").is_symlink()
    assert S_IMODE(real.stat().st_mode) == 0o640
    assert len(sources(folder)) == 3


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="can be read and written"):
        add(tmp_path / "weg", BLOG)


@given(st.text(max_size=40), st.sets(st.sampled_from(["a", "a-2", "feed", "feed-2"])))
def test_an_id_can_always_be_made_and_is_free(host: str, known: set[str]) -> None:
    made = free_id(Candidate(url="", kind="feed", title=host, why=""), known)
    assert made not in known
    assert SourceSettings(id=made, kind="feed", url="https://a.example").id == made
