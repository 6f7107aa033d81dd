"""A recorded feed of a YouTube channel: what is read from it, and that the fake's feed holds the same."""

from pathlib import Path

import pytest
from builders import NOW

from collectors.parse import parsed
from collectors.youtube_posts import video_id, video_post
from klankbord.demo.fakes.youtube import CHANNEL, YouTubeFake
from klankbord.demo.loopback import Asked

RECORDING = Path(__file__).parents[2] / "shared/recordings/feed-rs/fixture/atom/atom_mediarss_youtube_1.xml"


@pytest.mark.recordings
@pytest.mark.skipif(not RECORDING.exists(), reason="../shared/recordings is absent")
def test_a_recorded_channel_feed_gives_its_video_with_all_that_the_fake_gives() -> None:
    feed = parsed(RECORDING.read_bytes(), "text/xml")
    (entry,) = feed.entries
    post = video_post(entry, CHANNEL)
    assert post.native_id == video_id(entry) != ""
    assert post.url.endswith(post.native_id)
    assert all((post.title, post.text, post.names, post.published))
    fake = YouTubeFake()
    fake.film("titel", "tekst", at=NOW)
    asked = Asked(method="GET", path="/feeds/videos.xml", query={"channel_id": CHANNEL}, headers={})
    (made,) = parsed(fake.answer(asked).body, "text/xml").entries
    assert {name for name in made.__slots__ if getattr(made, name)} == {
        name for name in entry.__slots__ if getattr(entry, name)
    }
