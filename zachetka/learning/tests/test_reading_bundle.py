"""What a carried mark of another scale counts as follows offline from the bundle: mark, transfer and the whole scale (п. 2.3, 2.5, 3.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from zachetka.core.clock import now
from zachetka.learning import bundles
from zachetka.learning.actions.marks import confirm_correction, propose_correction
from zachetka.learning.models import Enrolment, Mark
from zachetka.learning.queries import record_lines
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.learning.tests.make import methodist_of, sheet, teacher_of
from zachetka.learning.tests.make_equivalences import elsewhere, make_matched
from zachetka.learning.tests.make_transfers import LATER, two, typed
from zachetka.learning.tests.test_record_book_export import bundle, verified
from zachetka.learning.tests.test_ways import refuses, run
from zachetka.ledger.sealer import seal
from zachetka.postgres.address import Place
from zachetka.programs.models import Grade, ScaleVersion
from zachetka.programs.tests.make import make_scale

pytestmark = pytest.mark.clause("2.3", "2.5", "3.3")


@pytest.fixture
def book(fresh_database: Place, settings: Settings, tmp_path: Path) -> Enrolment:
    """A learner whose marks of five points count as «зачтено» and «не зачтено», one of them corrected since; sealed."""
    settings.DATA_DIR, settings.KEYS_DIR = tmp_path, tmp_path / "keys"
    learner, _ = two()
    for place, text in enumerate(("4", "2", "н"), 1):
        typed(learner, place, text)
    new = make_matched(learner, elsewhere(learner, scales=("pass_fail",) * 3))
    teacher = teacher_of(sheet(learner.cohort, 1))
    wrong = Mark.objects.get(enrolment=learner, sheet__module__ordinal=1)
    told = propose_correction(wrong, text="5", reason="ошибка", basis="лист № 1", actor=teacher, at=LATER)
    confirm_correction(told, actor=methodist_of(learner), at=LATER)
    seal(now())
    return Enrolment.objects.select_related(*PAPERS).get(pk=new.pk)


def answer(book: Enrolment, folder: Path) -> str:
    """Return what a stranger is told about the bundle, with its outcome."""
    file = folder / "book.json"
    file.write_bytes(bundle(book))
    told = verified(file)
    assert told.returncode == int(told.stdout.startswith("НЕ ПОДТВЕРЖДЕНО")), told.stderr
    return told.stdout


def test_a_stranger_works_out_anew_what_a_mark_of_another_scale_counts_as(book: Enrolment, tmp_path: Path):
    told = answer(book, tmp_path)
    assert told.startswith("ПОДТВЕРЖДЕНО")
    assert "выведено заново из оценки и всей шкалы" in told
    for words in ("зачтено", "не зачтено", "неявка"):
        assert f"Засчитывается как: {words} — следует из оценки и шкалы" in told
    assert told.count("Засчитывается как: зачтено —") == 2  # the mark that was corrected, too


def better(grade: Any, score: Any, values: Sequence[Grade]) -> Grade | None:
    """Read every mark as the best grade of the scale."""
    return values[0]


def of_another_transfer(_exhibit: Any, written: Any) -> list[dict[str, Any]]:
    carried = next(one for one in written.mark.enrolment.given_on.all() if one.pk != written.carried.pk)
    return COUNTED(_exhibit, replace(written, carried=carried))


COUNTED = bundles._counted


def without_the_best(exhibit: Any, grade: Grade) -> list[dict[str, Any]]:
    return VALUE(exhibit, grade) if grade.ordinal > 1 else []


def without_the_absence(exhibit: Any, grade: Grade) -> list[dict[str, Any]]:
    return [] if grade.is_absence else VALUE(exhibit, grade)


VALUE = bundles._value


@pytest.mark.parametrize(
    ("place", "lie", "said"),
    [
        ((record_lines, "counts_as"), better, "засчитывается иначе"),
        ((bundles, "_counted"), of_another_transfer, "говорит о другой книжке или дисциплине"),
        ((bundles, "_value"), without_the_best, "показана не вся"),
        ((bundles, "_value"), without_the_absence, "показана не вся"),
    ],
    ids=["another grade", "another transfer", "a scale without its best", "a scale without its end"],
)
def test_a_system_that_states_another_reading_is_not_believed(
    book: Enrolment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: tuple[Any, str],
    lie: Callable[..., Any],
    said: str,
):
    monkeypatch.setattr(*place, lie)
    told = answer(book, tmp_path)
    assert told.startswith("НЕ ПОДТВЕРЖДЕНО")
    assert said in told


VALUES = (
    "INSERT INTO programs_grade (version_id, ordinal, symbol, label, is_passing, is_absence)"
    " SELECT v.id, t.* FROM programs_scaleversion v, (VALUES {}) t WHERE v.id = %s"
)


def edition() -> int:
    old = ScaleVersion.objects.get(scale=make_scale("pass_fail"))
    ScaleVersion.objects.filter(pk=old.pk).update(valid_to=date(2039, 12, 31))
    return ScaleVersion.objects.create(scale=old.scale, valid_from=date(2040, 1, 1), basis="приказ № 1-од").pk


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values",
    [
        "(1, 'з', 'зачтено', true, false), (3, 'н', 'неявка', false, true)",
        "(2, 'з', 'зачтено', true, false), (3, 'н', 'неявка', false, true)",
        "(1, 'н', 'неявка', false, true), (2, 'з', 'зачтено', true, false)",
        "(1, 'з', 'зачтено', true, false), (2, 'нз', 'не зачтено', false, false)",
        "(1, 'н', 'неявка', false, true), (2, 'нн', 'неявка', false, true)",
    ],
    ids=["a gap", "not from the first", "the absence not last", "no absence", "two absences"],
)
def test_the_database_takes_a_scale_whose_end_can_be_seen_and_no_other(values: str):
    pk = edition()
    refuses("последнее и только оно — неявка", VALUES.format(values), pk)
    whole = "(1, 'з', 'зачтено', true, false), (2, 'нз', 'не зачтено', false, false), (3, 'н', 'неявка', false, true)"
    run(VALUES.format(whole), pk)  # the control
    refuses("последнее и только оно — неявка", VALUES.format("(4, 'нд', 'не допущен', false, false)"), pk)
