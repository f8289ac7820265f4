"""Pages of cohorts and orders: who sees them, what a plain form does, at what cost (п. 2.2, 2.4, 3.8)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.pages import signed_in
from zachetka.access.models import Account, Unit
from zachetka.access.tests.make import make_account, make_unit
from zachetka.core.russian import plain
from zachetka.intake.tests.make import HEADER, make_xlsx
from zachetka.learning.actions.marks import close_sheet
from zachetka.learning.models import Cohort, Enrolment, Order
from zachetka.learning.queries.cohorts import tasks
from zachetka.learning.tests.make import NOON, fill_sheet, make_cohort, make_enrolment, make_order, teacher_of
from zachetka.ledger.models import Event
from zachetka.lifecycle.hands import seen_of
from zachetka.people.actions import Schooling, import_list
from zachetka.people.intake.tests.make import make_person as make_person_row
from zachetka.people.models import Upload
from zachetka.people.tests.make import make_learner, make_learners, make_lecturer
from zachetka.programs.models import ProgramVersion
from zachetka.programs.tests.make import make_program_version
from zachetka.registers.models import Register

pytestmark = pytest.mark.usefixtures("collected_statics")


@pytest.fixture
def unit(db: None) -> Unit:
    return make_unit()


@pytest.fixture
def version(unit: Unit) -> ProgramVersion:
    return make_program_version(unit=unit)


@pytest.fixture
def author(unit: Unit) -> Account:
    return make_account("methodist", unit=unit)


@pytest.fixture
def methodist(author: Account) -> Client:
    return signed_in(author)


@pytest.fixture
def head(db: None) -> Client:
    return signed_in(make_account("head"))


def cohort_form(version: ProgramVersion, **given: str) -> dict[str, str]:
    teacher = str(make_lecturer(unit=version.program.unit).pk)
    form = {"code": "ПК-27-01", "starts_on": "2027-01-11", "ends_on": "2027-03-26", "teacher": teacher}
    return form | {f"held_on_{module.pk}": "2027-02-01" for module in version.modules.all()} | given


def order_form(**given: Any) -> dict[str, Any]:
    return {"request_key": str(uuid4()), "effective_on": "2026-09-07", "basis": "договоры"} | given


@pytest.mark.clause("2.2")
def test_a_cohort_is_formed_with_a_sheet_for_each_line_and_a_second_click_forms_nothing(
    methodist: Client, version: ProgramVersion
) -> None:
    where = f"/cohorts/new/?version={version.pk}"
    page = methodist.get(where).content.decode()
    assert "ПК-" in page
    form = cohort_form(version)
    first, again = methodist.post(where, form), methodist.post(where, form)
    assert (first.status_code, again.status_code) == (302, 302)
    cohort = Cohort.objects.get()
    assert first.headers["Location"] == again.headers["Location"] == f"/cohorts/{cohort.pk}/"
    assert cohort.sheets.count() == version.modules.count() == 3


@pytest.mark.clause("2.2")
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"ends_on": "2027-01-10"}, "Окончание раньше начала"),
        ({"starts_on": "2025-08-31", "code": "ПК-25-01"}, "действует с 01.09.2025"),
        ({"attestation_on": "2027-04-01"}, "в пределах срока обучения"),
        ({"teacher": ""}, "Назначьте преподавателя"),
        ({"starts_on": "0001-01-01"}, "между 01.01.1990"),
        ({"starts_on": "2027-02-29"}, "Такого дня нет: запишите ДД.ММ.ГГГГ, например 24.11.2026."),
        ({"starts_on": "11.01.27"}, "Год двумя цифрами: запишите четырьмя, 2027."),
        ({"code": "ПК\u202e27"}, "направление письма"),
    ],
)
def test_what_cannot_be_a_cohort_is_refused_at_its_field(
    methodist: Client, version: ProgramVersion, given: dict[str, str], said: str
) -> None:
    answer = methodist.post(f"/cohorts/new/?version={version.pk}", cohort_form(version, **given))
    assert answer.status_code == 422
    assert said in answer.content.decode().replace("\u00a0", " ")
    assert not Cohort.objects.exists()


@pytest.mark.clause("273-ФЗ ст. 53")
def test_more_people_than_one_order_names_are_counted_and_none_is_dropped_in_silence(
    methodist: Client, version: ProgramVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zachetka.learning.actions.orders.MOST_PEOPLE", 2)
    monkeypatch.setattr("zachetka.learning.order_draft.MOST_PEOPLE", 2)
    cohort = make_cohort(version)
    keys = [str(learner.pk) for learner in make_learners(3)]
    where = f"/orders/new/?kind=enrolment&cohort={cohort.pk}"
    refused = methodist.post(where, order_form(learner=keys))
    page = refused.content.decode().replace("\u00a0", " ")
    assert refused.status_code == 422
    assert "В приказе 3 человек, а помещается 2" in page
    assert "Ещё 1 человека назовите следующим приказом" in page
    assert not Order.objects.exists()
    cut = methodist.post(where, order_form(learner=keys, drop="beyond")).content.decode()
    assert cut.count('name="learner"') == 2


@pytest.mark.clause("2.2")
def test_days_are_spread_anew_without_writing(methodist: Client, version: ProgramVersion) -> None:
    form = cohort_form(version, spread="1", starts_on="2027-05-03", ends_on="2027-05-28")
    page = methodist.post(f"/cohorts/new/?version={version.pk}", form)
    assert page.status_code == 200
    assert 'value="2027-05-28"' in page.content.decode()
    assert not Cohort.objects.exists()


@pytest.mark.clause("273-ФЗ ст. 53")
def test_people_are_found_added_and_taken_out_without_scripts(methodist: Client, version: ProgramVersion) -> None:
    cohort = make_cohort(version)
    one, two = make_learners(2, last_name="Ковалёв"), make_learner(last_name="Ковалёва")
    where = f"/orders/new/?kind=enrolment&cohort={cohort.pk}&learners={one[0].pk}"
    page = methodist.post(where, order_form(learner=[one[0].pk], q="ковалев", find="1"))
    assert page.status_code == 200
    assert f'name="add" value="{two.pk}"' in page.content.decode()
    page = methodist.post(where, order_form(learner=[one[0].pk], add=str(two.pk)))
    assert [learner.pk for learner, _ in page.context["draft"].people] == [one[0].pk, two.pk]
    page = methodist.post(where, order_form(learner=[one[0].pk, two.pk], drop=str(one[0].pk)))
    assert [learner.pk for learner, _ in page.context["draft"].people] == [two.pk]
    assert not Order.objects.exists()
    assert methodist.post(where, order_form(learner=[one[0].pk, two.pk])).status_code == 302
    assert Order.objects.get().lines.count() == 2


@pytest.mark.clause("273-ФЗ ст. 53")
def test_everybody_of_a_confirmed_list_is_named_new_and_known(methodist: Client, version: ProgramVersion) -> None:
    known = make_learner(last_name="Панов", first_name="Игорь", patronymic="", birth_date=date(1980, 2, 3)).person
    rows = "Фамилия;Имя;Дата рождения\nПанов;Игорь;03.02.1980\nБелов;Денис;04.05.1990\nЖуков;Глеб;\n"
    import_list(rows.encode(), name="Список.csv", at=NOON)
    upload = Upload.objects.get()
    cohort = make_cohort(version)
    where = f"/orders/new/?kind=enrolment&upload={upload.pk}"
    choice = methodist.get(where).content.decode()
    assert f'name="upload" value="{upload.pk}"' in choice
    assert "Людей возьмём из списка «Список.csv»" in choice
    page = methodist.get(f"{where}&cohort={cohort.pk}")
    named = [learner.person for learner, _ in page.context["draft"].people]
    assert known in named
    assert len(named) == upload.new + upload.known >= 2
    for wrong in ("0", "x", "9" * 30, "१"):
        answer = methodist.get(f"/orders/new/?kind=enrolment&cohort={cohort.pk}&upload={wrong}")
        assert answer.context["draft"].people == []


@pytest.mark.clause("273-ФЗ ст. 76 ч. 3")
def test_a_person_who_does_not_fit_is_named_in_the_list_and_at_the_refusal(
    methodist: Client, version: ProgramVersion
) -> None:
    cohort = make_cohort(version)
    learner = make_learner(education=(Schooling(level="secondary_general", number="1"),))
    where = f"/orders/new/?kind=enrolment&cohort={cohort.pk}"
    assert "нет среднего профессионального" in methodist.get(f"{where}&learners={learner.pk}").content.decode()
    answer = methodist.post(where, order_form(learner=[learner.pk]))
    assert answer.status_code == 422
    assert learner.person.full_name in answer.content.decode()
    assert "273-ФЗ ст. 76 ч. 3" in plain(answer.content.decode())
    assert 'value="договоры"' in answer.content.decode()


@pytest.mark.clause("273-ФЗ ст. 59")
def test_the_order_of_admission_offers_who_is_ready_and_says_what_stops_the_others(
    methodist: Client, version: ProgramVersion
) -> None:
    cohort = make_cohort(version, learners=2)
    for sheet in cohort.sheets.all():
        fill_sheet(sheet, ["зач", "нз"] if sheet.module.scale.code == "pass_fail" else ["5", "2"])
    page = methodist.get(f"/orders/new/?kind=admission&cohort={cohort.pk}")
    early, _ = page.context["draft"].candidates
    assert (early.is_named, [reason.split(":")[0] for reason in early.reasons]) == (False, ["не закрыты ведомости"])
    for sheet in cohort.sheets.all():
        close_sheet(sheet, actor=teacher_of(sheet), at=NOON)
    page = methodist.get(f"/orders/new/?kind=admission&cohort={cohort.pk}")
    ready, debtor = page.context["draft"].candidates
    assert (ready.is_named, ready.reasons) == (True, [])
    assert not debtor.is_named
    assert [reason.split(":")[0] for reason in debtor.reasons] == ["академическая задолженность"] * 3


@pytest.mark.clause("273-ФЗ ст. 61")
def test_an_order_of_withdrawal_without_a_ground_is_refused_at_the_field(
    methodist: Client, version: ProgramVersion
) -> None:
    cohort = make_cohort(version, learners=1)
    person = Enrolment.objects.get(cohort=cohort).learner_id
    where = f"/orders/new/?kind=withdrawal&cohort={cohort.pk}"
    for ground in ("", "каприз"):
        answer = methodist.post(where, order_form(learner=[person], ground=ground))
        assert answer.status_code == 422
        assert "ground" in answer.context["draft"].form.errors
    assert methodist.post(where, order_form(learner=[person], ground="own_wish")).status_code == 302


@pytest.mark.clause("3.8")
def test_the_drafter_never_sees_a_way_to_issue(
    methodist: Client, head: Client, author: Account, version: ProgramVersion
) -> None:
    cohort = make_cohort(version)
    where = f"/orders/new/?kind=enrolment&cohort={cohort.pk}"
    methodist.post(where, order_form(learner=[one.pk for one in make_learners(2)]))
    order = Order.objects.get()
    methodist.post(f"/orders/{order.pk}/submit/")
    both = signed_in(make_account("head", "methodist", person_uid=author.person_uid))
    for page in (methodist, both):
        shown = page.get(f"/orders/{order.pk}/").content.decode()
        assert 'data-open="#issue"' not in shown
        assert "is-locked" in shown
    read = {"seen": seen_of(order)}
    assert both.post(f"/orders/{order.pk}/approve/", read).status_code == 422
    assert 'data-open="#issue"' in head.get(f"/orders/{order.pk}/").content.decode()
    main = re.search(r"<main.*?</main>", head.get(f"/orders/{order.pk}/approve/").content.decode(), re.DOTALL)
    assert main is not None
    assert 0 < main[0].find("Издать приказ?") < main[0].find("ПРИКАЗЫВАЮ"), "asked where one reads, before the paper"
    assert head.post(f"/orders/{order.pk}/approve/", read).status_code == 302
    assert head.post(f"/orders/{order.pk}/approve/", read).status_code == 409
    paper = head.get(f"/orders/{order.pk}/").content.decode().replace("\u00a0", " ")
    assert "ПРИКАЗЫВАЮ" in paper
    assert "№ 1-з" in paper
    assert "ЗК-26-" in paper or "ЗК-27-" in paper
    assert methodist.post(f"/orders/{order.pk}/cancel/").status_code == 409
    assert methodist.get(f"/orders/{order.pk}/edit/").status_code == 302


@pytest.mark.clause("2.1")
def test_one_form_sent_twice_leads_to_one_order(methodist: Client, version: ProgramVersion) -> None:
    where = f"/orders/new/?kind=enrolment&cohort={make_cohort(version).pk}"
    form = order_form(learner=[make_learner().pk])
    assert methodist.post(where, form).headers["Location"] == methodist.post(where, form).headers["Location"]
    assert Order.objects.count() == 1
    assert methodist.post(where, form | {"learner": [make_learner().pk]}).status_code == 422


@pytest.mark.clause("2.1")
@pytest.mark.parametrize(
    "given",
    [
        {"request_key": "x"}, {"effective_on": "вчера"}, {"basis": ""}, {"basis": "\x00"}, {"basis": "б" * 256},
        {"learner": ["9" * 30]}, {"learner": ["०"]}, {"learner": ["-1"]}, {"learner": [str(2**63)]}, {"learner": []},
    ],
)  # fmt: skip
def test_what_cannot_be_an_order_is_refused_and_nothing_is_written(
    methodist: Client, version: ProgramVersion, given: dict[str, Any]
) -> None:
    where = f"/orders/new/?kind=enrolment&cohort={make_cohort(version).pk}"
    assert methodist.post(where, order_form(learner=[make_learner().pk]) | given).status_code == 422
    assert not Order.objects.exists()


@pytest.mark.clause("2.4")
@pytest.mark.parametrize("more", [{}, {"cohort": "1"}, {"cohort": "x"}])
def test_a_kind_of_order_that_is_none_is_no_request_and_without_one_it_is_of_enrolment(
    methodist: Client, version: ProgramVersion, more: dict[str, str]
) -> None:
    for kind in ("nosuch", "ENROLMENT", "\x00"):
        assert methodist.get("/orders/new/", {"kind": kind} | more).status_code == 400
    for address in ("/orders/new/", "/orders/new/?kind="):
        assert methodist.get(address).context["kind"] == "enrolment"
    assert methodist.get("/orders/new/?kind=withdrawal").context["kind"] == "withdrawal"


@pytest.mark.clause("3.8")
def test_cohorts_and_orders_of_another_unit_look_like_none(methodist: Client) -> None:
    foreign = make_cohort(learners=1)
    order = Order.objects.get()
    for where in (
        f"/cohorts/{foreign.pk}/",
        f"/orders/{order.pk}/",
        f"/orders/{order.pk}/edit/",
        f"/orders/people/?cohort={foreign.pk}&q=ан",
    ):
        assert methodist.get(where).status_code == 404
    assert methodist.post(f"/orders/{order.pk}/submit/").status_code == 404
    assert methodist.get(f"/orders/new/?kind=enrolment&cohort={foreign.pk}").status_code == 422
    assert methodist.get(f"/cohorts/new/?version={foreign.program_version_id}").status_code == 422
    for where in ("/cohorts/", "/orders/", "/cohorts/new/", "/orders/new/"):
        assert foreign.code not in methodist.get(where).content.decode()


@pytest.mark.clause("2.4")
def test_pages_cost_the_same_for_one_learner_and_for_many(
    methodist: Client, unit: Unit, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    small, large = (
        make_cohort(make_program_version(unit=unit), learners=1),
        make_cohort(make_program_version(unit=unit), learners=12),
    )
    for where, most in (("/cohorts/{0}/", 17), ("/orders/{1}/", 16), ("/orders/new/?kind=admission&cohort={0}", 15)):
        costs = set()
        for cohort in (small, large):
            order = Order.objects.get(cohort=cohort)
            methodist.get(where.format(cohort.pk, order.pk))
            with django_assert_max_num_queries(most) as counted:
                methodist.get(where.format(cohort.pk, order.pk))
            costs.add(len(counted))
        assert len(costs) == 1, where
    for where in ("/cohorts/", "/orders/"):
        with django_assert_max_num_queries(8):
            methodist.get(where)


@pytest.mark.clause("3.8")
def test_lists_taken_away_hold_what_the_person_may_see_and_leave_a_trace(
    methodist: Client, version: ProgramVersion
) -> None:
    own, foreign = make_cohort(version, learners=1), make_cohort(learners=1)
    for where in ("/cohorts/export/", "/orders/export/", "/programs/export/"):
        assert methodist.get(f"{where}?file=exe").status_code == 400
        answer = methodist.get(f"{where}?file=csv")
        text = answer.content.decode("utf-8-sig")
        for cohort, seen in ((own, True), (foreign, False)):
            name = cohort.program_version.program.unit.name if where.startswith("/programs") else cohort.code
            assert (name in text) is seen
    assert Event.objects.filter(type="list.exported").count() == 3


@pytest.mark.clause("2.4")
def test_the_day_of_a_methodist_names_empty_cohorts_and_those_ready_for_admission(
    author: Account, version: ProgramVersion
) -> None:
    empty = make_cohort(version, starts_on=date(2026, 11, 25), held_on=[date(2026, 12, 1)] * 3)
    cohort = make_cohort(version, learners=2, attestation_on=date(2026, 11, 27))
    assert [task.verb for task in tasks(author, NOON)] == ["Зачислить"]
    for sheet in cohort.sheets.all():
        fill_sheet(sheet, "зач" if sheet.module.scale.code == "pass_fail" else "5")
        close_sheet(sheet, actor=teacher_of(sheet), at=NOON)
    found = tasks(author, NOON)
    assert [(task.verb, task.term) for task in found] == [
        ("Зачислить", empty.starts_on), ("Проверить допуск", cohort.attestation_on),
    ]  # fmt: skip
    learners = [one.learner for one in Enrolment.objects.filter(cohort=cohort)]
    make_order(cohort, learners, kind=Order.Kind.ADMISSION, approved=False, at=NOON)
    assert [task.verb for task in tasks(author, NOON)] == ["Зачислить"]


@pytest.mark.clause("3.8")
def test_a_register_leads_to_record_books_only_whoever_may_read_them(db: None) -> None:
    book = make_enrolment()
    register = Register.objects.get(code="record-book")
    unit = book.cohort.program_version.program.unit
    for role, of, is_led in [
        ("registrar", None, True),
        ("archivist", None, False),
        ("methodist", unit, True),
        ("methodist", make_unit(), False),
    ]:
        page = signed_in(make_account(role, unit=of)).get(f"/registers/{register.pk}/").content.decode()
        assert (book.number or "—") in page
        assert (f'href="/record-books/{book.pk}/"' in page) is is_led, (role, of)


@pytest.mark.clause("2.1", "273-ФЗ ст. 53")
def test_each_sheet_of_a_file_is_enrolled_by_itself(methodist: Client, version: ProgramVersion) -> None:
    lists: dict[str, list[list[Any]]] = {
        "ПК-1": [[*HEADER], make_person_row(1), make_person_row(2)],
        "ПК-2": [[*HEADER], make_person_row(3)],
        "Итоги": [["Всего", 3]],
    }
    import_list(make_xlsx(lists), name="Списки.xlsx", at=NOON)
    upload, cohort = Upload.objects.get(), make_cohort(version)
    result = methodist.get(f"/imports/{upload.pk}/").content.decode()
    where = f"/orders/new/?kind=enrolment&upload={upload.pk}"
    offers = [f'href="{where}{rest}"'.replace("&", "&amp;") for rest in ("", "&sheet=0", "&sheet=1", "&sheet=2")]
    assert [offer in result for offer in offers] == [False, True, True, False]
    kept = methodist.get(f"{where}&sheet=1").content.decode()
    assert 'name="sheet" value="1"' in kept

    def named(sheet: str) -> list[str]:
        page = methodist.get(f"{where}&cohort={cohort.pk}&sheet={sheet}")
        return [learner.person.last_name for learner, _ in page.context["draft"].people]

    assert named("1") == [make_person_row(3)[0]]
    assert set(named("0")) == {make_person_row(1)[0], make_person_row(2)[0]}
    assert [named(sheet) for sheet in ("", "2", "x", "-1", "१")] == [[]] * 5
