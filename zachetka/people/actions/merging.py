"""Two cards of one person made one, and parted again (п. 2.1, 3.8).

Nothing is moved from card to card: record books, orders, marks, consents stay on the card on which they were made, and
readings by person gather from every card of the person (`Person.human_uid`). Whoever still learns, works or acts by a card
has it stand for them: it is the one that stays.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from zachetka.access.guard import require, require_another_person
from zachetka.access.models import Account, RoleAssignment
from zachetka.access.policy import STAFF, Permission
from zachetka.core.clock import legal_date
from zachetka.core.errors import IllegalStep, RuleViolation
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.lifecycle.steps import lock, take
from zachetka.people.actions.resemblances import compare
from zachetka.people.actions.roles import shut_account
from zachetka.people.lifecycle import UNDO_MERGE
from zachetka.people.models import Merge, Person, Resemblance
from zachetka.people.rules.merging import BLANK, TAKEABLE, takeable
from zachetka.people.standing import refuse_what_stands
from zachetka.people.subject.grounds import GROUNDS
from zachetka.people.subject.ways import kinds

if TYPE_CHECKING:
    from collections.abc import Iterable

CLAUSE: Final = "2.1"
STATE: Final = Resemblance.State
OWN: Final = "Одна из карточек — ваша: о ней решает другой человек."
STAYS_IN_PLACE: Final = frozenset(
    {
        "people.person",
        "people.personname",
        "people.educationdocument",
        "people.learner",
        "people.resemblance",
        "people.distinction",
        "people.unlooked",
        "people.merge",
        "ledger.event",
        "ledger.leaf",
        "ledger.opening",
        "access.emergencyaccess",
        "people.consent",
        "people.withdrawal",
        "people.subjectrequest",
        "learning.orderline",
        "learning.enrolment",
        "learning.mark",
        "learning.correction",
        "learning.excuse",
        "learning.award",
        "learning.sheetmember",
        "learning.studyplan",
        "learning.planline",
        "learning.verificationtoken",
        "access.account",
        "access.roleassignment",
        "access.factorreset",
        "access.outsideidentity",
        "access.recoverycode",
        "access.secondfactor",
        "access.session",
        "notices.choice",
        "notices.digesthour",
        "notices.letter",
        "notices.notice",
        "jobs.job",
        "account.emailaddress",
        "account.emailconfirmation",
    }
)
"""Kinds of records that an absorbed card may have: readings by person gather them, or they are of an account that is closed.
A room that is added later is refused until somebody thinks of it."""
WORKS: Final = (
    "По карточке, которую вы поглощаете, работали: у её учётной записи есть или была роль работника, и обязанности разделяют по "
    "ней. Сделайте её главной."
)
SIGNS_IN: Final = (
    "Человек входит по учётной записи карточки, которую вы поглощаете, а у главной её нет. Сделайте главной ту, по которой "
    "входят, или дайте главной вход в её группе."
)


def merge_cards(
    resemblance: Resemblance,
    survivor: Person,
    *,
    wanted: Collection[str],
    reason: str,
    key: UUID,
    actor: Account,
    at: datetime,
) -> Merge:
    """Make the two cards one: `survivor` stays, the other points at it and stands in no list.

    Args:
        resemblance: the pair.
        survivor: the card that stays.
        wanted: fields that it takes from the other where it has nothing itself; what differs stays as it is.
        reason: by what it is seen that they are one person.
        key: of the form: a second sending of it is the same merge.
        actor: who merges.
        at: when.

    Raises:
        Forbidden, ConfirmAnew: the policy.
        IllegalStep: the pair was decided about, or one of the cards is merged already.
        RuleViolation: they work, sign in or still learn by the card to be absorbed, one of the two decided about the
            other, the two have different СНИЛС, a document would be lost sight of, one of the cards is one's own.
    """
    require(actor, Permission.DOUBLE_MERGE)
    require(actor, Permission.DOUBLE_READ, resemblance)
    for person in (resemblance.one, resemblance.other):
        require_another_person(person.uid, actor, OWN)
    if survivor.pk not in (resemblance.one_id, resemblance.other_id) or not set(wanted) <= set(TAKEABLE):
        raise ValueError("not a card of the pair, or not a field that is taken")
    with transaction.atomic():
        row = lock(resemblance)
        known = Merge.objects.filter(key=key).first()
        if known is not None:
            return known
        stays, goes = _locked(row, survivor.pk)
        accounts = _locked_accounts(goes)
        if row.state != STATE.WAITING:
            raise IllegalStep(CLAUSE, "О паре уже решили: верните её к рассмотрению или откройте решение.")
        _refuse_a_chain(stays, goes)
        refuse_what_stands(stays, goes, legal_date(at))
        _refuse_what_rests(stays, goes)
        _refuse_who_signs_in(stays, goes, accounts)
        for account in accounts:
            shut_account(account, actor=actor, at=at)
        taken = takeable(_values(stays), _values(goes), wanted)
        merge = Merge.objects.create(
            key=key,
            survivor=stays,
            absorbed=goes,
            taken=taken,
            reason=reason,
            merged_by=actor,
            merged_by_person=actor.person_uid,
            merged_at=at,
        )
        record_event(EventType.MERGE_DONE, merge, actor=actor, at=at, clause=CLAUSE)
        _point(goes, stays, taken, merge, actor=actor, at=at)
        row.state = STATE.MERGED
        row.save(update_fields=["state"])
        beside = Resemblance.objects.filter(Q(one=goes) | Q(other=goes)).exclude(pk=row.pk)
        beside.exclude(state=STATE.MERGED).update(state=STATE.GONE)
        compare([stays], at=at)
    return merge


def undo_merge(merge: Merge, *, reason: str, actor: Account, at: datetime) -> Merge:
    """Part two cards again: the absorbed one is as it was, the other gives back what it took and has not changed since.

    Whatever came to be after the merge is about the card on which it was written, and stays there. Accounts that the merge
    closed stay closed: a closed account is never opened, whoever lets learners in gives another.

    Raises:
        Forbidden, ConfirmAnew: the policy.
        IllegalStep: they were parted already.
        RuleViolation: no reason is given, it is one's own merge or one's own card.
    """
    if not reason:
        raise RuleViolation(CLAUSE, "Назовите, по чему видно, что людей двое.", field="reason")
    for person in (merge.survivor, merge.absorbed):
        require_another_person(person.uid, actor, OWN)
    with transaction.atomic():
        pair = Resemblance.objects.get(
            one=min(merge.survivor_id, merge.absorbed_id), other=max(merge.survivor_id, merge.absorbed_id)
        )
        row = lock(pair)
        stays, goes = _locked(row, merge.survivor_id)
        with take(UNDO_MERGE, merge, actor=actor, at=at) as locked:
            require_another_person(locked.merged_by_person, actor, "Объединили вы: разъединяет другой человек.")
            locked.undone_by, locked.undone_by_person, locked.undone_at = actor, actor.person_uid, at
            locked.undo_reason = reason
        _part(goes, stays, locked, actor=actor, at=at)
        row.state = STATE.WAITING
        row.save(update_fields=["state"])
        compare([stays, goes], at=at)
    return locked


def _locked(row: Resemblance, survivor: int) -> tuple[Person, Person]:
    """Return the card that stays and the other, locked in the order of their keys."""
    people = {person.pk: person for person in (lock(row.one), lock(row.other))}
    stays = people.pop(survivor)
    return stays, people.popitem()[1]


def _locked_accounts(goes: Person) -> list[Account]:
    """Return the open accounts of a card, locked in the order of their keys."""
    held = Account.objects.select_for_update(no_key=True).filter(person_uid=goes.uid, is_active=True)
    return list(held.order_by("pk"))


def _refuse_a_chain(stays: Person, goes: Person) -> None:
    if stays.merged_into_id is not None or goes.merged_into_id is not None:
        raise IllegalStep(CLAUSE, "Одна из карточек уже объединена с другой: откройте ту.")
    if Person.objects.filter(merged_into=goes).exists():
        raise IllegalStep(CLAUSE, "С этой карточкой уже объединена другая: сделайте её главной.")


def _refuse_what_rests(stays: Person, goes: Person) -> None:
    if resting := resting_on(goes):
        raise RuleViolation(
            CLAUSE,
            f"В карточке, которую вы поглощаете, есть записи: {', '.join(resting)}. Сделайте её главной.",
            field="survivor",
        )
    if stays.snils and goes.snils:
        raise RuleViolation(
            CLAUSE,
            "В карточках разные СНИЛС: исправьте ошибочный по документу или признайте людей разными.",
            field="survivor",
        )
    if lost := papers_beyond(stays, goes):
        raise RuleViolation(
            "273-ФЗ ст. 76 ч. 3",
            f"Документов об образовании, которых нет в главной карточке: {lost}. Внесите их в неё до объединения.",
            field="survivor",
        )


def _refuse_who_signs_in(stays: Person, goes: Person, accounts: Sequence[Account]) -> None:
    """Refuse to absorb who has ever worked by their card, or to close the only account by which the person comes in."""
    staff = RoleAssignment.objects.filter(account__person_uid=goes.uid, role__in=STAFF)
    if staff.exclude(state=RoleAssignment.State.REFUSED).exists():
        raise RuleViolation("3.8", WORKS, field="survivor")
    if accounts and not Account.objects.filter(person_uid=stays.uid, is_active=True).exists():
        raise RuleViolation("3.8", SIGNS_IN, field="survivor")


def resting_on(person: Person) -> list[str]:
    """Return what a card may not have when it is absorbed, in words; one query a kind of record."""
    kept = (kind for kind in kinds() if kind.about and kind.label not in STAYS_IN_PLACE)
    found = (kind for kind in kept if kind.of([person.uid]).exists())
    return [GROUNDS[kind.label].called.lower() for kind in found]


def papers_beyond(stays: Person, goes: Person) -> int:
    """Return how many education documents of one card the other does not have; two queries."""
    held = {(paper.level, paper.series, paper.number) for paper in stays.education.all()}
    return len({(paper.level, paper.series, paper.number) for paper in goes.education.all()} - held)


def _values(person: Person) -> dict[str, object]:
    return {name: getattr(person, name) for name in TAKEABLE}


def _point(goes: Person, stays: Person, taken: list[str], merge: Merge, *, actor: Account, at: datetime) -> None:
    """Let one card point at the other, which takes what it lacked; a СНИЛС stands on one card alone."""
    values = _values(goes)
    goes.merged_into, goes.human_uid = stays, stays.uid
    if "snils" in taken:
        goes.snils = None
    goes.save(update_fields=["merged_into", "human_uid", "snils"])
    record_event(EventType.PERSON_MERGED, goes, actor=actor, at=at, clause=CLAUSE, merge=merge.pk)
    _set(stays, {name: values[name] for name in taken}, merge, actor=actor, at=at)


def _part(goes: Person, stays: Person, merge: Merge, *, actor: Account, at: datetime) -> None:
    """Give back what was taken and not changed since; then the absorbed card is its own again."""
    taken = [name for name in merge.taken if name not in _changed_since(stays, merge)]
    number = stays.snils
    _set(stays, {name: BLANK[name] for name in taken}, merge, actor=actor, at=at)
    goes.merged_into, goes.human_uid = None, goes.uid
    if "snils" in taken:
        goes.snils = number
    goes.save(update_fields=["merged_into", "human_uid", "snils"])
    record_event(EventType.PERSON_PARTED, goes, actor=actor, at=at, clause=CLAUSE, merge=merge.pk)


def _set(person: Person, values: dict[str, object], merge: Merge, *, actor: Account, at: datetime) -> None:
    if not values:
        return
    for name, value in values.items():
        setattr(person, name, value)
    person.save(update_fields=[*values])
    record_event(
        EventType.PERSON_CHANGED, person, actor=actor, at=at, clause=CLAUSE, fields=sorted(values), merge=merge.pk
    )


def _changed_since(person: Person, merge: Merge) -> set[str]:
    """Return the fields that somebody changed after the merge: what they say now was said of this card."""
    changes = Event.objects.of(person).filter(type=EventType.PERSON_CHANGED.value, at__gte=merge.merged_at)
    told: Iterable[dict[str, object]] = changes.order_by("pk").values_list("body", flat=True)
    later = [body for body in told if "merge" not in body]
    return {str(name) for body in later for name in _listed(body.get("fields"))}


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
