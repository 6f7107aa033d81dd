"""The house keeps its own rules: words, sizes, leftovers, names."""

import ast
import re
import statistics
import subprocess
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("klankbord", "collectors", "classify", "reports", "desk")
#: words that name somebody guilty, or say that people are watched (design, section 1; law.md A3)
BANNED = re.compile(
    r"(?i)\b(violations?|offenders?|leakers?|suspects?|culprits?|guilty)\b"
    r"|\b(catch|track|identify|monitor)(?:s|ing)? employees\b|\binsider threat\b"
)
#: files whose subject is those very words, or that hold what people wrote
EXEMPT = ("config/policy.toml", "tests/test_house.py", "tests/test_docs.py", "tests/test_reports_words.py")
QUOTED = (
    "classify/corpus/",
    "classify/signals/",
    "classify/lexicon.json",
    "klankbord/demo/posts.jsonl",
    "tests/data/",
    "LICENSE",
)


def files(*endings: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    found = [ROOT / name for name in listed if name.endswith(endings)]
    return [file for file in found if file.is_file()]


def modules() -> list[Path]:
    return [file for file in files(".py") if file.relative_to(ROOT).parts[0] in ROOMS]


def test_no_word_names_anybody_guilty() -> None:
    found = []
    for file in files(".py", ".md", ".toml", ".j2", ".html", ".json", ".yml"):
        name = str(file.relative_to(ROOT))
        if name in EXEMPT or name.startswith(QUOTED):
            continue
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            if BANNED.search(line):
                found.append(f"{name}:{number}: {line.strip()[:100]}")
    assert found == []


def test_no_file_is_longer_than_500_lines() -> None:
    long = {
        str(file.relative_to(ROOT)): count
        for file in files(".py")
        if (count := len(file.read_text().splitlines())) > 500
    }
    assert long == {}


def test_modules_and_functions_stay_short() -> None:
    lengths, functions = [], []
    for file in modules():
        text = file.read_text("utf-8")
        lengths.append(len(text.splitlines()))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                said = ast.get_docstring(node)
                assert node.end_lineno is not None
                functions.append(node.end_lineno - node.lineno + 1 - (len(said.splitlines()) if said else 0))
    # a kind of source is a file or two of 100 to 200 lines; before there were many kinds the median was 118
    assert statistics.median(lengths) <= 135
    assert statistics.quantiles(functions, n=10)[-1] <= 25


def test_every_module_opens_with_its_sentence() -> None:
    silent = [
        str(file.relative_to(ROOT))
        for file in modules()
        if not ast.get_docstring(ast.parse(file.read_text("utf-8")))
    ]
    assert silent == []


@pytest.mark.parametrize("mark", ["TO" + "DO", "FIX" + "ME", "XX" + "X", "print("])
def test_nothing_is_left_for_later(mark: str) -> None:
    left = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in modules()
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if re.search(rf"(?<!\w){re.escape(mark)}", line) and "Console" not in line
    ]
    assert left == []


def test_there_are_no_drawers() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "lib", "manager"}
    assert [
        str(file) for file in modules() if drawers & set(file.relative_to(ROOT).with_suffix("").parts)
    ] == []


def test_our_top_level_names_are_ours() -> None:
    owners = packages_distributions()
    for room in ROOMS:
        assert set(owners.get(room, ["klankbord"])) == {"klankbord"}
        assert Path(__import__(room).__file__ or "").is_relative_to(ROOT)


def test_no_package_registry_is_named() -> None:
    registry = re.compile(r"(?i)pypi\.org|pythonhosted|index-url|registry\.npmjs|deb\.debian")
    named = [
        str(file.relative_to(ROOT))
        for file in files(".py", ".md", ".toml", ".txt", "Makefile", "run")
        if file.name != "test_house.py" and registry.search(file.read_text("utf-8"))
    ]
    assert named == []


def test_no_test_is_skipped_without_a_reason() -> None:
    skipped = [
        f"{file.name}:{number}"
        for file in files(".py")
        if file.parent.name == "tests" and file.name != "test_house.py"
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if re.search(r"pytest\.(mark\.)?(skip|xfail)", line)
        and "recordings" not in file.name
        # what others recorded lies beside the checkout, or not at all
        and 'reason="../shared/recordings is absent"' not in line
    ]
    assert skipped == []
