"""Every kind meets a server that refuses for ever; prints how many requests each makes in ten minutes.

`python benchmarks/endless_refusals.py`. The clock is the benchmark's own: each source is asked as soon as the
service would ask it, so ten minutes pass in seconds.
"""

import sys
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.staging import BEGAN, Staged, staged
from collectors import KINDS
from klankbord.demo.loopback import Reply, Trouble
from klankbord.polling import Pace, next_poll

_TOLD = {"linkedin"}
_TEN_MINUTES = timedelta(minutes=10)
_REFUSALS: dict[str, Reply | Trouble] = {
    "429": Reply(status=429),
    "429, come back in 1 s": Reply(status=429, headers={"Retry-After": "1"}),
    "500": Reply(status=500),
    "reset": Trouble.RESET,
}


def requests_made(on: Staged, refusal: Reply | Trouble) -> int:
    """Requests in ten minutes of one refusal."""
    on.standing.always(refusal)
    before = on.standing.requests
    while on.clock.now < BEGAN + _TEN_MINUTES:
        on.reader.read(on.source)
        pace = on.reader.store.paces().get(on.source.id, Pace())
        on.clock.now = max(next_poll(on.source, pace, on.clock.now), on.clock.now + timedelta(seconds=5))
    return on.standing.requests - before


def main() -> None:
    """Print the table."""
    print("| kind | asked every | " + " | ".join(_REFUSALS) + " |")
    print("|---|---|" + "---|" * len(_REFUSALS))
    for kind in sorted(set(KINDS) - _TOLD):
        made = []
        every = ""
        for refusal in _REFUSALS.values():
            with TemporaryDirectory() as folder, staged(kind, Path(folder)) as on:
                made.append(requests_made(on, refusal))
                every = f"{on.source.every.total_seconds() / 60:g} min"
        print(f"| `{kind}` | {every} | " + " | ".join(map(str, made)) + " |")


if __name__ == "__main__":
    main()
