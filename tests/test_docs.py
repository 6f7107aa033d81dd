"""The pages, the program and its config come in; a page that lags behind, or claims too much, fails."""

import importlib.util
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer
from builders import NOW, finding
from pydantic import BaseModel
from test_reports_builders import facts

from classify.signals.registry import SIGNALS
from collectors import KINDS
from collectors.posts_file import COLUMNS
from klankbord import errors
from klankbord.cli import app
from klankbord.errors import CollectError
from klankbord.finding import OUTCOMES, REASONS, Decision
from klankbord.policy import Mode, Strictness
from klankbord.settings import (
    delivery,
    examples,
    imports,
    models,
    organisation,
    policy_file,
    policy_of,
    starter_folder,
)
from klankbord.store import schema
from reports.alert import alert_of, digest_message
from reports.digest import digest_of
from reports.webhook import signature_of

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
#: written by whoever measures
MEASURED = {"docs/explanation/performance.md"}
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
#: words that accuse
_BANNED = re.compile(r"(?i)\b(?:violat(?:ions?|ors?)|offenders?|leakers?|suspects?|culprits?|guilty)\b")
_PEOPLE = r"(?:employees?|staff|workers?|colleagues|personnel|people|medewerkers?|personeel|werknemers?)"
_CLAIMS = re.compile(
    rf"(?i)\b(?:catch(?:es|ing)?|caught|identif(?:y|ies|ying)|track(?:s|ing)?|monitor(?:s|ing)?|spy(?:ing)?"
    rf"|surveil(?:s|ling|lance of)?|watch(?:es|ing)?|unmask(?:s|ing)?)"
    rf"\s+(?:\w+\s+){{0,2}}{_PEOPLE}\b"
    rf"|\b{_PEOPLE}\s+(?:monitoring|tracking|surveillance|volgen|opsporen|betrappen|controleren)\b"
    rf"|insider threat|risky employee|risicomedewerker"
)


def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


REFERENCE = reference()


def text_of(page: str) -> str:
    return (DOCS / page).read_text("utf-8")


@pytest.mark.parametrize("name", sorted(REFERENCE.PAGES))
def test_a_generated_page_says_what_the_program_says_now(name: str) -> None:
    stale = f"docs/reference/{name} is stale: run `python docs/make_reference.py`"
    assert text_of(f"reference/{name}") == REFERENCE.PAGES[name](), stale


def test_every_command_and_option_is_on_the_page_of_commands() -> None:
    page = text_of("reference/commands.md")
    for path, command in REFERENCE.commands():
        section = page.partition(f"\n## {path}\n")[2].partition("\n## ")[0]
        assert section, path
        missing = [name for one in command.params for name in one.opts if f"`{name}`" not in section]
        assert [name for name in missing if name.startswith("-")] == [], path


def test_every_command_has_help() -> None:
    assert [path for path, command in REFERENCE.commands() if not (command.help or "").strip()] == []


def test_every_key_of_every_config_file_is_on_the_page_of_settings() -> None:
    page = text_of("reference/settings.md")
    for file in sorted(starter_folder().glob("*.toml")):
        section = page.partition(f"\n## {file.name}\n")[2].partition("\n## ")[0]
        assert section, file.name
        words = tomllib.loads(file.read_text("utf-8"))
        assert [key for key in words if f"`{key}`" not in section] == [], file.name


def test_no_meaning_is_written_down_for_a_key_that_is_gone() -> None:
    page = text_of("reference/settings.md")
    assert [key for key in REFERENCE.MEANINGS if f"`{key.split('.')[1]}`" not in page] == []


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("reference/clauses.md", [one.id for one in policy_of(starter_folder() / "policy.toml").clauses]),
        ("reference/clauses.md", [one.id for one in policy_of(starter_folder() / "policy.toml").protected]),
        ("reference/clauses.md", [one.name for one in SIGNALS]),
        ("how-to/add-a-source.md", [f"`{kind}`" for kind in KINDS]),
        ("reference/errors.md", [f"`{one.word}`" for one in CollectError.__subclasses__()]),
        ("reference/errors.md", ["| 0 |", "| 1 |", "| 2 |", "| 3 |"]),
        ("reference/import.md", [f"`{column}`" for column in COLUMNS]),
        ("reference/records.md", [f"`{table}`" for table in schema.metadata.tables]),
        ("how-to/judge-findings.md", [f"`{word}`" for word in (*REASONS, *OUTCOMES)]),
        ("how-to/judge-findings.md", [one.value for one in Decision]),
        ("how-to/adopt-the-policy.md", [f"| {mode.word} |" for mode in Mode]),
        ("how-to/adopt-the-policy.md", [f"`{one.value}`" for one in Strictness]),
    ],
)
def test_a_page_leaves_nothing_out(page: str, words: list[str]) -> None:
    text = text_of(page)
    assert [word for word in words if word not in text] == []


def test_the_page_of_errors_knows_all_five_classes() -> None:
    assert len(CollectError.__subclasses__()) == 5
    assert errors.CollectError.word == "transient"


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\s-]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("name", NAMES)
def test_every_relative_link_leads_somewhere(name: str) -> None:
    page = ROOT / name
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, part = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        if part:
            headings = re.findall(r"(?m)^#+ (.*)$", there.read_text("utf-8"))
            assert part in map(anchor, headings), target


def test_every_page_can_be_reached_from_the_map() -> None:
    seen, waiting = set[Path](), [DOCS / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md" or not page.exists():
            continue
        seen.add(page)
        links = re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8"))
        waiting += [(page.parent / link).resolve() for link in links if ":" not in link]
    assert [page for page in DOCS.rglob("*.md") if page not in seen and page.name != "performance.md"] == []


@pytest.mark.parametrize(
    "name", [name for name in NAMES if name.startswith("docs/") and name not in MEASURED]
)
def test_every_page_says_first_for_whom_it_is(name: str) -> None:
    lines = [line for line in (ROOT / name).read_text("utf-8").splitlines() if line.strip()]
    told = [line for line in lines if not line.startswith(("#", "<!--"))]
    assert told[0].startswith("For ")


def without_code(text: str) -> str:
    return re.sub(r"(?ms)^```.*?^```", "", text)


def blocks(text: str, *kinds: str) -> Iterator[str]:
    """The content of the fenced blocks of these kinds."""
    for kind, content in re.findall(r"(?ms)^```(\w*)\n(.*?)^```", text):
        if kind in kinds:
            yield content


def spoken(line: str) -> list[str]:
    """The words of a command line, up to a pipe or a redirection, from `klankbord` on."""
    words = shlex.split(re.sub(r"sudo -u \w+ ", "", line), comments=True)
    place = next((n for n, word in enumerate(words) if word.rsplit("/", 1)[-1] == "klankbord"), None)
    if place is None:
        return []
    rest = words[place + 1 :]
    end = next((n for n, word in enumerate(rest) if word in {"|", ">", ">>", "&&", "||", ";"}), len(rest))
    return rest[:end]


def descended(words: list[str]) -> tuple[Any, list[str]]:
    """The command that these words call, and what is left for it."""
    command: Any = typer.main.get_command(app)
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
    return command, words


def command_lines() -> list[tuple[str, str]]:
    return [
        (name, line.strip())
        for name, page in zip(NAMES, PAGES, strict=True)
        for block in blocks(page.read_text("utf-8"), "", "sh", "bash", "console")
        for line in block.replace("\\\n", " ").splitlines()
        if re.search(r"(?:^|[\s/])klankbord [a-z-]", line) and spoken(line)
    ]


def test_the_tutorial_uses_commands() -> None:
    assert len([name for name, _ in command_lines() if name == "docs/tutorial.md"]) > 10


@pytest.mark.parametrize(("name", "line"), command_lines())
def test_a_command_in_a_code_block_is_one_the_program_takes(name: str, line: str) -> None:
    command, words = descended(spoken(line))
    assert not hasattr(command, "commands") or not words or words[0].startswith("-"), f"{name}: {line}"
    command.make_context("klankbord", words)


def mentioned() -> list[tuple[str, str]]:
    """What pages, and the program's own messages, tell somebody to type."""
    # the head of policy.toml speaks of "`klankbord policy` pages", which is no command
    config = [file for file in ROOT.glob("config/*.toml") if file.name != "policy.toml"]
    files = [*PAGES, *config, *ROOT.glob("klankbord/**/*.py"), *ROOT.glob("c*/**/*.py")]
    return [
        (str(file.relative_to(ROOT)), found)
        for file in files
        for found in re.findall(r"`(klankbord [^`\n]+)`", without_code(file.read_text("utf-8")))
    ]


@pytest.mark.parametrize(("name", "line"), mentioned())
def test_a_command_named_in_a_sentence_exists(name: str, line: str) -> None:
    command, words = descended(spoken(line))
    inner = getattr(command, "commands", {})
    assert not (inner and words and not words[0].startswith("-")), f"{name}: {line}"
    known = {option for one in command.params for option in one.opts} | {"--help"}
    assert [word for word in words if word.startswith("--") and word not in known] == [], f"{name}: {line}"


def test_pages_that_the_program_names_exist() -> None:
    sources = [*ROOT.glob("klankbord/**/*.py"), *ROOT.glob("c*/*.py"), *ROOT.glob("config/*.toml")]
    named = {
        page for file in sources for page in re.findall(r"docs/[\w/-]+\.(?:md|py)", file.read_text("utf-8"))
    }
    assert [page for page in sorted(named) if not (ROOT / page).exists()] == []


def claims() -> Iterator[tuple[str, str]]:
    """Every text from which somebody may learn what the program is for."""
    for name, page in zip(NAMES, PAGES, strict=True):
        yield name, page.read_text("utf-8")
    for path, command in REFERENCE.commands():
        yield f"{path} --help", "\n".join([command.help or "", *(one.help or "" for one in command.params)])
    for file in [*ROOT.glob("config/*.toml"), *ROOT.glob("klankbord/demo/config/*.toml")]:
        # the list of words that no finding may use has to name them
        yield file.name, re.sub(r"(?s)\[wording\.banned\].*?(?=\n\[)", "", file.read_text("utf-8"))
    for file in ROOT.glob("reports/words/*.py"):
        yield file.name, file.read_text("utf-8")
    for file in [*ROOT.glob("reports/templates/*"), *ROOT.glob("klankbord/policies/templates/*")]:
        yield file.name, file.read_text("utf-8")
    for file in ROOT.glob("klankbord/policies/*_words.py"):
        yield file.name, file.read_text("utf-8")
    yield (
        "pyproject.toml",
        tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["description"],
    )


@pytest.mark.parametrize(("name", "text"), [pytest.param(name, text, id=name) for name, text in claims()])
def test_nothing_claims_to_be_about_persons_and_no_word_accuses(name: str, text: str) -> None:
    flat = " ".join(text.split())
    assert [found[0] for found in (*_BANNED.finditer(flat), *_CLAIMS.finditer(flat))] == [], name


@pytest.mark.parametrize(
    "claim",
    [
        "It helps you catch employees.",
        "identify the staff who write",
        "tracking our workers",
        "employee monitoring made easy",
        "medewerkers opsporen",
        "an insider threat tool",
        "the offender",
    ],
)
def test_the_check_on_claims_does_see_one(claim: str) -> None:
    assert _BANNED.search(claim) or _CLAIMS.search(claim)


def test_the_recipe_for_a_receiver_takes_our_signature_and_no_other() -> None:
    [recipe] = blocks(text_of("how-to/send-mail.md"), "python")
    made: dict[str, Any] = {}
    exec(recipe, made)
    body = b'{"event":"test"}'
    header = signature_of(body, "secret", 1_700_000_000)
    assert made["is_ours"](header, body, "secret", 1_700_000_010)
    assert not made["is_ours"](header, body + b" ", "secret", 1_700_000_010)
    assert not made["is_ours"](header, body, "other", 1_700_000_010)
    assert not made["is_ours"](header, body, "secret", 1_700_000_900)
    assert not made["is_ours"]("", body, "secret", 1_700_000_010)


#: a table that tells which file a piece of TOML in a page belongs to
_FILE_OF: dict[str, type[BaseModel]] = {
    "source": models.SourcesFile,
    "query": models.QueriesFile,
    "channel": delivery.DeliverySettings,
    "person": delivery.DeliverySettings,
    "rule": delivery.DeliverySettings,
    "import": imports.ImportsFile,
    "name": organisation.Organisation,
    "adoption": policy_file.Adoption,
    "example": examples.ExamplesFile,
}


@pytest.mark.parametrize(
    ("name", "block"),
    [
        (name, block)
        for name, page in zip(NAMES, PAGES, strict=True)
        for block in blocks(page.read_text("utf-8"), "toml")
    ],
)
def test_a_piece_of_config_in_a_page_is_config(name: str, block: str) -> None:
    content = tomllib.loads(block)
    [table] = [key for key in _FILE_OF if key in content]
    _FILE_OF[table].model_validate(content[table] if table == "adoption" else content)


def test_the_adoption_record_of_the_page_is_closed() -> None:
    [block] = [one for one in blocks(text_of("how-to/adopt-the-policy.md"), "toml") if "[adoption]" in one]
    assert policy_file.Adoption.model_validate(tomllib.loads(block)["adoption"]).closed


def test_the_page_of_the_webhook_names_every_field() -> None:
    policy = policy_of(starter_folder() / "policy.toml")
    alert = alert_of(finding(), policy, "Voorbeeld BV", "nl", quote=True)
    digest = digest_of(facts(), policy, "Voorbeeld BV", "nl", NOW)
    payloads = (alert.payload, digest_message(digest, html="", text="").payload)
    page = text_of("reference/webhook.md")
    assert [
        key for payload in payloads for key in payload or {} if f"`{key}`" not in page and key != "event"
    ] == []
