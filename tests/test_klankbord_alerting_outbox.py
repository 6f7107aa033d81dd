"""The outbox in the store: summaries, telling on, codes that say seen, and what became of each recipient."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from threading import Event as Stop
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from alembic import command
from alembic.config import Config
from builders import NOW, mention
from sqlalchemy import create_engine, text

from klankbord import pipeline, store
from klankbord.alerting.event import Care, Event, Kind
from klankbord.alerting.quiet import Quiet
from klankbord.alerting.rules import Reach, Recipient, Rule, Rules, recipients_of, rules_of
from klankbord.alerting.simulate import simulate
from klankbord.drift import Drift
from klankbord.errors import DeliveryError, NotFoundError, SettingsError
from klankbord.finding import ClauseScore, Decision, Evidence, Judgement, Verdict, finding_id
from klankbord.installation import Installation
from klankbord.mention import SourceId, State, StateChange, Terms
from klankbord.policy import ClauseId, Mode
from klankbord.ports import Batch, Channel, Cursor, Message
from klankbord.settings import RuleSettings, load
from klankbord.store.kept import Versions
from klankbord.store.messages import Due

C02, C08 = ClauseId("C02-confidential"), ClauseId("C08-colleagues")
DELIVERY = """
[alerts]
channels = ["duty"]
quote = true

[[channel]]
id = "duty"
kind = "folder"
path = "duty"
quote = false

[[channel]]
id = "mail"
kind = "smtp"
host = "127.0.0.1"
sender = "k@voorbeeld.example"
to = ["anna@voorbeeld.example", "team@voorbeeld.example"]

[[channel]]
id = "open"
kind = "folder"
path = "open"

[[person]]
id = "anna"
channel = "mail"
address = "Anna@voorbeeld.example"
cap_per_day = 2

[[person]]
id = "ben"
channel = "duty"
quiet = "22:00-07:00"

[[rule]]
id = "rare"
kind = "finding"
to = ["anna", "mail"]
escalate_after = "30m"
escalate_to = ["ben"]

[[rule]]
id = "care"
kind = "source"
to = ["ben"]
"""
ANNA, TEAM, BEN = (
    Recipient(channel_id="mail", name="anna"),
    Recipient(channel_id="mail", name="team@voorbeeld.example"),
    Recipient(channel_id="duty", name="ben"),
)


@dataclass
class Took:
    """A channel that remembers what it took, and for whom; refuses whom it is told to."""

    refuse: dict[Recipient, DeliveryError] = field(default_factory=dict)
    took: list[tuple[Recipient, Message]] = field(default_factory=list)
    recipient: Recipient | None = None

    @property
    def id(self) -> str:
        return "took"

    def to(self, due: Due) -> Channel:
        self.recipient = due.to
        return self

    def send(self, message: Message, now: datetime) -> None:
        assert self.recipient is not None
        if self.recipient in self.refuse:
            raise self.refuse[self.recipient]
        self.took.append((self.recipient, message))

    @property
    def keys(self) -> list[str]:
        return [message.key for _, message in self.took]


class Watch:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def house(tmp_path: Path, watch: Watch) -> Iterator[Installation]:
    config = tmp_path / "config"
    config.mkdir()
    (config / "organisation.toml").write_text('name = "Voorbeeld BV"\n')
    (config / "delivery.toml").write_text(DELIVERY)
    opened = Installation(load(config), watch)
    yield opened
    opened.close()


def found(
    house: Installation,
    *texts: str,
    clause: ClauseId = C02,
    terms: Terms = Terms(),  # noqa: B008 - frozen
) -> list[str]:
    """Keeps posts that are judged to be findings; their cases."""
    now = house.clock()
    posts = [mention(text, native_id=text, published_at=now, collected_at=now, terms=terms) for text in texts]
    house.store.keep(SourceId("blog"), Batch(mentions=tuple(posts), next=Cursor("1")), posts, now)
    evidence = (Evidence(start=0, end=8, signal="confidential_topic"),)
    score = ClauseScore(
        clause_id=clause, score=0.9, mode=Mode.ALERT, evidence=evidence, details={"topic": "t"}
    )
    judged = [(post, Judgement(mention_id=post.id, about=True, clauses=(score,))) for post in posts]
    versions = Versions(policy="1", classifier="1")
    house.store.keep_judgements(judged, versions, house.alerts.rules, now - timedelta(days=7), now)
    return [f"alert-{finding_id(post.id, clause)}" for post in posts]


def send(house: Installation, took: Took) -> pipeline.Told:
    return pipeline.tell(house.store, took.to, house.alerts.compose, clock=house.clock, stop=Stop())


def states(house: Installation) -> dict[str, Any]:
    return {f"{row['key']} {row['recipient']}": row["state"] for row in house.store.outbox.listed()}


def dismiss(house: Installation, key: str) -> None:
    said = Verdict(
        finding_id=key.removeprefix("alert-"),  # type: ignore[arg-type]
        decision=Decision.DISMISSED,
        reason="spam",
        by="Anna",
        at=house.clock(),
    )
    house.store.answer([(said, C02)])


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
