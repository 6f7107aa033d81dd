"""The program and its settings come in, the generated pages of docs/reference go out.

`python docs/make_reference.py` writes them; with `--check` it only tells which are stale (exit code 1).
"""

import ast
import inspect
import re
import sys
import textwrap
import types
import typing
from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from classify.signals.registry import SIGNALS
from klankbord.cli import app
from klankbord.policy import Strictness
from klankbord.settings import (
    delivery,
    examples,
    models,
    organisation,
    policy_file,
    policy_of,
    sources,
    starter_folder,
    terms,
)

FOLDER = Path(__file__).parent / "reference"
_MADE = "<!-- Made by docs/make_reference.py: change the program, then run it again. -->\n"

#: what a key means, where its model has no `#:` comment that says so
MEANINGS: dict[str, str] = {
    "GeneralSettings.timezone": "weeks begin and digests leave by this clock",
    "SourceSettings.id": "name of the source; keep it when the address changes, its posts hang on it",
    "SourceSettings.kind": "which collector reads it; one page for each under [sources](sources/feed.md)",
    "SourceSettings.url": "address of the feed, forum, server or wiki; kinds with one home know theirs",
    "SourceSettings.budget": "the table [source.budget] below",
    "TermsSettings.basis": "the lawful basis on which this source is read",
    "TermsSettings.purpose": "one of three purposes; no other is accepted",
    "BudgetSettings.requests_per_run": "most requests in one run",
    "BudgetSettings.requests_per_day": "most requests in one day; then the source waits for the next",
    "BudgetSettings.megabytes_per_day": "most megabytes over the wire in one day",
    "XSource.declared_government_end_user": "X wants to know that a government body reads it",
    "ForumSource.software": "`discourse` has an API; a `board` needs selectors",
    "BlueskySource.user": "account that searches, to fill gaps",
    "BlueskySource.password": "its app password",
    "MastodonSource.token": "without one only tags are read",
    "WikiSource.pages": "titles of pages whose every edit is read",
    "XSource.url": "where X's API is",
    "XSource.every": "how often it is read",
    "XSource.token": "the app's bearer token",
    "XSource.prices": "the table [source.prices] below",
    "XSource.budget": "X costs money: see `money_per_day`",
    "XSource.terms": "what X allows; a key it forbids cannot be switched on",
    "XPrices.post": "a post read",
    "XPrices.user": "a user read",
    "XPrices.count": "a request for counts",
    "XPrices.own_mention": "a post of the own mentions timeline",
    "RedditSource.url": "where Reddit's API is",
    "RedditSource.every": "how often it is read",
    "RedditSource.client_id": "the app's id",
    "RedditSource.client_secret": "the app's secret",
    "RedditSource.terms": "what Reddit allows; a key it forbids cannot be switched on",
    "BoardSelectors.date": "inside a post: its date",
    "BlueskySource.every": "how often the stream is listened to",
    "StackExchangeSource.url": "where the API is",
    "StackExchangeSource.every": "how often it is read",
    "YouTubeSource.url": "where the API is",
    "YouTubeSource.key": "the project's API key",
    "LinkedInSource.url": "where LinkedIn's API is; nothing is asked there",
    "LinkedInSource.client_secret": "the app's client secret: it signs every notification",
    "LinkedInSource.every": "how often the inbox is read",
    "LinkedInSource.terms": "what LinkedIn allows: display only",
    "QuerySettings.search": "words sent to a platform's search, instead of those of the expression",
    "SourceSettings.enabled": "`false`: not read; its mentions stay",
    "SourceSettings.every": "how often it is read: `90s`, `30m`, `6h`, `7d`; a source may ask for less",
    "SourceSettings.queries": "ids of the queries that let its posts in; empty: every query",
    "SourceSettings.terms": "the table [source.terms] below",
    "TermsSettings.store": "`false`: the text is judged and then dropped; its row and findings stay without words",
    "TermsSettings.classify": "`false`: its mentions are counted, never judged",
    "TermsSettings.affiliation": "`false`: clauses C05, C06 and C09 stay silent",
    "TermsSettings.alert": "`false`: a finding goes no further than the digest",
    "TermsSettings.export": "`false`: no quote in a digest or alert",
    "TermsSettings.train": "`false`: verdicts on its texts never train the model",
    "TermsSettings.retention_days": "days a text without an open or confirmed finding is kept",
    "TermsSettings.delete_within_hours": "a post with an open finding is asked for as often as this, any other weekly",
    "QuerySettings.id": "name of the query; stands on each mention it let in",
    "QuerySettings.expression": "what is about us: see [tune the queries](../how-to/tune-queries.md)",
    "ChannelSettings.id": "name used under `[digest]` and `[alerts]`",
    "ChannelSettings.kind": "`smtp`, `webhook` or `folder`",
    "ChannelSettings.url": "webhook: where the POST goes",
    "ChannelSettings.allow_addresses": "webhook: private networks that may be asked, as CIDR",
    "ChannelSettings.host": "smtp: the mail server",
    "ChannelSettings.port": "smtp: its port",
    "ChannelSettings.security": "smtp: how the line is made safe",
    "ChannelSettings.user": "smtp: the name to sign in with; empty: no signing in",
    "ChannelSettings.sender": "smtp and folder: the From address",
    "ChannelSettings.to": "smtp and folder: the addresses written to",
    "ChannelSettings.timeout": "seconds one delivery may take",
    "DigestSettings.weekday": "day the digest leaves, after the week ended",
    "DigestSettings.time": "time of day it leaves, by `timezone`",
    "DigestSettings.channels": "ids of the channels it goes over; empty: it is only written",
    "AlertSettings.channels": "ids of channels and people that get the alerts no rule sends elsewhere; empty: they are only listed",
    "DeliverySettings.digest": "the table [digest] below",
    "DeliverySettings.alerts": "the table [alerts] below",
    "DeliverySettings.channel": "the tables [[channel]] below",
    "DeliverySettings.person": "the tables [[person]] below",
    "DeliverySettings.rule": "the tables [[rule]] below",
    "PersonSettings.id": "name used under `to` and `escalate_to`",
    "RuleSettings.id": "name of the rule; stands in each alert it sent",
    "RuleSettings.escalate_to": "channels and people that are told then",
    "SourcesFile.source": "one table for each source",
    "QueriesFile.query": "one table for each query; at least one",
    "Organisation.name": "the name people use most",
    "Organisation.aliases": "other spellings and earlier names",
    "Organisation.products": "names of products and services",
    "Organisation.competitors": "names of rivals; without them clause C06 stays silent",
    "Organisation.service_url": "page a customer is sent to where a fact has none of its own",
    "Organisation.topic": "confidential topics; without them clause C02 stays silent",
    "Organisation.fact": "the fact file; without it clause C07 stays silent",
    "Topic.id": "name of the topic, for your own use",
    "Topic.terms_nl": "words a Dutch post may use for it; the one that was found stands in the finding",
    "Topic.terms_en": "words an English post may use for it",
    "Topic.market_sensitive": "for clause C12, which is on when `listed` is",
    "Fact.topic": "what the fact is about; stands in a finding",
    "Fact.terms_en": "the same in English",
    "Fact.nl": "the official text in Dutch",
    "Fact.en": "the official text in English",
    "Fact.url": "where the official text stands",
    "PolicyFile.schema_version": "form of the file; always 1",
    "PolicyFile.id": "name of the policy",
    "PolicyFile.version": "version as people write it; raise it with every change",
    "PolicyFile.strictness": "the dial: `liberal`, `standard` or `strict`; it moves thresholds and modes",
    "PolicyFile.contact": "where questions and objections go; stands under every digest and alert",
    "PolicyFile.adoption": "the table [adoption] below",
    "PolicyFile.scope": "the table [scope] below",
    "PolicyFile.retention": "the table [retention] below",
    "PolicyFile.protected": "protected speech, P01 to P09; may be added to, never shortened",
    "PolicyFile.clause": "the articles; see [the clauses](clauses.md)",
    "PolicyFile.wording": "the table [wording] below",
    "Adoption.works_council": "consent of the works council",
    "Adoption.staff_informed": "staff were told beforehand",
    "Adoption.dpia": "data protection impact assessment",
    "Adoption.legitimate_interest_assessment": "the written weighing of interests",
    "Adoption.whistleblower_url": "where people report wrongdoing; needed to close the record",
    "AdoptionGate.status": "`open`, `consented`, `done` or `not_applicable`",
    "AdoptionGate.decided_on": "the day; this or `reference` must be filled in",
    "ProtectedTable.id": "`P01-…`; the shipped nine must all be there",
    "ProtectedTable.effect": "no finding, no finding and no text, or a mention only",
    "ProtectedTable.title": "its name, in nl and en",
    "ProtectedTable.text": "what it protects, in nl and en",
    "ProtectedTable.indicators": "words that often go with it; only a category you add is recognised by them",
    "ProtectedTable.basis": "the laws it rests on",
    "ClauseTable.id": "`C02-confidential`: a number and a name",
    "ClauseTable.origin": "where the article comes from",
    "ClauseTable.kind": "only a `rule` can lead to a finding",
    "ClauseTable.enabled": "`false`: not judged",
    "ClauseTable.purpose": "one of three purposes; no other is accepted",
    "ClauseTable.severity": "how much it matters, for the reader of the policy",
    "ClauseTable.title": "its name, in nl and en",
    "ClauseTable.text": "the article, in nl and en",
    "ClauseTable.breach_when": "when a text touches it",
    "ClauseTable.not_breach": "what is allowed all the same",
    "ClauseTable.needs": "conditions that must all be met",
    "ClauseTable.levels": "`silent`, `count`, `digest` or `alert` for each strictness; may only rise",
    "ClauseTable.thresholds": "score from which a finding stands, for each strictness; at least 0.70",
    "ClauseTable.exceptions": "protected categories that win over it, or `all`",
    "ClauseTable.suggested_action": "what helps; never aimed at a person",
    "ClauseTable.finding_text": "the sentence of a finding, with {topic} and the like to fill in",
    "ClauseTable.innocent_reading": "what else it may be",
    "ClauseTable.disclosure_wording": "words that state a tie openly",
    "ClauseTable.examples": "sentences that should and should not lead to a finding",
    "ConfidenceWord.low": "from this score",
    "ConfidenceWord.high": "up to this score",
    "ConfidenceWord.nl": "the words in Dutch",
    "ConfidenceWord.en": "the words in English",
    "WordingTable.confidence": "the tables [[wording.confidence]] below",
    "WordingTable.must_contain_one_of": "words of which a finding's sentence must hold one",
    "WordingTable.must_state_unknown": "words by which a finding says what is not known",
    "WordingTable.banned": "words no finding may use",
    "WordingTable.footer": "closing words of every digest and alert",
    "RetentionTable.finding_open": "days an open finding keeps its text",
    "RetentionTable.finding_closed": "days a confirmed finding keeps its text; a dismissed one: one day",
    "RetentionTable.audit_log": "days the history of findings, messages and gaps is kept",
    "ScopeTable.covers": "what the policy is about",
    "ScopeTable.does_not_cover": "what it is not about",
}

#: file, heading, what is said of it, model
_TABLES: tuple[tuple[str, str, type[BaseModel]], ...] = (
    ("organisation.toml", "", organisation.Organisation),
    ("organisation.toml", "[[ambiguous]]", organisation.Ambiguous),
    ("organisation.toml", "[[speaker]]", organisation.Speaker),
    ("organisation.toml", "[[public]]", organisation.Public),
    ("organisation.toml", "[[topic]]", organisation.Topic),
    ("organisation.toml", "[[fact]]", organisation.Fact),
    ("klankbord.toml", "", models.GeneralSettings),
    ("sources.toml", "", models.SourcesFile),
    ("sources.toml", "[[source]]", sources.SourceSettings),
    ("sources.toml", "[source.terms]", terms.TermsSettings),
    ("sources.toml", "[source.budget]", terms.BudgetSettings),
    ("sources.toml", "kinds `feed` and `comment_feed`", sources.FeedSource),
    ("sources.toml", "kind `x`", sources.XSource),
    ("sources.toml", "kind `x`, [source.prices]", sources.XPrices),
    ("sources.toml", "kind `reddit`", sources.RedditSource),
    ("sources.toml", "kind `forum`", sources.ForumSource),
    ("sources.toml", "kind `forum`, [source.selectors]", sources.BoardSelectors),
    ("sources.toml", "kind `bluesky`", sources.BlueskySource),
    ("sources.toml", "kind `mastodon`", sources.MastodonSource),
    ("sources.toml", "kind `wiki`", sources.WikiSource),
    ("sources.toml", "kind `youtube`", sources.YouTubeSource),
    ("sources.toml", "kind `hackernews`", sources.HackerNewsSource),
    ("sources.toml", "kind `stackexchange`", sources.StackExchangeSource),
    ("sources.toml", "kind `linkedin`", sources.LinkedInSource),
    ("queries.toml", "", models.QueriesFile),
    ("queries.toml", "[[query]]", models.QuerySettings),
    ("delivery.toml", "", delivery.DeliverySettings),
    ("delivery.toml", "[digest]", delivery.DigestSettings),
    ("delivery.toml", "[alerts]", delivery.AlertSettings),
    ("delivery.toml", "[[channel]]", delivery.ChannelSettings),
    ("delivery.toml", "[[person]]", delivery.PersonSettings),
    ("delivery.toml", "[[rule]]", delivery.RuleSettings),
    ("policy.toml", "", policy_file.PolicyFile),
    ("policy.toml", "[adoption]", policy_file.Adoption),
    ("policy.toml", "each step of [adoption]", policy_file.AdoptionGate),
    ("policy.toml", "[scope]", policy_file.ScopeTable),
    ("policy.toml", "[retention]", policy_file.RetentionTable),
    ("policy.toml", "[[protected]]", policy_file.ProtectedTable),
    ("policy.toml", "[[clause]]", policy_file.ClauseTable),
    ("policy.toml", "[wording]", policy_file.WordingTable),
    ("policy.toml", "[[wording.confidence]]", policy_file.ConfidenceWord),
    ("examples.toml", "", examples.ExamplesFile),
    ("examples.toml", "[[example]]", examples.ExampleSettings),
)


def commands_page() -> str:
    """Every command with its arguments and options."""
    said = [
        _MADE,
        "# Commands\n",
        "For everyone who types `klankbord`: each command, its arguments and its options.\n",
        "Data goes to stdout, talk and progress to stderr.",
        "What the exit codes mean stands in [errors and exit codes](errors.md).\n",
    ]
    for path, command in commands():
        said += [f"## {path}\n", f"{_prose(command.help)}\n"]
        rows = [_parameter(one) for one in command.params if not one.hidden]
        if rows:
            said += ["| | default | |", "|---|---|---|", *rows, ""]
    return "\n".join(said)


def commands() -> Iterator[tuple[str, Any]]:
    """Every command and group with the words that call it; Typer's own classes, which it does not export."""
    waiting: list[tuple[str, Any]] = [("klankbord", typer.main.get_command(app))]
    while waiting:
        path, command = waiting.pop(0)
        yield path, command
        inner = getattr(command, "commands", {})
        waiting = [*((f"{path} {name}", one) for name, one in inner.items()), *waiting]


def _parameter(one: Any) -> str:  # noqa: ANN401 - Typer does not export the class
    told = one.help or ""
    if one.param_type_name == "argument":
        return _row(f"`{one.name.upper()}`", "needed" if one.required else _default(one), told)
    if one.envvar:
        told += f" Also read from `{one.envvar}`."
    return _row(" ".join(f"`{name}`" for name in one.opts), _default(one), told)


def _default(one: Any) -> str:  # noqa: ANN401 - as above
    if isinstance(one.show_default, str):
        return one.show_default
    if one.default is None or one.default == "" or one.default is False or callable(one.default):
        return ""
    return f"`{one.default}`"


def settings_page() -> str:
    """Every key of every config file."""
    said = [
        _MADE,
        "# Settings\n",
        "For whoever edits a config folder: every key, what may stand there and what it means.\n",
        "Only `organisation.toml` has to be there; what lacks follows the defaults below,",
        "a lacking `queries.toml` looks for the organisation's names and products,",
        "and a lacking `policy.toml` means the policy that ships with the program, not adopted.",
        "An unknown key is refused. `klankbord config check` tells every mistake in every file at once.\n",
    ]
    before = ""
    for file, table, model in _TABLES:
        if file != before:
            said.append(f"## {file}\n")
        before = file
        said += [f"### {table}\n"] if table else []
        said += ["| key | type | default | meaning |", "|---|---|---|---|"]
        said += [_row(f"`{name}`", *cells) for name, cells in _fields(model)]
        said.append("")
    return "\n".join(said)


def _fields(model: type[BaseModel]) -> Iterator[tuple[str, tuple[str, str, str]]]:
    comments = _comments(model)
    own = vars(model)["__annotations__"]
    for name, field in model.model_fields.items():
        shared = issubclass(model, sources.SourceSettings) and model is not sources.SourceSettings
        if name not in own or (name == "kind" and shared):
            # it stands in the table of what all kinds share
            continue
        meaning = MEANINGS.get(f"{model.__name__}.{name}") or comments.get(name)
        if not meaning:
            raise SystemExit(
                f"{model.__name__}.{name} has no meaning: add a `#:` comment, or one in MEANINGS"
            )
        yield name, (_type(field.annotation) + _limits(field), _default_of(field), meaning)


def _comments(model: type[BaseModel]) -> dict[str, str]:
    """The `#:` line above each field."""
    lines = textwrap.dedent(inspect.getsource(model)).splitlines()
    [found] = ast.parse("\n".join(lines)).body
    assert isinstance(found, ast.ClassDef)  # noqa: S101 - told to mypy
    names = {one.lineno: one.target for one in found.body if isinstance(one, ast.AnnAssign)}
    above = {target: lines[place - 2].strip() for place, target in names.items()}
    return {
        target.id: re.sub(r" \(law\.md [^)]*\)", "", line.removeprefix("#:").strip())
        for target, line in above.items()
        if isinstance(target, ast.Name) and line.startswith("#:")
    }


def _type(kind: Any) -> str:  # noqa: ANN401 - any annotation
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return _type(inner[0])
    if origin is typing.Literal:
        return ", ".join(f"`{value}`" if value != "" else "empty" for value in inner)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_type(one) for one in inner if one is not type(None))
    if origin is tuple:
        return f"list of {_type(inner[0]).replace('table', 'tables').replace('text', 'texts')}"
    return "table" if origin is dict else _plain_type(kind)


def _plain_type(kind: type) -> str:
    if issubclass(kind, BaseModel):
        return "table"
    if issubclass(kind, StrEnum):
        return ", ".join(f"`{one.value}`" for one in kind)
    known = {int: "number", float: "number", bool: "true, false", Path: "path", timedelta: "duration"}
    return known.get(kind, "text")


def _limits(field: FieldInfo) -> str:
    names = {"ge": "from", "gt": "above", "le": "up to"}
    found = [
        f"{word} {getattr(one, key):,}"
        for one in field.metadata
        for key, word in names.items()
        if hasattr(one, key)
    ]
    return f" ({', '.join(found)})" if found else ""


def _default_of(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    value = field.default
    if isinstance(value, timedelta):
        return f"`{int(value.total_seconds() // 60)}m`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if value in (None, "", ()) or isinstance(value, BaseModel) or field.default_factory:
        return ""
    return f"`{value}`"


def clauses_page() -> str:
    """The policy that ships, and the signals."""
    policy = policy_of(starter_folder() / "policy.toml")
    said = [
        _MADE,
        "# Clauses and signals\n",
        "For whoever reads or adopts the policy: the clauses that ship, and the signals that vote.\n",
        "## Clauses\n",
        "The texts stand in `policy.toml`, in Dutch and English.",
        "Each cell: what becomes of a finding, and the score from which it stands.\n",
        "| clause | kind | liberal | standard | strict | needs, all of them |",
        "|---|---|---|---|---|---|",
    ]
    for clause in policy.clauses:
        off = "" if clause.enabled else ", off unless the organisation is `listed`"
        levels = [
            f"{clause.levels[one].word} {clause.thresholds.get(one, '')}".strip()
            if clause.kind == "rule"
            else ""
            for one in Strictness
        ]
        name = f"{clause.id}: {clause.title['en']}"
        said.append(_row(name, clause.kind + off, *levels, ", ".join(f"`{need}`" for need in clause.needs)))
    said += ["\n## Protected speech\n", "| category | what follows |", "|---|---|"]
    said += [_row(f"{one.id}: {one.title['en']}", f"`{one.effect.value}`") for one in policy.protected]
    said += ["\n## Signals\n", "A signal votes with the words that made it vote, or abstains.\n"]
    said += ["| signal | votes where |", "|---|---|"]
    said += [_row(f"`{one.name}`", _prose(one.find.__doc__)) for one in SIGNALS]
    return "\n".join([*said, ""])


def _prose(text: str | None) -> str:
    return inspect.cleandoc(text or "").replace("\b\n", "")


def _row(*cells: str) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"


PAGES = {"commands.md": commands_page, "settings.md": settings_page, "clauses.md": clauses_page}


def main() -> int:
    """Write the pages, or tell which are stale."""
    stale = []
    for name, made in PAGES.items():
        file, text = FOLDER / name, made()
        if not file.exists() or file.read_text("utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                file.write_text(text, "utf-8")
    sys.stdout.write(
        "".join(f"{'stale' if '--check' in sys.argv else 'written'}: {name}\n" for name in stale)
    )
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
