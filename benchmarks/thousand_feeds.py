"""Feeds on many loopback hosts come in; what one conditional poll of all costs goes out, beside bare urllib3.

`python benchmarks/thousand_feeds.py [--feeds 1000] [--hosts 200] [--rounds 5]`. The servers are a process of
their own. What is timed is the process that polls: CPU seconds of all its threads, and wall seconds.
"""

import argparse
import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.feed_hosts import Hosts, addresses, serving
from benchmarks.printing import show

_WORKERS = 64
#: seconds a server is given to answer, and to be silent when it hangs
_TIMEOUT = 5.0
_TITLE = "one conditional poll of all feeds"
_SICK = "healthy feeds while a tenth of the hosts hangs and a tenth answers 500"


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """What one poll of all feeds took."""

    cpu: float
    wall: float
    #: seconds until the last feed of a healthy host was read
    healthy: float = 0.0


def timed(work: Callable[[], float | None]) -> Took:
    """Do the work, with the rubbish of before out of the way."""
    gc.collect()
    wall, cpu = time.monotonic(), time.process_time()
    healthy = work()
    return Took(cpu=time.process_time() - cpu, wall=time.monotonic() - wall, healthy=healthy or 0.0)


class Klankbord:
    """The whole path: rounds, reader, collector, fetcher, store on SQLite."""

    def __init__(self, folder: Path, urls: Sequence[str]) -> None:
        """Open an empty store; nothing is read yet."""
        from benchmarks.ours import reader_of, store_of
        from benchmarks.staging import Clock
        from collectors import workshop_of
        from klankbord.pseudonym import Pseudonyms
        from klankbord.settings import FeedSource

        folder.mkdir(parents=True, exist_ok=True)
        pseudonyms = Pseudonyms(folder / "keys")
        self._clock, self._store = Clock(), store_of(folder, pseudonyms)
        workshop = workshop_of("Klankbord-benchmark/1 (+https://example.org)", pseudonyms, folder / "inbox")
        self._reader = reader_of(self._store, workshop, self._clock)
        self._sources = [
            FeedSource(
                id=f"feed-{number}",
                kind="feed",
                url=url,
                allow_addresses=("127.0.0.0/8",),
                timeout=_TIMEOUT,
            )
            for number, url in enumerate(urls)
        ]

    def poll(self, *, sick: int = 0) -> float:
        """Read every source once; how long it took until the last one of a healthy host was read.

        Args:
            sick: so many of the first hosts may fail.
        """
        from klankbord.pipeline import collect

        self._clock.now += timedelta(minutes=1)
        sickly = set(addresses(sick))
        healthy = {one.id for one in self._sources if one.host.partition(":")[0] not in sickly}
        began = last = time.monotonic()
        for run in collect(self._sources, self._reader, workers=_WORKERS):
            if run.source_id in healthy:
                last = time.monotonic()
                if run.error or run.waiting_until:
                    raise RuntimeError(f"{run.source_id}: {run.error or 'was not read'}")
        return last - began

    def forget_troubles(self) -> None:
        """Every source may be asked again, as if a day had passed and all had been well."""
        for one in self._sources:
            self._store.succeeded(one.id, one.host_key, self._clock.now, new=False, news=False)

    def close(self) -> None:
        """Give the store back."""
        self._store.close()


class Bare:
    """The floor: urllib3 alone, the same requests."""

    def __init__(self, urls: Sequence[str], *, kept: bool) -> None:
        """With `kept`, connections are kept for the next request to a host."""
        import urllib3

        self._urls = list(urls)
        self._headers = {} if kept else {"Connection": "close"}
        self._manager = urllib3.PoolManager(num_pools=1_000, maxsize=2, retries=False, timeout=_TIMEOUT)

    def poll(self) -> None:
        """Ask for every feed once."""
        from collections import Counter

        with ThreadPoolExecutor(_WORKERS) as pool:
            seen = Counter(pool.map(self._ask, self._urls))
        if seen[304] < 0.8 * len(self._urls):
            raise RuntimeError(f"answers: {seen}")

    def _ask(self, url: str) -> int:
        headers = {"If-None-Match": '"0"', "Accept-Encoding": "gzip", **self._headers}
        answer = self._manager.request("GET", url, headers=headers)
        return answer.status


@contextmanager
def ours(hosts: Hosts, feeds: int) -> Iterator[Klankbord]:
    """Klankbord with every feed read once."""
    with TemporaryDirectory() as folder:
        side = Klankbord(Path(folder), hosts.urls(feeds))
        side.poll()
        try:
            yield side
        finally:
            side.close()


def cost(hosts: Hosts, feeds: int, rounds: int) -> Iterator[dict[str, object]]:
    """Nothing new, interleaved with the floor; then one feed in ten new."""
    urls = hosts.urls(feeds)
    kept, once = Bare(urls, kept=True), Bare(urls, kept=False)
    took: dict[str, list[Took]] = {}
    with ours(hosts, feeds) as side:
        for _ in range(rounds):
            for name, work in (
                ("urllib3, connections kept", kept.poll),
                ("urllib3, a connection each", once.poll),
                ("Klankbord, all 304", side.poll),
            ):
                took.setdefault(name, []).append(timed(work))
        for edition in range(1, rounds + 1):
            hosts.tell(edition=edition)
            took.setdefault("Klankbord, one in ten changed", []).append(timed(side.poll))
        hosts.tell(edition=0)
    floor = took["urllib3, connections kept"]
    for name, found in took.items():
        yield {
            "side": name,
            "CPU ms a feed, least": round(min(one.cpu for one in found) / feeds * 1e3, 3),
            "median": round(median(one.cpu for one in found) / feeds * 1e3, 3),
            "times the floor": round(
                median(one.cpu / bare.cpu for one, bare in zip(found, floor, strict=True)), 2
            ),
            "wall s, least": round(min(one.wall for one in found), 2),
            "wall s, median": round(median(one.wall for one in found), 2),
        }


def delay(hosts: Hosts, feeds: int, rounds: int, latency: float) -> Iterator[dict[str, object]]:
    """The healthy feeds' wall time: all well, then a tenth of the hosts hanging and a tenth answering 500."""
    tenth = len(hosts.addresses) // 10
    walls: dict[str, list[float]] = {"all well": [], "first meeting": [], "next poll": []}
    whole: dict[str, list[float]] = {name: [] for name in walls}
    with ours(hosts, feeds) as side:
        for _ in range(rounds):
            for name, healthy in walls.items():
                well = name == "all well"
                if well:
                    hosts.tell(latency=latency, hang=0, fail=0)
                    side.forget_troubles()
                else:
                    hosts.tell(hang=tenth, fail=tenth)
                sick = 2 * tenth
                began = time.monotonic()
                healthy.append(side.poll(sick=sick))
                whole[name].append(time.monotonic() - began)
    hosts.tell(latency=0, hang=0, fail=0)
    for name, found in walls.items():
        yield {
            "poll": name,
            "latency s": latency,
            "healthy read after s, median": round(median(found), 2),
            "beside all well": round(
                median(sick / well for sick, well in zip(found, walls["all well"], strict=True)), 2
            ),
            "all done after s": round(median(whole[name]), 2),
        }


def peak(hosts: Hosts, feeds: int) -> dict[str, object]:
    """Peak memory of a process that reads the feeds once whole and three times conditionally."""
    command = [sys.executable, __file__, "--poll", str(feeds), "--port", str(hosts.port)]
    command += ["--hosts", str(len(hosts.addresses))]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=300).stdout
    row: dict[str, object] = json.loads(said)
    return row


def _poll_and_tell(hosts: Hosts, feeds: int) -> None:
    with ours(hosts, feeds) as side:
        for _ in range(3):
            side.poll()
        status = Path("/proc/self/status").read_text("ascii")
    kilobytes = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    print(json.dumps({"feeds": feeds, "peak MB": round(kilobytes / 1024, 1)}))


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=1_000)
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--latency", type=float, default=0.1, help="seconds, for the run with sick hosts")
    parser.add_argument("--parts", nargs="+", default=["cost", "delay", "peak"])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--poll", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.poll:
        _poll_and_tell(Hosts(port=given.port, addresses=addresses(given.hosts)), given.poll)
        return 0
    with serving(given.hosts) as hosts:
        if "cost" in given.parts:
            show(_TITLE, list(cost(hosts, given.feeds, given.rounds)), as_json=given.json)
        if "delay" in given.parts:
            show(_SICK, list(delay(hosts, given.feeds, given.rounds, given.latency)), as_json=given.json)
        if "peak" in given.parts:
            sizes = (given.feeds // 10, given.feeds)
            show("peak memory", [peak(hosts, size) for size in sizes], as_json=given.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
