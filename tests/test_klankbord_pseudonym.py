"""Pseudonyms: the same within an epoch, another in the next, and a key only its owner reads."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from builders import NOW

from klankbord.errors import SettingsError
from klankbord.pseudonym import Pseudonyms


def test_an_author_keeps_a_pseudonym_within_an_epoch_and_gets_another_in_the_next(
    tmp_path: Path,
) -> None:
    names = Pseudonyms(tmp_path / "keys")
    first, again = names.of("x", "Jan", NOW), names.of("x", " jan ", NOW)
    assert first == again
    assert names.of("x", "Jan", NOW + timedelta(days=95)) != first
    assert names.of("feed", "Jan", NOW) != first


def test_the_key_file_is_readable_by_its_owner_only_and_survives(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "keys"
    first = Pseudonyms(file).of("x", "jan", NOW)
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    assert Pseudonyms(file).of("x", "jan", NOW) == first


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    Pseudonyms(file)
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="0o644"):
        Pseudonyms(file)


def test_a_broken_key_file_is_refused_and_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text("garbage")
    file.chmod(0o600)
    with pytest.raises(SettingsError, match="unreadable"):
        Pseudonyms(file)
    assert file.read_text() == "garbage"


def test_old_keys_are_destroyed_but_forgetting_lasts(tmp_path: Path) -> None:
    names = Pseudonyms(tmp_path / "keys")
    kept = names.forgotten("x", "1")
    first = names.of("x", "jan", NOW)
    for epochs in (1, 2, 3):
        names.of("x", "jan", NOW + timedelta(days=90 * epochs))
    assert names.of("x", "jan", NOW) != first
    assert Pseudonyms(tmp_path / "keys").forgotten("x", "1") == kept


def test_processes_that_start_together_agree_on_the_key(tmp_path: Path) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(Pseudonyms(tmp_path / "keys").of("x", "jan", NOW)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
