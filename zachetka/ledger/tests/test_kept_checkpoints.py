"""A checkpoint kept outside tells a ledger that grew from one that was rewritten (п. 3.3)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from zachetka.ledger.sealer import Sealer
from zachetka.ledger.tests.make import (
    NOON,
    TRIAL_MODELS,
    first,
    forge,
    happen,
    make_mark,
)
from zachetka.ledger.verification import verify

pytestmark = pytest.mark.clause("3.3")


def test_whoever_rewrites_everything_and_signs_with_another_key_is_found_by_the_kept_checkpoint(sealed, tmp_path):
    forge(
        sealed,
        "DELETE FROM ledger_checkpoint",
        "DELETE FROM ledger_node",
        "DELETE FROM ledger_leaf",
        "DELETE FROM ledger_signingkey",
        "UPDATE ledger_event SET body = '{}' WHERE id = 20",
    )
    Sealer(tmp_path / "forger", tmp_path / "forged", batch=8).seal(NOON)
    assert verify(models=TRIAL_MODELS, notes=tmp_path / "forged").ok  # nothing inside the database gives it away
    found = verify(models=TRIAL_MODELS).first_bad
    assert found is not None
    assert "ключом, которого нет в истории" in found.sentence
    trusted = verify(models=TRIAL_MODELS, notes=tmp_path / "forged", trusted="0" * 32)
    assert "которому вы доверяете" in first(trusted).sentence


def test_whoever_rewrites_everything_with_the_stolen_key_is_found_by_the_kept_checkpoint(sealed, tmp_path):
    forge(
        sealed,
        "DELETE FROM ledger_checkpoint",
        "DELETE FROM ledger_node",
        "DELETE FROM ledger_leaf",
        "UPDATE ledger_event SET body = '{}' WHERE id = 20",
    )
    Sealer(notes=tmp_path / "forged").seal(NOON)
    found = verify(models=TRIAL_MODELS).first_bad
    assert found is not None
    assert "Журнал переписан" in found.sentence


def kept_outside(folder: Path) -> Path:
    """Return a checkpoint that was copied to another disk in time."""
    (note,) = (folder / "checkpoints").glob("*.txt")
    return note.rename(folder / "outside.txt")


def test_a_ledger_that_only_grew_continues_the_checkpoint_kept_outside(sealed, tmp_path):
    outside = kept_outside(tmp_path)
    make_mark()
    Sealer().seal(NOON + timedelta(days=1))
    report = verify(models=TRIAL_MODELS, checkpoint=outside)
    assert report.ok
    assert report.continued is not None
    assert (report.continued.tree_size, report.tree_size) == (41, 44)


def test_a_ledger_rewritten_with_everything_in_hand_does_not_continue_it(sealed, tmp_path):
    outside = kept_outside(tmp_path)
    forge(
        sealed,
        "DELETE FROM ledger_checkpoint",
        "DELETE FROM ledger_node",
        "DELETE FROM ledger_leaf",
        "UPDATE ledger_event SET body = '{}' WHERE id = 20",
    )
    Sealer().seal(NOON)
    assert verify(models=TRIAL_MODELS).ok  # negative control: database, folder and key agree with one another
    found = first(verify(models=TRIAL_MODELS, checkpoint=outside))
    assert "Журнал переписан: его начало на 41" in found.sentence


def test_a_cut_tail_another_ledger_and_a_damaged_file_are_told_apart(sealed, tmp_path):
    outside = kept_outside(tmp_path)
    whole, after = outside.read_bytes(), NOON + timedelta(days=1)
    outside.write_bytes(whole[:-3])
    assert "не контрольная точка" in first(verify(models=[], checkpoint=outside)).sentence
    outside.write_bytes(whole.replace(b"\n41\n", b"\n40\n"))
    assert "подписана не этим журналом" in first(verify(models=[], checkpoint=outside)).sentence
    happen()
    Sealer().seal(after)
    longer = kept_outside(tmp_path)
    forge(
        sealed,
        "DELETE FROM ledger_checkpoint WHERE tree_size > 41",
        "DELETE FROM ledger_node WHERE (index + 1) << level > 41",
        "DELETE FROM ledger_leaf WHERE index >= 41",
    )
    assert verify(models=[]).ok  # negative control
    assert "хвост отрезан" in first(verify(models=[], checkpoint=longer)).sentence
    outside.write_bytes(whole)
    Sealer().seal(after)
    assert verify(models=[], checkpoint=outside).ok
    forge(sealed, "DELETE FROM ledger_node WHERE level = 5")
    assert any("недостаёт узлов" in one.sentence for one in verify(models=[], checkpoint=outside).findings)


def test_a_damaged_kept_checkpoint_is_named(sealed, tmp_path):
    (note,) = (tmp_path / "checkpoints").glob("*.txt")
    note.write_bytes(note.read_bytes()[:-3])
    report = verify(models=TRIAL_MODELS)
    assert note.name in first(report).sentence
    happen()
    Sealer().seal(NOON)  # and it does not stop the sealer
    assert len(list((tmp_path / "checkpoints").glob("*.txt"))) == 2
