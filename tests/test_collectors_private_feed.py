"""Private feeds and alerts feeds: the secret of an address stays where it is kept, wrapped links come out."""

from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from builders import NOW
from collecting import HOST, batches, collector, mentions
from fakes import FakeSite, entry

from klankbord.errors import AuthError, CollectError, ForbiddenError, SettingsError
from klankbord.mention import State
from klankbord.ports import Budget
from klankbord.settings import load, starter_folder

SECRET = "ge+heim/42=Zz"
QUOTED = "ge%2Bheim%2F42%3DZz"
PLACES = {"url": f"{HOST}/alerts/{{secret}}/1?key={{secret}}", "secret": "env:KLANKBORD_TEST_FEED"}
PATH = f"/alerts/{QUOTED}/1?key={QUOTED}"
WRAPPED = (
    "https://www.google.com/url?rct=j&amp;sa=t&amp;url=https://nieuws.example/a%3Fid%3D1%26utm_source%3Dx"
    "&amp;ct=ga&amp;cd=CAIyGj&amp;usg=AOvVaw"
)
ALERTS = f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:idx="urn:atom-extension:indexing">
<id>tag:google.com,2005:reader/user/12345/state/com.google/alerts/67890</id>
<title>Google Melding: Voorbeeld BV</title>
<link href="{HOST}{PATH.replace("&", "&amp;")}" rel="self"></link><updated>2026-11-17T09:00:00Z</updated>
<entry><id>tag:google.com,2013:googlealerts/feed:1234567890123456789</id>
<title type="html">Storing bij &lt;b&gt;Voorbeeld BV&lt;/b&gt; &amp;amp; buren &amp;#39;duurt&amp;#39; - Nieuws</title>
<link href="{WRAPPED}"></link><published>2026-11-17T08:00:00Z</published><updated>2026-11-17T08:00:00Z</updated>
<content type="html">Klanten van &lt;b&gt;Voorbeeld&lt;/b&gt;&amp;nbsp;... zie {HOST}{PATH}</content>
<author><name></name></author></entry></feed>""".encode()


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLANKBORD_TEST_FEED", SECRET)


def leaks(*things: object) -> list[str]:
    said = " ".join(map(repr, things)) + " ".join(map(str, things))
    return [spelled for spelled in (SECRET, QUOTED, QUOTED.lower()) if spelled in said]


def test_the_secret_is_asked_with_and_kept_nowhere(tmp_path: Path) -> None:
    with FakeSite() as site:
        link = f"{HOST}/a?key={SECRET}"
        site.feed(PATH, entry(f"zie {SECRET} en {QUOTED}", link=link, id=link), title=SECRET).etag('"1"')
        one = collector(site, tmp_path, **PLACES)
        found = batches(one)
        again = batches(one, found[-1].next)
        assert site.count(PATH) == 2
    assert leaks(found, again) == []
    assert mentions(found)[0].text == "zie [secret] en [secret]"


def test_an_alerts_feed_comes_out_of_its_wrapping(tmp_path: Path) -> None:
    with FakeSite() as site:
        site.body(PATH, ALERTS, "application/atom+xml; charset=UTF-8")
        one = collector(site, tmp_path, **PLACES)
        found = batches(one)
        (alert,) = mentions(found)
        site.status("/a?id=1", 410)
        gone = one.recheck([alert], Budget(), NOW, Event())
        assert site.seen[-1].path == "/a?id=1"
    assert alert.title == "Storing bij Voorbeeld BV & buren 'duurt' - Nieuws"
    assert alert.text == f"Klanten van Voorbeeld ... zie {HOST}/alerts/[secret]/1?key=[secret]"
    assert (alert.url, alert.canonical_url) == ("https://nieuws.example/a?id=1",) * 2
    assert alert.author is None
    assert leaks(found) == []
    assert [change.state for change in gone.changes] == [State.DELETED]


@pytest.mark.parametrize("status", [401, 404, 500])
def test_an_error_does_not_tell_it(status: int, tmp_path: Path) -> None:
    with FakeSite() as site:
        site.status(PATH, status)
        with pytest.raises(CollectError) as raised:
            batches(collector(site, tmp_path, **PLACES))
    assert leaks(raised.value, raised.value.__cause__, raised.value.problem) == []


def test_a_redirect_that_carries_it_is_not_told_either(tmp_path: Path) -> None:
    with FakeSite() as site:
        site.redirect(PATH, f"http://10.0.0.1/{QUOTED}")
        with pytest.raises(ForbiddenError) as raised:
            batches(collector(site, tmp_path, **PLACES))
        assert leaks(raised.value) == []
        site.redirect(PATH, f"/login/{QUOTED}")
        site.body(f"/login/{QUOTED}", b"<html><input type=password>")
        with pytest.raises(AuthError, match="login page") as again:
            batches(collector(site, tmp_path, **PLACES))
    assert leaks(again.value) == []


def test_a_new_address_is_kept_without_it_and_asked_with_it(tmp_path: Path) -> None:
    with FakeSite() as site:
        site.redirect(PATH, f"/new/{QUOTED}", status=301)
        site.feed(f"/new/{QUOTED}", entry("hier"))
        one = collector(site, tmp_path, **PLACES)
        cursor = None
        for hours in (0, 13, 26, 27):
            found = batches(one, cursor, NOW + timedelta(hours=hours))
            cursor = found[-1].next
            assert leaks(cursor) == []
        assert site.count(PATH) == 3
        assert site.seen[-1].path == f"/new/{QUOTED}"


def test_a_missing_or_short_secret_is_told_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeSite() as site:
        for value, said in (("", "KLANKBORD_TEST_FEED is not set"), ("kort", "fewer than 6")):
            monkeypatch.setenv("KLANKBORD_TEST_FEED", value)
            with pytest.raises(AuthError, match=said):
                batches(collector(site, tmp_path, **PLACES))
        assert site.seen == []


@pytest.mark.parametrize(
    "keys",
    [
        'url = "https://a.example/{secret}"',
        'url = "https://a.example/x"\nsecret = "env:X"',
        'url = "https://{secret}.example/"\nsecret = "env:X"',
    ],
)
def test_a_secret_and_its_place_go_together(keys: str, tmp_path: Path) -> None:
    (tmp_path / "organisation.toml").write_text((starter_folder() / "organisation.toml").read_text())
    (tmp_path / "sources.toml").write_text(f'[[source]]\nid = "a"\nkind = "feed"\n{keys}\n')
    with pytest.raises(SettingsError, match="secret"):
        load(tmp_path)
