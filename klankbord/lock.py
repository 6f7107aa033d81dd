"""One process at a time works on a data folder; a second one is told who."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from klankbord.errors import StoreError


@contextmanager
def held(data_dir: Path) -> Iterator[None]:
    """Hold the folder's lock; the system gives it back when the process dies, however it dies.

    Raises:
        StoreError: another process holds it.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = (data_dir / "klankbord.lock").open("a+")
    except OSError as error:
        raise StoreError(f"{data_dir} cannot be written: {error.strerror}") from error
    with file as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            owner = lock.read().strip() or "unknown"
            raise StoreError(f"another klankbord (process {owner}) is at work in {data_dir}") from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
