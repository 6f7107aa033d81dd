"""Runs under obsei's own Python: posts of a JSON Lines file come in, obsei 1.x keeps them, figures go out.

Its own pipeline, JSONL source, redaction as it ships (on), an enricher that does nothing, its DuckDB store
without encryption: the cheapest way it has. `python obsei_pipeline.py POSTS.jsonl FOLDER`.
"""

import json
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path


class Nothing:
    """A classifier that looks at nothing."""

    name = "nothing"
    version = "1"

    def enrich(self, batch: Sequence[object]) -> list[object]:
        """Say nothing of each record."""
        from obsei.core.record import Enrichment  # type: ignore[import-not-found]

        return [Enrichment(value="none") for _ in batch]


def main(posts: Path, folder: Path) -> None:
    """Run the pipeline once and print its figures as JSON."""
    from obsei.core.context import Context  # type: ignore[import-not-found]
    from obsei.pipeline import Pipeline, SourceSpec, run  # type: ignore[import-not-found]
    from obsei.privacy import RegexRedactor  # type: ignore[import-not-found]
    from obsei.sources.files import FileConfig, JsonlSource  # type: ignore[import-not-found]
    from obsei.store import Store  # type: ignore[import-not-found]

    store = Store(folder / "obsei.duckdb", allow_unencrypted=True, install_extensions=False)
    source = JsonlSource(FileConfig(path=posts), Context())
    pipeline = Pipeline(
        name="posts",
        sources=[SourceSpec(key="posts", source=source)],
        enrichers=[Nothing()],
        redactor=RegexRedactor(),
        batch_size=200,
    )
    wall, cpu = time.monotonic(), time.process_time()
    report = run(pipeline, store)
    figures = {
        "mentions": report.stored,
        "cpu": time.process_time() - cpu,
        "wall": time.monotonic() - wall,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
