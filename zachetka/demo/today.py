"""What waits for people on the day the academy opens, and what they did lately: each page has something real to show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid5

from django.db import transaction

from zachetka.access.guard import visible
from zachetka.access.models import Account, Emergency, RoleAssignment
from zachetka.access.policy import Permission, Role
from zachetka.core.clock import LEGAL_ZONE, legal_date
from zachetka.core.working_days import working_day
from zachetka.demo.awards import reward
from zachetka.demo.life import HEROINE, Course
from zachetka.demo.transfers import transfer
from zachetka.destruction.actions.acts import approve_act, compose_act
from zachetka.learning.actions.excuses import record_excuse
from zachetka.learning.actions.marks import propose_correction
from zachetka.learning.actions.reopenings import ask_reopening
from zachetka.learning.actions.resits import appoint_resit
from zachetka.learning.models import Cohort, Correction, Enrolment, Excuse, Mark, MarkSheet
from zachetka.learning.queries.debts import Examinee, debts_of
from zachetka.notices.actions import read_all
from zachetka.people.actions import approve_role, propose_role, reveal_field
from zachetka.people.actions.consents import Terms, give_consent, withdraw_consent
from zachetka.people.actions.emergency import VERDICT as REVIEWED
from zachetka.people.actions.emergency import Wanted, open_emergency, review_emergency
from zachetka.people.actions.employment import StaffOrder, move
from zachetka.people.actions.looks import read_card
from zachetka.people.actions.matrix import VERDICT, decide_matrix, propose_matrix
from zachetka.people.actions.refused_looks import Asked, key_of, refused_look
from zachetka.people.actions.roles import Basis
from zachetka.people.actions.subject_requests import hand_answer_over, make_answer, register_request
from zachetka.people.actions.substitution import propose_substitute
from zachetka.people.models import Learner
from zachetka.programs.actions.versions import draft_version, submit_version

if TYPE_CHECKING:
    from zachetka.access.models import EmergencyAccess
    from zachetka.demo.staff import Staff

LOOKED_AT: Final = 6
"""Cohorts at study whose debts are looked at: as many in an academy of a hundred thousand."""


def leave_work(courses: Sequence[Course], staff: Staff, at: datetime) -> None:
    """Leave something for today, done by those whose work it is."""
    with transaction.atomic():
        _edition(courses, staff, at)
        _matrix(staff, at)
        _roles(staff, at)
        _subjects(staff, at)
        _correction(staff, at)
        _reopening(staff, at)
        _debts(courses, staff, at)
        reward(courses, staff, at)
        transfer(courses, staff, at)
    _answered(staff, at)
    _emergencies(staff, at)
    _refused(staff, at)


def _edition(courses: Sequence[Course], staff: Staff, at: datetime) -> None:
    """An edition of a programme waits for the head."""
    methodist = staff.methodist(0)
    version = draft_version(courses[0].version.program, actor=methodist, at=at - timedelta(days=2))
    submit_version(version, actor=methodist, at=at - timedelta(days=1))


def _matrix(staff: Staff, at: datetime) -> None:
    """The access matrix was approved six days ago; notices of before three days ago are read."""
    before = at - timedelta(days=6)
    edition = propose_matrix(actor=staff.accounts["security"], at=before)
    decide_matrix(edition, VERDICT.APPROVED, actor=staff.accounts["head"], at=before + timedelta(hours=2))
    for account in staff.accounts.values():
        read_all(actor=account, at=at - timedelta(days=3))


def _roles(staff: Staff, at: datetime) -> None:
    """A role and a substitution wait for the second person; an earlier substitution is over; a teacher has moved."""
    admin, yesterday = staff.accounts["admin"], at - timedelta(days=1)
    propose_role(
        staff.accounts["nesterova"],
        Role.METHODIST,
        unit=staff.units[1],
        basis=Basis("41-к", legal_date(yesterday), legal_date(at)),
        actor=admin,
        at=yesterday,
    )
    away = RoleAssignment.objects.get(account=staff.accounts["gushchina"], role=Role.METHODIST)
    leave = at - timedelta(days=75)
    over = propose_substitute(
        away,
        staff.accounts["lebedeva"],
        basis=Basis("29-к", legal_date(leave), legal_date(leave), legal_date(leave + timedelta(days=13))),
        actor=admin,
        at=leave,
    )
    approve_role(over, actor=staff.accounts["security"], at=leave + timedelta(hours=2))
    propose_substitute(
        away,
        staff.accounts["lebedeva"],
        basis=Basis("42-к", legal_date(yesterday), legal_date(at), legal_date(at + timedelta(days=27))),
        actor=admin,
        at=yesterday,
    )
    move(
        staff.employees["orlov"],
        unit=staff.units[0],
        position="доцент",
        since=legal_date(yesterday),
        order=StaffOrder("40-к", legal_date(at - timedelta(days=5))),
        actor=admin,
        at=yesterday,
    )


def _subjects(staff: Staff, at: datetime) -> None:
    """A request of a data subject waits; of two consents taken back one ended in an act of destruction, the other waits."""
    privacy, methodist, yesterday = staff.accounts["privacy"], staff.methodist(0), at - timedelta(days=1)
    asking = _strangers()[0]
    settled = _graduate(asking)
    asked_on = legal_date(at - timedelta(days=4))
    register_request(
        asking.person,
        key=uuid5(asking.person.uid, asked_on.isoformat()),
        asked_on=asked_on,
        document=f"заявление, вх. № 57 от {asked_on:%d.%m.%Y}",
        actor=privacy,
        at=yesterday,
    )
    for learner, entered, number in ((asking, yesterday, 12), (settled, at - timedelta(days=40), 7)):
        terms = Terms(
            "mailing",
            legal_date(at - timedelta(days=90)),
            None,
            "заявлением или кнопкой в системе",
            "paper",
            f"согласие № {number}",
        )
        consent = give_consent(
            learner.person, terms, key=uuid5(learner.person.uid, "mailing"), actor=methodist, at=entered
        )
        withdrawal = withdraw_consent(
            consent,
            withdrawn_on=legal_date(entered),
            document=f"заявление, вх. № {46 + number}",
            actor=privacy,
            at=entered,
        )
        if learner == settled:
            act = compose_act(
                withdrawal, key=uuid5(settled.person.uid, "act"), actor=privacy, at=entered + timedelta(days=2)
            )
            approve_act(act, actor=staff.accounts["head"], at=entered + timedelta(days=3))


def _answered(staff: Staff, at: datetime) -> None:
    """A teacher asked in writing what is kept about them, and was answered four days later."""
    privacy, person = staff.accounts["privacy"], staff.employees["kotov"].person
    asked_on, made = legal_date(at - timedelta(days=12)), at - timedelta(days=9)
    request = register_request(
        person,
        key=uuid5(person.uid, asked_on.isoformat()),
        asked_on=asked_on,
        document=f"заявление, вх. № 49 от {asked_on:%d.%m.%Y}",
        actor=privacy,
        at=at - timedelta(days=11),
    )
    make_answer(request, actor=privacy, at=made)
    request.refresh_from_db()
    answer = "лично под подпись"
    hand_answer_over(
        request, answered_on=legal_date(at - timedelta(days=8)), answer=answer, actor=privacy, at=at - timedelta(days=8)
    )


def _graduate(asking: Learner) -> Learner:
    """The first but `asking` who learns nowhere any more and whose address is kept: nothing but a consent keeps it."""
    going_on = Enrolment.objects.filter(state__in=["active", "admitted"]).values("learner__person__human_uid")
    found = (
        Learner.objects.exclude(person__human_uid__in=going_on)
        .exclude(person__snils=HEROINE.snils)
        .exclude(pk=asking.pk)
    )
    return found.exclude(person__email="").filter(person__merged_into=None).order_by("pk").select_related("person")[0]


def _strangers() -> list[Learner]:
    """The first learners of the academy, without the heroine."""
    return list(Learner.objects.exclude(person__snils=HEROINE.snils).order_by("pk").select_related("person")[:3])


def _correction(staff: Staff, at: datetime) -> None:
    """A corrected mark waits for the second person."""
    mark = (
        Mark.objects.in_force()
        .filter(sheet__state="closed", sheet__teacher=staff.employees["teacher"], grade__symbol="4")
        .exclude(sheet__module__sort="final")
        .select_related("sheet", "enrolment__learner__person")
        .order_by("-recorded_at", "pk")
        .first()
    )
    if mark is not None:
        propose_correction(
            mark,
            text="отлично" if mark.score is None else "92",
            reason="пересчитаны баллы практической работы",
            basis="служебная записка № 57",
            actor=staff.accounts["teacher"],
            at=at - timedelta(days=1),
        )


def _reopening(staff: Staff, at: datetime) -> None:
    """The head is asked to open a sheet of a group at study again, one without a correction that waits."""
    methodist, yesterday = staff.methodist(0), at - timedelta(days=1)
    learning = Mark.objects.filter(enrolment__state="active").exclude(sheet__module__sort="final").values("sheet")
    sheets = MarkSheet.objects.visible_to(methodist, Permission.REOPENING_ASK).filter(
        state="closed", attempt=1, pk__in=learning
    )
    waiting = Correction.objects.filter(state="proposed").values("mark__sheet")
    found = sheets.exclude(pk__in=waiting).order_by("-closed_at", "pk").first()
    if found is not None:
        ask_reopening(
            found,
            reason="баллы практической работы внесены по черновику",
            basis=f"служебная записка № 58 от {legal_date(yesterday):%d.%m.%Y}",
            until=legal_date(at + timedelta(days=6)),
            actor=methodist,
            at=yesterday,
        )


def _debts(courses: Sequence[Course], staff: Staff, at: datetime) -> None:
    """Of those who owe a first resit one was ill, which moves the term, and one sits it next week."""
    today, units = legal_date(at), {course.version.pk: course.plan.unit for course in courses}
    running = Cohort.objects.filter(starts_on__lt=today, attestation_on__gt=today).select_related("program_version")
    owing = [
        one
        for one in debts_of(running.order_by("-starts_on", "pk")[:LOOKED_AT])
        if one.owed and one.attempt == 2 and not one.appointed and one.enrolment.learner.person.snils != HEROINE.snils
    ]
    owing.sort(key=lambda one: one.owed.since if one.owed else today, reverse=True)
    earliest = {one.enrolment.pk: one for one in owing}  # of somebody who owes twice, the older debt
    for act, one in zip((_ill, _resit), reversed(earliest.values()), strict=False):
        act(one, units[one.enrolment.cohort.program_version_id], staff, at)


def _ill(one: Examinee, unit: int, staff: Staff, at: datetime) -> None:
    owed = one.owed
    first, last = legal_date(at - timedelta(days=9)), legal_date(at - timedelta(days=2))
    if owed is None or first <= owed.since:
        return
    record_excuse(
        one.enrolment,
        kind=Excuse.Kind.ILLNESS,
        first_day=first,
        last_day=last,
        basis=f"справка от {last:%d.%m.%Y} № 118",
        actor=staff.methodist(unit),
        at=at - timedelta(days=1),
    )


def _resit(one: Examinee, unit: int, staff: Staff, at: datetime) -> None:
    today = legal_date(at)
    day = working_day(today + timedelta(days=6), first=today, last=today + timedelta(days=10))
    teacher, _ = staff.teachers(unit)[0]
    appoint_resit(
        one.enrolment.cohort,
        one.module,
        enrolments=[one.enrolment],
        teacher=teacher,
        held_on=day,
        due_on=day + timedelta(days=3),
        actor=staff.methodist(unit),
        at=at - timedelta(hours=20),
    )


def _emergencies(staff: Staff, at: datetime) -> None:
    """One emergency access was reviewed, another waits for whoever answers for personal data; under each somebody looked."""
    first, _, third = _strangers()
    ill, away = "Слушателю стало плохо на занятии, нужен телефон родных", "Слушатель не вышел на связь перед практикой"
    noon = datetime.combine(legal_date(at), time(12, 20), tzinfo=LEGAL_ZONE)
    looked = _opened(first, ill, staff.accounts["lebedeva"], noon - timedelta(days=12))
    review_emergency(
        looked,
        REVIEWED.JUSTIFIED,
        "Случай подтверждён вызовом скорой помощи, смотрели одну карточку",
        actor=staff.accounts["privacy"],
        at=noon - timedelta(days=11),
    )
    _opened(third, away, staff.accounts["kotov"], noon - timedelta(days=1))


def _opened(learner: Learner, reason: str, actor: Account, at: datetime) -> EmergencyAccess:
    person = learner.person
    if person.birth_date is None:
        raise LookupError("the academy knows when each of its learners was born")
    opened = open_emergency(Wanted(person.full_name, person.birth_date), reason=reason, minutes=30, actor=actor, at=at)
    looking = Account.objects.get(pk=actor.pk)
    looking.emergency = Emergency(opened.pk, person.uid, opened.until)  # as it was read within that half hour
    read_card(person, actor=looking, at=at + timedelta(minutes=2))
    reveal_field(person, "phone", actor=looking, at=at + timedelta(minutes=3))
    return opened


def _refused(staff: Staff, at: datetime) -> None:
    """Yesterday a teacher asked for the card of somebody they do not teach, and the administrator for a sheet."""
    morning = datetime.combine(legal_date(at), time(9, 41), tzinfo=LEGAL_ZONE) - timedelta(days=1)
    teacher, sheet = staff.accounts["kotov"], MarkSheet.objects.order_by("pk")[0]
    taught = Learner.objects.filter(visible(teacher, Permission.PERSON_READ, Learner)).values("pk")
    foreign = Learner.objects.exclude(pk__in=taught).select_related("person").order_by("pk").first()
    if foreign is not None:
        card = Asked("people:card", "GET", "people.person", key_of(foreign.person.uid))
        refused_look(card, actor=teacher, at=morning)
    protocol = Asked("learning:sheet", "GET", "learning.marksheet", key_of(sheet.pk))
    refused_look(protocol, actor=staff.accounts["admin"], at=morning + timedelta(hours=5, minutes=12))
