"""The store of files: whole or not at all, checked at each reading (п. 3.6)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from zachetka.files import store

pytestmark = pytest.mark.clause("3.6")


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.FILES_DIR = tmp_path / "files"
    return tmp_path / "files"


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_same_bytes_are_kept_once_and_read_back(folder: Path):
    first, second = store.put([b"a list ", b"of people"]), store.put([b"a list of people"])
    assert first == second
    assert store.read(first[0]) == b"a list of people"
    assert len(files_in(folder)) == 1


def test_an_upload_that_breaks_off_leaves_nothing(folder: Path):
    def broken() -> Iterator[bytes]:
        yield b"half of a list"
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        store.put(broken())
    assert files_in(folder) == []


def test_a_flipped_bit_is_an_error_and_never_wrong_bytes(folder: Path):
    sha256, _ = store.put([b"a list of people"])
    kept = store.place(sha256)
    kept.write_bytes(b"a list of peopli")
    with pytest.raises(store.Damaged) as damage:
        store.read(sha256)
    assert damage.value.sha256 == sha256
