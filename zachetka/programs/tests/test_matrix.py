"""Planned results across the controls: what proves what, the gaps named before anybody approves (п. 1.3)."""

from __future__ import annotations

import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account, make_unit
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.programs.actions import versions
from zachetka.programs.actions.plans import ModuleDraft, ResultDraft
from zachetka.programs.actions.versions import HeadDraft
from zachetka.programs.matrix import SIGNS, matrix_of
from zachetka.programs.models import Module, ProgramVersion
from zachetka.programs.queries import fingerprint, version_page
from zachetka.programs.tests.make import AT, make_scale

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("collected_statics"), pytest.mark.clause("1.3")]


@pytest.fixture
def author() -> Account:
    return make_account("methodist", unit=make_unit())


@pytest.fixture
def version(author: Account) -> ProgramVersion:
    """A draft: Р1 by a credit alone, Р2 by an exam and a credit, Р3 by nothing; the last subject proves nothing."""
    unit = author.assignments[0].unit
    assert unit
    head = HeadDraft("Специалист в сфере закупок", 72, "mixed")
    made = versions.create_program(unit, code="ПК-777", kind="professional_development", head=head, actor=author, at=AT)
    five, credit = make_scale("five_point").pk, make_scale("pass_fail").pk
    lines = [
        ModuleDraft("Право", "Право", "subject", 20, "credit", credit),
        ModuleDraft("Закупки", "Закупки", "subject", 28, "exam", five),
        ModuleDraft("Практикум", "Практикум", "placement", 20, "credit", credit),
        ModuleDraft("Итоговая аттестация", "Итоговая", "final", 4, "defence", five),
    ]
    results = [
        ResultDraft("Р1", "Знает закон", frozenset({1})),
        ResultDraft("Р2", "Готовит закупку", frozenset({1, 2})),
        ResultDraft("Р3", "Ведёт переговоры", frozenset()),
    ]
    return versions.save_version(
        made, head=head, modules=lines, results=results, seen=fingerprint(made), actor=author, at=AT
    )


def visitor(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def test_a_sign_stands_where_a_control_proves_a_result(version: ProgramVersion, author: Account):
    matrix = matrix_of(version_page(author, version.pk).get())
    assert [(row.result.code, row.cells) for row in matrix.rows] == [
        ("Р1", ("З", "", "", "")),
        ("Р2", ("З", "Э", "", "")),
        ("Р3", ("", "", "", "")),
    ]
    assert [row.look[0] for row in matrix.rows] == ["warn", "ok", "bad"]
    assert [(column.proves, column.is_idle) for column in matrix.columns] == [
        (2, False),
        (1, False),
        (0, True),
        (0, False),
    ]
    assert SIGNS.keys() == set(Module.Control)


def test_the_page_names_every_gap_before_the_version_is_handed_over(version: ProgramVersion, author: Account):
    for address in (f"/programs/versions/{version.pk}/matrix/", f"/programs/versions/{version.pk}/"):
        page = visitor(author).get(address).content.decode().replace("\u00a0", " ")
        for words in (
            "Результат Р3 ничем не доказывается",
            "Результат Р1 доказывается одним зачётом, «Право»",
            "«Практикум» не доказывает ни одного результата",
            ">ничем<",
            ">одним зачётом<",
        ):
            assert words in page, (address, words)


def test_the_head_reads_the_gaps_on_the_page_where_the_decision_is(version: ProgramVersion, author: Account):
    fresh = version_page(author, version.pk).get()
    drafts = [
        ResultDraft(row.code, row.text, frozenset({1, 2, 3}), row.pk)
        if row.code != "Р1"
        else ResultDraft(row.code, row.text, frozenset({1}), row.pk)
        for row in fresh.results.all()
    ]
    modules = [
        ModuleDraft(row.title, row.short_title, row.sort, row.hours, row.control, row.scale_id, row.pk)
        for row in fresh.modules.order_by("ordinal")
    ]
    saved = versions.save_version(
        fresh,
        head=versions.head_of(fresh),
        modules=modules,
        results=drafts,
        seen=fingerprint(fresh),
        actor=author,
        at=AT,
    )
    versions.submit_version(saved, actor=author, at=AT)
    page = visitor(make_account("head")).get(f"/programs/versions/{version.pk}/").content.decode()
    assert "Утвердить редакцию" in page.replace("\u00a0", " ")
    assert "одним зачётом" in page
    assert "Мешает утверждению" not in page


@pytest.mark.clause("3.8")
def test_the_file_has_the_signs_and_the_sums_and_who_took_it_is_recorded(version: ProgramVersion, author: Account):
    answer = visitor(author).get(f"/programs/versions/{version.pk}/matrix/export/")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[1] == ["Р1", "Знает закон", "З", "", "", "", 1.0, "одним зачётом"]
    assert rows[-1][2:6] == [2.0, 1.0, 0.0, 0.0]
    event = Event.objects.get(type=EventType.LIST_EXPORTED)
    assert (event.object_id, event.body["list"], event.body["rows"]) == (str(version.pk), "matrix", 3)


@pytest.mark.clause("3.8")
def test_a_methodist_of_another_unit_finds_neither_page_nor_file(version: ProgramVersion):
    stranger = visitor(make_account("methodist", unit=make_unit()))
    for part in ("", "export/"):
        assert stranger.get(f"/programs/versions/{version.pk}/matrix/{part}").status_code == 404
    assert not Event.objects.filter(type=EventType.LIST_EXPORTED).exists()


def test_a_version_without_results_says_what_is_missing(author: Account, version: ProgramVersion):
    version.results.all().delete()
    page = visitor(author).get(f"/programs/versions/{version.pk}/matrix/").content.decode()
    assert "Сравнивать пока не с чем" in page.replace("\u00a0", " ")


def test_the_matrix_asks_the_database_nothing_beyond_the_version(version: ProgramVersion, author: Account):
    shown = version_page(author, version.pk).get()
    with CaptureQueriesContext(connection) as captured:
        matrix_of(shown)
    assert len(captured) == 0
