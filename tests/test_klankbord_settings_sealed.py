"""Confidential topics at rest: only the key opens them, nothing of them is told, and C02 never goes quiet."""

import json
import os
import stat
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classify.explanation import details
from classify.own_words import own_words
from classify.reading import read
from klankbord.checking import check_config
from klankbord.errors import SettingsError
from klankbord.sealing import key_place, seal_plain
from klankbord.settings import Organisation, SealedTopic, load
from klankbord.settings.sealed import FILE, PLACE, new_key, seal, sealed_topics, topics_in, unsealed

NAME = PLACE.removeprefix("env:")
TOPIC = '[[topic]]\nid = "tarieven"\nmeaning = "De geheime tarieven"\nterms_nl = ["geheimtarief"]  # van Jo\n'
OTHER = '[[topic]]\nid = "fusie"\nmeaning = "Een fusie met de buren"\nmarket_sensitive = true\n'
PLAIN = f'name = "Voorbeeld BV"  # wij\n\n{TOPIC}\n{OTHER}\n[[fact]]\ntopic = "opzeggen"\nnl = "Dertig dagen."\nen = "Thirty days."\n'
KLANKBORD = Path(sys.executable).parent / "klankbord"


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    made = new_key()
    monkeypatch.setenv(NAME, made)
    return made


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "organisation.toml").write_text(PLAIN, "utf-8")
    return folder


def refused(do: Callable[[], object]) -> str:
    with pytest.raises(SettingsError) as error:
        do()
    return str(error.value)


# sealing and opening


@pytest.mark.usefixtures("key")
def test_topics_move_out_of_the_open_file_and_work_as_before(config: Path) -> None:
    before = load(config).organisation
    assert seal_plain(config) == 2
    after = load(config).organisation
    assert [topic.model_dump() for topic in after.topic] == [topic.model_dump() for topic in before.topic]
    assert all(isinstance(topic, SealedTopic) for topic in after.topic)
    assert own_words(after).topics[0].pattern.search("het geheimtarief") is not None


@pytest.mark.usefixtures("key")
def test_the_open_file_keeps_all_but_the_topics(config: Path) -> None:
    (config / "organisation.toml").chmod(0o640)
    seal_plain(config)
    left = (config / "organisation.toml").read_text("utf-8")
    assert tomllib.loads(left) == {
        key: value for key, value in tomllib.loads(PLAIN).items() if key != "topic"
    }
    assert "# wij" in left
    assert stat.S_IMODE((config / "organisation.toml").stat().st_mode) == 0o640


@pytest.mark.usefixtures("key")
def test_the_sealed_file_is_for_its_owner_and_tells_nothing(config: Path) -> None:
    seal_plain(config)
    body = (config / FILE).read_text("ascii")
    assert stat.S_IMODE((config / FILE).stat().st_mode) == 0o600
    assert not [word for word in ("geheim", "tarie", "fusie", "buren") if word in body]
    assert sorted(file.name for file in config.iterdir()) == ["organisation.toml", FILE]


@pytest.mark.usefixtures("key")
def test_new_topics_join_those_that_are_sealed_already(config: Path) -> None:
    seal_plain(config)
    plain = (config / "organisation.toml").read_text("utf-8")
    more = TOPIC.replace('"tarieven"', '"winst"')
    (config / "organisation.toml").write_text(plain + more, "utf-8")
    assert seal_plain(config) == 1
    assert [topic.id for topic in load(config).organisation.topic] == ["tarieven", "fusie", "winst"]
    assert "# van Jo" in unsealed(config, PLACE)


@pytest.mark.usefixtures("key")
def test_after_a_crash_between_the_two_files_sealing_again_mends_it(config: Path) -> None:
    seal_plain(config)
    (config / "organisation.toml").write_text(PLAIN, "utf-8")
    assert "what topic.1 has as well" in refused(lambda: load(config))
    assert seal_plain(config) == 2
    assert [topic.id for topic in load(config).organisation.topic] == ["tarieven", "fusie"]


@pytest.mark.usefixtures("key")
def test_an_id_that_is_sealed_with_other_words_is_refused_and_nothing_moves(config: Path) -> None:
    seal(config, PLACE, TOPIC.replace("geheime", "andere"))
    before = (config / FILE).read_bytes()
    told = refused(lambda: seal_plain(config))
    assert told == (
        "organisation.toml: topic.1.id: found an id that is sealed already, with other words; allowed: each id once"
    )
    assert (config / FILE).read_bytes() == before
    assert (config / "organisation.toml").read_text("utf-8") == PLAIN


@pytest.mark.usefixtures("key")
def test_there_must_be_something_to_seal(config: Path) -> None:
    (config / "organisation.toml").write_text('name = "Voorbeeld BV"\n')
    assert "no [[topic]]" in refused(lambda: seal_plain(config))


def test_the_key_may_stand_in_a_file(config: Path, tmp_path: Path) -> None:
    kept = tmp_path / "topics.key"
    kept.write_text(f"{new_key()}\n")
    (config / "klankbord.toml").write_text(f'topics_key = "file:{kept}"\n')
    assert key_place(config) == f"file:{kept}"
    seal_plain(config)
    assert len(load(config).organisation.topic) == 2


# a key that does not open


def test_a_missing_key_names_file_and_key_and_seals_nothing(config: Path) -> None:
    told = refused(lambda: seal_plain(config))
    assert f"{FILE}: topics_key: found environment variable {NAME} is not set or empty" in told
    assert not (config / FILE).exists()
    assert (config / "organisation.toml").read_text("utf-8") == PLAIN


def test_without_the_key_nothing_runs_so_that_c02_is_never_silently_off(
    config: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal_plain(config)
    monkeypatch.delenv(NAME)
    told = refused(lambda: load(config))
    assert told.startswith(f"{FILE}: topics_key: found environment variable {NAME} is not set or empty")
    monkeypatch.setenv(NAME, new_key())
    told = refused(lambda: load(config))
    assert told.startswith(f"{FILE}: topics_key: found a key at {PLACE} that does not open it")
    monkeypatch.setenv(NAME, "kort")
    told = refused(lambda: load(config))
    assert told.startswith(f"{FILE}: topics_key: found something else at {PLACE}")
    monkeypatch.setenv(NAME, key)
    assert len(load(config).organisation.topic) == 2


def test_a_missing_key_is_told_with_the_other_mistakes(config: Path) -> None:
    (config / FILE).write_text("# leeg\n")
    (config / "queries.toml").write_text("query = []\n")
    told = refused(lambda: load(config))
    assert [line.split(":")[0] for line in told.splitlines()] == [FILE, "queries.toml"]


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize("body", [b"", b"# leeg\n", b"gAAAA\n", b"\xff\xfe", b"x" * 2_100_000])
def test_a_damaged_file_is_refused(config: Path, body: bytes) -> None:
    (config / FILE).write_bytes(body)
    assert "or a file that was changed" in refused(lambda: load(config))


@pytest.mark.usefixtures("key")
def test_a_changed_letter_is_seen(config: Path) -> None:
    seal_plain(config)
    body = bytearray((config / FILE).read_bytes())
    body[-20] ^= 1
    (config / FILE).write_bytes(bytes(body))
    assert "or a file that was changed" in refused(lambda: load(config))


# nothing leaks


@pytest.mark.usefixtures("key")
def test_a_mistake_in_sealed_topics_says_where_and_never_what(config: Path) -> None:
    wrong = TOPIC.replace("id =", "geheim = 1\nid =") + '[[topic]]\nid = "Geheim Woord"\nmeaning = "x"\n'
    told = refused(lambda: seal(config, PLACE, wrong))
    keys = [line.split(": ")[1] for line in told.splitlines()]
    assert keys == ["topic.1.geheim", "topic.2.id", "topic.2.meaning"]
    assert "Geheim Woord" not in told
    assert "no TOML" in refused(lambda: seal(config, PLACE, "geheim woord ="))
    assert "geheim" not in refused(lambda: seal(config, PLACE, "geheim woord ="))


@pytest.mark.usefixtures("key")
def test_no_log_or_traceback_shows_a_sealed_topic(config: Path) -> None:
    seal_plain(config)
    shown = repr(load(config))
    assert "Voorbeeld BV" in shown
    assert "geheimtarief" not in shown
    assert "De geheime tarieven" not in shown
    assert "fusie" not in shown


def test_a_finding_keeps_no_word_of_a_sealed_topic() -> None:
    plain = Organisation.model_validate({"name": "Voorbeeld BV", "topic": tomllib.loads(TOPIC)["topic"]})
    sealed = plain.model_copy(update={"topic": topics_in(TOPIC)})
    found = {
        name: details("C02", read("", "het geheimtarief", "", own_words(one)), one)
        for name, one in (("plain", plain), ("sealed", sealed))
    }
    assert found == {"plain": {"topic": "geheimtarief"}, "sealed": {}}


@pytest.mark.usefixtures("key")
def test_the_check_of_the_config_advises_to_seal(config: Path) -> None:
    remark = "remark: 2 confidential topics stand in organisation.toml for all who read it;"
    assert [line for line in check_config(config) if line.startswith(remark)] != []
    seal_plain(config)
    told = check_config(config)
    assert [line for line in told if "confidential topics stand" in line or "C02 stays silent" in line] == []


_words = st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), min_size=2, max_size=30)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(_words, st.text(min_size=5, max_size=60).filter(lambda t: "\ud800" not in t)), max_size=4
    )
)
def test_what_was_sealed_comes_back_to_the_letter(tmp_path: Path, words: list[tuple[str, str]]) -> None:
    place = f"file:{tmp_path / 'key'}"
    (tmp_path / "key").write_text(new_key())
    tables = [
        {"id": f"t{number}", "meaning": meaning, "terms_nl": [term]}
        for number, (term, meaning) in enumerate(words)
    ]
    text = tomlkit.dumps({"topic": tables})
    seal(tmp_path, place, text)
    assert unsealed(tmp_path, place) == text
    found = sealed_topics(tmp_path, place)
    assert [(topic.terms_nl[0], topic.meaning) for topic in found] == words


# the commands


def run(config: Path, *arguments: str, key: str = "", stdin: str = "") -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(config)} | ({NAME: key} if key else {})
    return subprocess.run(
        [str(KLANKBORD), "config", *arguments],
        cwd=config.parent,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_administrator_makes_a_key_seals_and_changes_topics(config: Path) -> None:
    key = run(config, "new-key").stdout.strip()
    sealed = run(config, "seal", key=key)
    assert sealed.returncode == 0, sealed.stderr
    assert sealed.stdout == ""
    shown = run(config, "unseal", key=key)
    assert tomllib.loads(shown.stdout) == {"topic": tomllib.loads(PLAIN)["topic"]}
    written = run(config, "unseal", "--out", "topics.toml", key=key)
    plain = config.parent / "topics.toml"
    assert (written.stdout, stat.S_IMODE(plain.stat().st_mode)) == ("", 0o600)
    assert run(config, "seal", "--from", "-", key=key, stdin=OTHER).returncode == 0
    assert [topic["id"] for topic in json.loads(run(config, "unseal", "--json", key=key).stdout)] == ["fusie"]


def test_without_the_key_the_commands_end_with_2_and_name_it(config: Path) -> None:
    for words in (("seal",), ("unseal",), ("check",)):
        (config / FILE).write_text("# leeg\n")
        told = run(config, *words)
        assert (words, told.returncode) == (words, 2)
        assert NAME in told.stderr
        assert "geheim" not in told.stderr
