"""A digest of 300 findings comes in; the CPU time and size of each form go to stdout.

Run: .venv/bin/python benchmarks/layouts.py [--json]. Target: every form but the PDF under 1 CPU second,
with the import of its libraries, each in a process of its own.
"""

import subprocess
import sys
from pathlib import Path

from benchmarks.printing import show

FINDINGS = 300
_ONE = """
import sys, time
sys.path.insert(0, {tests!r})
from dataclasses import replace
from digests import full
week = full("nl")
lines = tuple(replace(week.watched[n % 6], id=f"{{n:08}}") for n in range({findings} - 3))
week = replace(week, watched=lines, watched_total=len(lines))
start = time.process_time()
from reports.formats import FORMATS
content = FORMATS[{name!r}].render(week)
first = time.process_time() - start
start = time.process_time()
FORMATS[{name!r}].render(week)
print(first, time.process_time() - start, len(content), "matplotlib" in sys.modules)
"""


def row(name: str) -> dict[str, object]:
    """One form, measured."""
    tests = str(Path(__file__).parents[1] / "tests")
    code = _ONE.format(tests=tests, name=name, findings=FINDINGS)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    first, again, size, drawn = done.stdout.split()
    return {
        "form": name,
        "first, CPU s": round(float(first), 2),
        "again, CPU s": round(float(again), 3),
        "kB": int(size) // 1000,
        "matplotlib": drawn == "True",
    }


def main() -> None:
    """Measure every form."""
    from reports.formats import FORMATS

    show(f"forms of a digest of {FINDINGS} findings", [row(n) for n in FORMATS], as_json="--json" in sys.argv)


if __name__ == "__main__":
    main()
