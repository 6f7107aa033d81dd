"""What several test files share: one trained model for the whole session, whatever the number of workers."""

import fcntl
from pathlib import Path

import pytest
from builders import NOW


@pytest.fixture(scope="session")
def model_file(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The model trained from the shipped posts, as an installation keeps it; copy it, do not change it."""
    from classify.model_file import load_or_train

    base = tmp_path_factory.getbasetemp()
    # Workers have a folder each inside one that they share: the first to come trains, the others wait.
    shared = base if worker_id == "master" else base.parent
    file = shared / "trained" / "model.skops"
    file.parent.mkdir(exist_ok=True)
    with (file.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        load_or_train(file, NOW, lambda _: None)
    return file
