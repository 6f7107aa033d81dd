"""Codes that say a case was seen, and telling on what nobody has seen."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alert_house import (
    ANNA,
    Watch,
    dismiss,
    found,
    opened_in,
)
from builders import NOW

from klankbord.errors import NotFoundError, SettingsError
from klankbord.installation import Installation
from klankbord.mention import SourceId, State, StateChange, Terms
from klankbord.ports import Batch, Cursor


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def house(tmp_path: Path, watch: Watch) -> Iterator[Installation]:
    opened = opened_in(tmp_path, watch)
    yield opened
    opened.close()


def test_a_case_nobody_has_seen_is_told_on_after_the_end_of_quiet_hours(
    house: Installation, watch: Watch
) -> None:
    watch.later(hours=11, minutes=45)  # 22:45 in Amsterdam
    (key,) = found(house, "Voorbeeld een")
    assert house.alerts.notice() == 0
    watch.later(minutes=30)
    assert house.alerts.notice() == 1
    assert house.alerts.notice() == 0
    (row,) = [row for row in house.store.outbox.listed() if row["recipient"] == "ben"]
    assert (row["key"], row["due_at"]) == (key, datetime.fromisoformat("2026-11-19T06:00:00+00:00"))


def test_a_case_that_somebody_has_seen_or_answered_is_not_told_on(house: Installation, watch: Watch) -> None:
    one, other = found(house, "Voorbeeld een", "Voorbeeld twee")
    code = code_in(house, one)
    watch.later(minutes=5)
    done = house.alerts.acknowledged(code, watch())
    assert (done.key, done.recipient, done.at) == (one, ANNA, watch())
    dismiss(house, other)
    watch.later(hours=1)
    assert house.alerts.notice() == 0


def code_in(house: Installation, key: str) -> str:
    (due,) = [due for due in house.store.outbox.due(house.clock()) if (due.key, due.to) == (key, ANNA)]
    message = house.compose(due)
    assert message is not None
    assert message.payload is not None
    command = str(message.payload["seen_command"])
    assert command in message.text
    return command.rpartition(" ")[2]


def test_seen_twice_counts_from_the_first_time(house: Installation, watch: Watch) -> None:
    (key,) = found(house, "Voorbeeld een")
    code = code_in(house, key)
    house.alerts.acknowledged(code, watch())
    watch.later(hours=1)
    assert house.alerts.acknowledged(code, watch()).at == NOW
    what = [what for _, what, _ in house.store.history(house.store.finding(key.removeprefix("alert-")))[0]]
    assert what.count("acknowledged") == 1


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda code: "",
        lambda code: "alert-x",
        lambda code: code[:-1] + ("A" if code[-1] != "A" else "B"),
        lambda code: code.replace("alert-", "alert-x", 1),
        lambda code: code + "é",
        lambda code: "~".join([*code.split("~")[:2], "ffffffff", code.split("~")[3]]),
    ],
)
def test_a_code_that_was_not_made_here_says_nothing(
    house: Installation, watch: Watch, spoiled: Callable[[str], str]
) -> None:
    (key,) = found(house, "Voorbeeld een")
    with pytest.raises(NotFoundError):
        house.alerts.acknowledged(spoiled(code_in(house, key)), watch())


def test_a_code_is_over_after_its_days_and_gone_with_its_post(house: Installation, watch: Watch) -> None:
    (key,) = found(house, "Voorbeeld een", terms=Terms(traceless=True))
    code = code_in(house, key)
    with pytest.raises(NotFoundError, match="good until"):
        house.alerts.acknowledged(code, NOW + timedelta(days=8))
    change = StateChange(platform="feed", native_id="Voorbeeld een", state=State.DELETED, at=NOW)
    house.store.keep(SourceId("blog"), Batch(next=Cursor("2"), changes=(change,)), [], watch())
    with pytest.raises(NotFoundError, match="gone"):
        house.alerts.acknowledged(code, watch())


def test_the_key_of_the_codes_is_its_owners_alone(house: Installation) -> None:
    found(house, "Voorbeeld een")
    house.compose(house.store.outbox.due(house.clock())[0])
    file = house.settings.data_dir / "alerts.key"
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o644)
    other = Installation(house.settings, house.clock)
    with pytest.raises(SettingsError, match="0o600"):
        other.alerts.acknowledged("alert-x~abcdefgh~00000000~" + "A" * 22, NOW)
    other.close()
