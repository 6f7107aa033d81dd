"""Numbers of feeds come in, the peak memory of collecting them over loopback HTTP goes out."""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

# Only what is small may be imported here: a child's peak begins at the memory of the process that started it,
# because `ru_maxrss` outlives exec. What collects is imported by the child itself.
from benchmarks.corpus import Feed, feed
from benchmarks.printing import show

_TITLE = "peak memory of collecting feeds over loopback HTTP, each number in a process of its own"
_SIZES = (0, 10, 100, 1_000)
_MEGABYTE = 1024


def main() -> int:
    """Measure each size, or be the server or the collector of one measurement."""
    given = _arguments()
    if given.serve:
        _serve(given.entries)
        return 0
    if given.collect is not None:
        print(json.dumps(_collected(given.collect, given.entries, given.address)))
        return 0
    with _server(given.entries) as address:
        rows = [_measured(size, given.entries, address) for size in given.sizes]
    show(_TITLE, rows, as_json=given.json)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=_SIZES, help="numbers of feeds (0 10 100 1000)"
    )
    parser.add_argument("--entries", type=int, default=20, help="entries of a feed (20)")
    parser.add_argument("--json", action="store_true", help="JSON instead of a table")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--collect", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--address", help=argparse.SUPPRESS)
    return parser.parse_args()


@contextmanager
def _server(entries: int) -> Iterator[str]:
    """A process that serves every feed of the corpus; its address."""
    command = [sys.executable, __file__, "--serve", "--entries", str(entries)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def _measured(size: int, entries: int, address: str) -> dict[str, object]:
    command = [
        sys.executable,
        __file__,
        "--collect",
        str(size),
        "--entries",
        str(entries),
        "--address",
        address,
    ]
    print(f"{size} feeds", file=sys.stderr)
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=110).stdout
    row: dict[str, object] = json.loads(said)
    return row


def _serve(entries: int) -> None:
    """Answer `/NUMBER` with that feed until killed."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = feed(int(self.path.strip("/")), entries).body
            self.send_response(200)
            self.send_header("Content-Type", "application/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's signature
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


def _collected(size: int, entries: int, address: str) -> dict[str, object]:
    """Collect so many feeds in this process and tell its peak."""
    from benchmarks.ours import collect_all

    numbered = (_placed(number) for number in range(size))
    start = time.monotonic()
    with TemporaryDirectory() as folder:
        stored = collect_all(Path(folder), numbered, address)
    if stored != size * entries:
        raise RuntimeError(f"{stored} of {size * entries} entries were stored")
    return {
        "feeds": size,
        "entries stored": stored,
        "peak MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MEGABYTE, 1),
        "CPU-s": round(time.process_time(), 1),
        "seconds": round(time.monotonic() - start, 1),
    }


def _placed(number: int) -> Feed:
    """Where a feed is, without its body: that is the server's."""
    url = f"https://feed{number}.example/{number}"
    return Feed(number=number, url=url, content_type="", language="", body=b"")


if __name__ == "__main__":
    sys.exit(main())
