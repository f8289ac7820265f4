"""The store: whole or not at all, and what is read is what was stored (п. 3.6)."""

import errno
import os
from pathlib import Path

import pytest

from zachetka.files import store
from zachetka.files.store import Damaged

pytestmark = pytest.mark.clause("3.6")


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.FILES_DIR = tmp_path / "files"
    return settings.FILES_DIR


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def test_a_file_is_found_by_its_digest():
    sha256, size = store.put([b"one", b"two"])
    assert store.read(sha256) == b"onetwo"
    assert size == 6


def test_the_same_bytes_are_stored_once(folder):
    assert store.put([b"same"]) == store.put([b"sa", b"me"])
    assert len(kept(folder)) == 1


def test_one_flipped_bit_is_a_refusal_and_never_a_wrong_byte():
    sha256, _ = store.put([b"truth"])
    store.place(sha256).write_bytes(b"trutg")
    with pytest.raises(Damaged, match="повреждён на диске") as damage:
        store.read(sha256)
    assert (damage.value.sha256, damage.value.status) == (sha256, 410)


def test_a_lost_file_is_refused_in_words():
    with pytest.raises(Damaged, match="утрачен") as damage:
        store.read("0" * 64)
    assert (damage.value.status, damage.value.found) == (410, "")


def test_the_folders_are_open_to_their_owner_alone(folder):
    folder.mkdir(mode=0o755)
    sha256, _ = store.put([b"private"])
    for each in (folder, store.place(sha256).parent, store.place(sha256).parent.parent):
        assert each.stat().st_mode & 0o777 == 0o700
    assert store.place(sha256).stat().st_mode & 0o777 == 0o600


def test_every_folder_on_the_way_is_synced(folder, monkeypatch):
    synced: list[Path] = []
    monkeypatch.setattr(store, "_sync_folder", synced.append)
    sha256, _ = store.put([b"bytes"])
    home = store.place(sha256).parent
    assert synced == [folder.parent, home, home.parent, folder]


def test_an_upload_that_breaks_off_leaves_nothing(folder):
    def breaking():
        yield b"half"
        raise ConnectionError("cut")

    with pytest.raises(ConnectionError):
        store.put(breaking())
    assert kept(folder) == []


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_disk_that_refuses_leaves_nothing(folder, monkeypatch, call):
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    target = os if call == "fsync" else Path
    monkeypatch.setattr(target, call, refuse)
    with pytest.raises(OSError, match="no space"):
        store.put([b"bytes"])
    monkeypatch.undo()
    assert kept(folder) == []
