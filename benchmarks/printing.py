"""Rows come in, a small table or JSON goes to stdout."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

Row = Mapping[str, object]


def show(title: str, rows: Sequence[Row], *, as_json: bool) -> None:
    """Print rows that have the same keys."""
    if as_json:
        print(json.dumps({"benchmark": title, "machine": machine(), "rows": [dict(row) for row in rows]}))
        return
    cells = [[str(key) for key in rows[0]], *([_cell(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    print(f"{title}\n{machine()}\n")
    for line in cells:
        first, *rest = (cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join((first.strip().ljust(widths[0]), *rest)))


def machine() -> str:
    """Where this ran."""
    return f"Python {platform.python_version()}, {os.cpu_count()} x {_processor()}, {platform.system()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}" if value < 10 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
