"""The outbox in the store: summaries, telling on, codes that say seen, and what became of each recipient."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Event as Stop
from zoneinfo import ZoneInfo

import pytest
from alembic import command
from alembic.config import Config
from alert_house import ANNA, BEN, C08, DELIVERY, TEAM, Took, Watch, dismiss, found, opened_in, send, states
from builders import NOW
from sqlalchemy import create_engine, text

from klankbord import pipeline, store
from klankbord.alerting.event import Care, Event, Kind
from klankbord.alerting.quiet import Quiet
from klankbord.alerting.rules import Reach, Recipient, Rule, Rules, recipients_of, rules_of
from klankbord.alerting.simulate import simulate
from klankbord.drift import Drift
from klankbord.errors import DeliveryError
from klankbord.installation import Installation
from klankbord.ports import Channel, Message
from klankbord.settings import RuleSettings, load
from klankbord.store.messages import Due


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def house(tmp_path: Path, watch: Watch) -> Iterator[Installation]:
    opened = opened_in(tmp_path, watch)
    yield opened
    opened.close()


def test_a_mail_channel_is_its_addresses_and_a_persons_address_is_that_person(house: Installation) -> None:
    delivery = house.settings.delivery
    assert recipients_of(("mail",), delivery) == (ANNA, TEAM)
    assert recipients_of(("anna", "mail", "duty"), delivery) == (ANNA, TEAM, Recipient(channel_id="duty"))


def test_an_alert_has_a_row_for_each_recipient_in_the_transaction_of_its_finding(house: Installation) -> None:
    (key,) = found(house, "Voorbeeld een")
    assert states(house) == {f"{key} anna": "pending", f"{key} team@voorbeeld.example": "pending"}


def test_one_address_that_refuses_keeps_nobody_else_waiting_and_is_tried_alone(
    house: Installation, watch: Watch
) -> None:
    found(house, "Voorbeeld een")
    took = Took(refuse={TEAM: DeliveryError("mailbox full")})
    told = send(house, took)
    assert ([one for one, _ in took.took], len(told.failed)) == ([ANNA], 1)
    watch.later(minutes=2)
    again = Took()
    send(house, again)
    assert [one for one, _ in again.took] == [TEAM]


def test_each_recipient_has_a_key_of_its_own_and_the_same_for_every_try(
    house: Installation, watch: Watch
) -> None:
    found(house, "Voorbeeld een")
    due = house.store.outbox.due(watch())

    def keys() -> list[str]:
        return [message.key for one in due if (message := house.compose(one))]

    first = keys()
    watch.later(hours=1)
    assert (len(set(first)), keys()) == (2, first)


def test_a_channel_that_gives_no_answer_rests_for_the_round(house: Installation) -> None:
    found(house, *(f"Voorbeeld {number}" for number in range(3)))
    asked = []

    def refusing(due: Due) -> Channel:
        asked.append(due)
        raise DeliveryError("no answer")

    told = pipeline.tell(house.store, refusing, house.alerts.compose, clock=house.clock, stop=Stop())
    assert (len(asked), len(told.failed)) == (1, 1)


def test_more_alerts_than_one_look_takes_are_sent_in_one_round(house: Installation) -> None:
    found(house, *(f"Voorbeeld {number}" for number in range(101)))
    took = Took()
    send(house, took)
    assert sum(one == TEAM for one, _ in took.took) == 101


def test_what_comes_after_the_days_number_is_told_in_one_summary(house: Installation, watch: Watch) -> None:
    keys = found(house, *(f"Voorbeeld {number}" for number in range(5)))
    took = Took()
    send(house, took)
    assert sum(one == ANNA for one, _ in took.took) == 2
    watch.later(hours=1)
    send(house, took)
    (summary,) = [message for one, message in took.took if one == ANNA and "overflow" in message.key]
    assert summary.subject == "[Voorbeeld BV] nog 3 meldingen van vandaag in één mail"
    told = {key for key in keys if key.removeprefix("alert-") in summary.text}
    alone = {key for key in keys for one, message in took.took if one == ANNA and message.key.startswith(key)}
    assert told | alone == set(keys)
    assert told & alone == set()
    assert set(states(house).values()) == {"sent"}


def test_a_summary_leaves_out_what_was_answered_meanwhile(house: Installation, watch: Watch) -> None:
    found(house, "Voorbeeld een", "Voorbeeld twee", "Voorbeeld drie", "Voorbeeld vier")
    send(house, Took())
    held = [row["key"] for row in house.store.outbox.listed(states=("held",))]
    dismiss(house, str(held[0]))
    watch.later(hours=1)
    took = Took()
    send(house, took)
    (summary,) = took.took
    assert str(held[0]).removeprefix("alert-") not in summary[1].text
    assert str(held[1]).removeprefix("alert-") in summary[1].text
    assert states(house)[f"{held[0]} anna"] == "withdrawn"


def test_every_try_of_a_summary_tells_the_same_cases(house: Installation, watch: Watch) -> None:
    found(house, "Voorbeeld een", "Voorbeeld twee", "Voorbeeld drie")
    send(house, Took())
    watch.later(hours=1)
    send(house, Took(refuse={ANNA: DeliveryError("no answer")}))
    found(house, "Voorbeeld vier")
    watch.later(minutes=5)
    took = Took()
    send(house, took)
    (summary,) = [message for one, message in took.took if one == ANNA]
    assert summary.subject.startswith("[Voorbeeld BV] nog 1 melding ")
    # the fourth waits for the next day's
    watch.later(days=1)
    send(house, took)
    assert [message.subject[:25] for one, message in took.took if one == ANNA][1:] == [
        "[Voorbeeld BV] nog 1 meld"
    ]


def test_what_was_given_up_is_listed_and_can_be_tried_again_with_all_it_held(
    house: Installation, watch: Watch
) -> None:
    found(house, "Voorbeeld een", "Voorbeeld twee", "Voorbeeld drie")
    send(house, Took())
    watch.later(hours=1)
    send(house, Took(refuse={ANNA: DeliveryError("no such user", permanent=True)}))
    given_up = house.store.outbox.given_up(NOW - timedelta(days=1), watch())
    assert [(str(one.recipient), one.kind, one.problem) for one in given_up] == [
        ("mail (anna)", "overflow", "no such user")
    ]
    assert len(house.store.outbox.listed(states=("failed",))) == 2
    house.store.outbox.retry(watch())
    took = Took()
    send(house, took)
    assert len(took.took) == 1
    assert set(states(house).values()) == {"sent"}


def test_an_alert_holds_the_text_only_over_a_channel_that_allows_it_and_never_under_c08(
    house: Installation,
) -> None:
    (key,) = found(house, "Voorbeeld een")
    (about,) = found(house, "Voorbeeld collega", clause=C08)

    def told(case: str, channel: str) -> str:
        due = Due(key=case, channel_id=channel, kind="alert", finding_id=case[6:], attempts=0, rule="r@v")
        message = house.compose(due)
        assert message is not None
        return message.text

    assert "*Voorbeel*d een" in told(key, "open")
    assert "Voorbeeld een" not in told(key, "duty")
    assert "Voorbeeld collega" not in told(about, "open")
    assert "r@v" in told(key, "duty")


def test_a_source_that_needs_care_is_told_once_and_not_once_it_reads_well(
    house: Installation, watch: Watch
) -> None:
    blocked = Event(
        kind=Kind.SOURCE,
        subject="source:blog:blocked",
        episode="monday",
        at=NOW,
        source_id="blog",
        care=Care.BLOCKED,
        detail={"id": "blog", "source": "Blog", "care": "blocked", "why": "auth: 401"},
    )
    outbox, rules = house.store.outbox, house.alerts.rules
    assert [outbox.tell([blocked], rules, watch()) for _ in range(3)] == [1, 0, 0]
    # no source stands in the settings, so by now it is no trouble any more
    send(house, Took())
    assert states(house) == {f"{blocked.key} ben": "withdrawn"}


def test_rules_are_read_from_the_settings(house: Installation) -> None:
    rules = rules_of(house.settings)
    assert [rule.settings.id for rule in rules.rules] == ["rare", "care"]
    assert rules.reach[ANNA].cap == 2
    assert rules.severities["C02"] == "high"
    assert rules.default.to == (Recipient(channel_id="duty"),)


def test_messages_of_an_older_store_stay_as_they_were(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    engine = create_engine(url)
    config = Config()
    config.set_main_option("script_location", str(Path(store.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        for key, state, error in (("alert-a", "sent", ""), ("alert-b", "failed", "withdrawn: gone")):
            connection.execute(
                text(
                    "INSERT INTO message (key, channel_id, kind, finding_id, state, attempts, due_at, error) "
                    f"VALUES ('{key}', 'mail', 'alert', '{key[6:]}', '{state}', 1, '2026-11-18 10:00:00', '{error}')"
                )
            )
    engine.dispose()
    opened = store.Store.open(url, lambda a, b: a + b, ZoneInfo("Europe/Amsterdam"))
    rows = sorted(opened.outbox.listed(), key=lambda row: str(row["key"]))
    assert [(row["key"], row["recipient"], row["subject"], row["state"]) for row in rows] == [
        ("alert-a", "", "alert-a", "sent"),
        ("alert-b", "", "alert-b", "withdrawn"),
    ]
    assert rows[0]["planned_at"] == rows[0]["due_at"] == NOW
    opened.close()


def test_who_was_taken_out_of_the_settings_gets_nothing_any_more(house: Installation) -> None:
    found(house, "Voorbeeld een")
    file = house.settings.folder / "delivery.toml"
    file.write_text(DELIVERY.replace(', "team@voorbeeld.example"', ""))
    later = Installation(load(house.settings.folder), house.clock)
    (due,) = [due for due in later.store.outbox.due(NOW) if due.to == TEAM]
    with pytest.raises(DeliveryError, match="no more"):
        later.alerts.channel_of(due)
    assert later.alerts.channel_to(ANNA).id == "mail"
    later.close()


def test_while_scores_jumped_alerts_about_findings_wait_and_are_not_lost(
    house: Installation, watch: Watch
) -> None:
    found(house, "Voorbeeld een")
    drift = Drift(week="2026-W46", lang="nl", kind="rate", value=4.2, share=0.2, before=0.02)
    house.store.learning.pause(drift, watch())
    assert house.tell().sent == ()
    assert set(states(house).values()) == {"pending"}
    house.store.learning.resume("Anna", watch())
    took = Took()
    send(house, took)
    assert len(took.took) == 2


def test_who_wants_to_know_that_alerts_pause_is_told_once(house: Installation, watch: Watch) -> None:
    file = house.settings.folder / "delivery.toml"
    file.write_text(DELIVERY + '\n[[rule]]\nid = "drift"\nkind = "model"\nto = ["open"]\n')
    later = Installation(load(house.settings.folder), watch)
    drift = Drift(week="2026-W46", lang="nl", kind="rate", value=4.2, share=0.2, before=0.02)
    later.store.learning.pause(drift, watch())
    assert [later.alerts.notice(), later.alerts.notice()] == [1, 0]
    assert [key.rpartition(" -> ")[2] for key in later.tell().sent] == ["open"]
    (mail,) = (later.settings.data_dir / "open").iterdir()
    assert "2.0% -> 20.0%" in mail.read_text()
    later.close()


@pytest.mark.parametrize("seed", range(6))
def test_the_outbox_does_what_a_simulation_says(house: Installation, watch: Watch, seed: int) -> None:
    chance = Random(seed)
    told = RuleSettings(id="busy", kind="spike", cooldown=timedelta(hours=chance.choice([1, 24])))
    rules = Rules(
        rules=(Rule(settings=told, to=(ANNA, TEAM, BEN)),),
        reach={ANNA: Reach(cap=2, quiet=Quiet.of("22:00-07:00")), BEN: Reach(cap=1)},
        zone=ZoneInfo("Europe/Amsterdam"),
    )
    took, events = Took(), []
    for _ in range(40):
        watch.later(minutes=chance.randint(1, 240))
        number = chance.randint(1, 8)
        spike = Event(
            kind=Kind.SPIKE,
            subject=f"spike:{number}",
            episode=str(chance.randint(1, 3)),
            at=watch(),
            sensitivities=frozenset({"normal"}),
        )
        events.append(spike)
        pipeline.tell(house.store, took.to, plain, clock=watch, stop=Stop())
        house.store.outbox.tell([spike], rules, watch())
    rows = house.store.outbox.listed(1000)
    for one in simulate(events, rules).people:
        mine = [row for row in rows if row["recipient"] == one.recipient.name]
        assert sum(row["kind"] == "spike" for row in mine) == one.alerts
        assert sum(row["summary"] != "" for row in mine) == one.held
        assert sum(row["kind"] == "overflow" for row in mine) == one.summaries
    watch.later(days=3)
    pipeline.tell(house.store, took.to, plain, clock=watch, stop=Stop())
    assert {row["state"] for row in house.store.outbox.listed(1000)} == {"sent"}


def plain(due: Due) -> Message:
    return Message(key=due.key, subject="s", text="t")
