"""Letting learners in: an account, the role by the order of enrolment, a password on a slip (п. 3.8).

The order of enrolment that the head issued is what gives the role, so nobody proposes or approves it once more. Whoever
forms the cohort hands out the slips: they see what the record book shows already, which an administrator must not.

Argon2 takes 0.03 s of a core for each password, by design. So the passwords are hashed before anybody is locked, a few
at a time, and one act gives out `AT_ONCE` of them: its answer is the only place where they can be read, so it must come
while somebody still waits for it. A background job would have to keep them in clear until they are looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import QuerySet

from zachetka.access.guard import require, require_another_person
from zachetka.access.models import Account, RoleAssignment
from zachetka.access.policy import Permission, Role
from zachetka.core.clock import legal_date
from zachetka.core.constraints import refusing
from zachetka.core.errors import IllegalStep, RuleViolation
from zachetka.learning.models import Cohort, Enrolment
from zachetka.learning.queries.entrants import Entrant, Way, admittable, entrants, of_cohort
from zachetka.ledger.actions import Happening, record_events
from zachetka.ledger.events import EventType
from zachetka.people.actions.passwords import SLIP_TERM, initial_password
from zachetka.people.merged import require_unmerged
from zachetka.people.models import Person

CLAUSE: Final = "3.8"
NOT_YET: Final = frozenset({Way.NONE, Way.ROLELESS, Way.LAPSED})
NOT_IN: Final = NOT_YET | {Way.WAITING}
"""Who gets a slip: those without a way in; or also those whose slip was lost before they came in."""
ANYBODY: Final = NOT_IN | {Way.OPEN}
AT_ONCE: Final = 50
"""Slips of one act: under 2 s of a core, far from the minute that a server in front usually waits."""
HASHED_AT_ONCE: Final = 2
"""Argon2 lets the other threads of Python run; each takes 19 MiB meanwhile."""
TURN: Final = timedelta(hours=1)
"""Slips of a large cohort are given again in several acts: who got one in the last hour comes after the others."""
OWN: Final = "Себе вход не дают: это делает другой человек."
PASSWORD_FIELDS: Final = (
    "password", "initial_until", "initial_asked_by", "initial_asked_by_person", "initial_asked_at", "initial_given_by",
    "initial_given_by_person",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slip:
    """What is handed to a person: shown once, kept nowhere.

    Attributes:
        enrolment: whose.
        login: by what they come in.
        password: until they set their own; "" when they come in as before, by the account of an employee.
        until: the end of the password's term; None without one.
    """

    enrolment: Enrolment
    login: str
    password: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Secret:
    """A password for a slip, hashed for the account."""

    password: str
    encoded: str


@dataclass(frozen=True, slots=True)
class Turn:
    """Who gets a slip by the next act, and how many wait for one in all."""

    people: list[Entrant]
    whole: int


def lettable(cohort: Cohort, actor: Account, day: date) -> QuerySet[Enrolment]:
    """Return those of `cohort` whom `actor` may let in on the legal `day`; nobody lets in oneself."""
    return admittable(actor, of_cohort(cohort, day)).exclude(learner__person__human_uid=actor.person_uid)


def next_turn(named: Iterable[Entrant], *, again: bool, at: datetime) -> Turn:
    """Return who of `named` gets a slip by the next act, not more than `AT_ONCE`."""
    waiting = [one for one in named if _gets_slip(one, NOT_IN if again else NOT_YET)]
    if len(waiting) <= AT_ONCE:
        return Turn(waiting, len(waiting))
    recently = at + SLIP_TERM - TURN
    until = {one.enrolment.pk: one.account.initial_until for one in waiting if one.account}
    first = [one for one in waiting if (until.get(one.enrolment.pk) or at) < recently]
    return Turn((first or waiting)[:AT_ONCE], len(waiting))


def admit_cohort(cohort: Cohort, *, again: bool, actor: Account, at: datetime) -> list[Slip]:
    """Let in the next of `cohort` who cannot come in yet: all of a turn or none, a constant number of statements.

    Who comes in, or gets a slip from other hands, while the passwords are hashed keeps what they have.

    Args:
        cohort: whose people.
        again: also those who got a slip and have not come in: the former password ends.
        actor: who hands out the slips.
        at: when.

    Raises:
        Forbidden: the cohort is not of the actor's unit.
    """
    require(actor, Permission.LEARNER_ADMIT, cohort)
    seen = {
        one.enrolment.pk: one
        for one in next_turn(entrants(lettable(cohort, actor, legal_date(at)), at), again=again, at=at).people
    }
    secrets = _secrets([pk for pk, one in seen.items() if not _comes_as_before(one)])
    with transaction.atomic():
        _one_at_a_time(one.enrolment.learner.person_id for one in seen.values())
        named = entrants(lettable(cohort, actor, legal_date(at)).filter(pk__in=seen), at)
        return _admit([one for one in named if _is_the_same(one, seen[one.enrolment.pk])], secrets, actor, at)


def admit(enrolment: Enrolment, *, actor: Account, at: datetime) -> Slip:
    """Let one person in, or give a new password instead of a forgotten one.

    Raises:
        Forbidden: the cohort is not of the actor's unit.
        RuleViolation: oneself, or an account with a role of the staff, whose password takes two people.
        IllegalStep: the person has been withdrawn, their card was absorbed, or the role waits for approval.
    """
    require(actor, Permission.LEARNER_ADMIT, enrolment)
    require_another_person(enrolment.human_uid, actor, OWN)
    require_unmerged(enrolment.learner.person)
    secrets = _secrets([enrolment.pk])
    with transaction.atomic():
        _one_at_a_time([enrolment.learner.person_id])
        found = entrants(of_cohort(enrolment.cohort, legal_date(at)).filter(pk=enrolment.pk), at)
        if not found:
            raise IllegalStep(CLAUSE, "Отчисленному вход не дают.")
        (one,) = found
        if one.works_here and one.way is not Way.ROLELESS:
            raise RuleViolation(
                CLAUSE, "Это запись работника: пароль запрашивает администратор системы, выдаёт другой человек."
            )
        if one.works_here and not one.holds_post:
            raise IllegalStep(CLAUSE, "Роль работника ждёт утверждения: роль слушателя дадут после решения.")
        if not _gets_slip(one, ANYBODY):
            raise IllegalStep(CLAUSE, "Роль слушателя ждёт утверждения администратором безопасности.")
        return _admit([one], secrets, actor, at)[0]


def _gets_slip(one: Entrant, ways: Collection[Way]) -> bool:
    return one.way in ways and (not one.works_here or _comes_as_before(one))


def _comes_as_before(one: Entrant) -> bool:
    """True for an employee whose password came from two people; any other was given by one, and ends (п. 3.8)."""
    return one.way is Way.ROLELESS and one.holds_post


def _is_the_same(one: Entrant, seen: Entrant) -> bool:
    """True when nothing of what decides about a slip has changed since the person was `seen`."""
    return _way_in(one) == _way_in(seen)


def _way_in(one: Entrant) -> tuple[object, ...]:
    account = one.account
    return (one.way, one.works_here, one.holds_post, *((account.pk, account.initial_until) if account else ()))


def _secrets(enrolments: Iterable[int]) -> dict[int, Secret]:
    """Make a password for each of `enrolments`, by primary key. Call with nothing locked: it takes seconds."""
    passwords = {pk: initial_password() for pk in enrolments}
    with ThreadPoolExecutor(HASHED_AT_ONCE) as threads:
        hashed = threads.map(make_password, passwords.values())
        return {pk: Secret(passwords[pk], encoded) for pk, encoded in zip(passwords, hashed, strict=True)}


def _one_at_a_time(people: Iterable[int]) -> None:
    """Lock the people in one order: nobody is let in twice by two pairs of hands."""
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk").values_list("pk"))


def _admit(chosen: list[Entrant], secrets: dict[int, Secret], actor: Account, at: datetime) -> list[Slip]:
    if not chosen:
        return []
    until = at + SLIP_TERM
    given_to = {one.enrolment.pk: secrets[one.enrolment.pk] for one in chosen if not _comes_as_before(one)}
    fresh = _accounts([one for one in chosen if one.account is None], given_to, until)
    renewed = [one for one in chosen if one.account is not None and one.enrolment.pk in given_to]
    for one in renewed:
        _renew(one, given_to[one.enrolment.pk], until, actor)
    Account.objects.bulk_update([one.account for one in renewed if one.account], PASSWORD_FIELDS)
    held = {one.enrolment.pk: one.account or fresh[one.enrolment.pk] for one in chosen}
    unpromised = [one for one in chosen if one.way in {Way.NONE, Way.ROLELESS}]
    roles = RoleAssignment.objects.bulk_create(_role(held[one.enrolment.pk], one.enrolment, at) for one in unpromised)
    given = [held[one.enrolment.pk] for one in chosen if one.enrolment.pk in given_to]
    record_events(
        [
            *(_said(EventType.ACCOUNT_CREATED, account, account, actor, at) for account in fresh.values()),
            *(
                _said(EventType.ROLE_GRANTED, role, role.account, actor, at, role=role.role, order=role.order_number)
                for role in roles
            ),
            *(_said(EventType.ACCOUNT_PASSWORD_GIVEN, account, account, actor, at) for account in given),
        ]
    )
    return [
        Slip(
            one.enrolment,
            held[one.enrolment.pk].login,
            given_to[one.enrolment.pk].password if one.enrolment.pk in given_to else "",
            until if one.enrolment.pk in given_to else None,
        )
        for one in chosen
    ]


def _accounts(newcomers: list[Entrant], secrets: dict[int, Secret], until: datetime) -> dict[int, Account]:
    """Make the accounts; the login is the number of the learner, so it tells no name."""
    logins = {one.enrolment.pk: f"s{one.enrolment.learner_id:05}" for one in newcomers}
    taken = set(Account.objects.filter(login__in=logins.values()).values_list("login", flat=True))
    fresh: dict[int, Account] = {}
    for one in newcomers:
        login, person = logins[one.enrolment.pk], one.enrolment.learner.person
        account = Account(
            login=f"{login}-{person.uid.hex[:6]}" if login in taken else login,
            person_uid=person.uid,
            display_name=person.full_name[:120],
            initial_until=until,
            password=secrets[one.enrolment.pk].encoded,
        )
        fresh[one.enrolment.pk] = account
    grabbed = RuleViolation(CLAUSE, "Пока готовились пароли, один из логинов заняли. Повторите.")
    with refusing({"access_account_login_key": grabbed}):
        Account.objects.bulk_create(fresh.values())
    return fresh


def _renew(one: Entrant, secret: Secret, until: datetime, actor: Account) -> None:
    account = one.account
    if account is None:
        raise LookupError(one.enrolment.pk)
    account.password = secret.encoded
    account.initial_until = until
    account.initial_asked_by = account.initial_asked_by_person = account.initial_asked_at = None
    account.initial_given_by, account.initial_given_by_person = actor, actor.person_uid


def _role(account: Account, enrolment: Enrolment, at: datetime) -> RoleAssignment:
    order = enrolment.enrolment_order
    if order.order_date is None:
        raise LookupError(order.pk)
    return RoleAssignment(
        account=account,
        role=Role.LEARNER,
        state=RoleAssignment.State.ACTIVE,
        order_number=order.number[:40],
        order_date=order.order_date,
        valid_from=order.order_date,
        decided_at=at,
    )


def _said(
    event: EventType,
    subject: Account | RoleAssignment,
    account: Account,
    actor: Account,
    at: datetime,
    **body: object,
) -> Happening:
    return Happening(
        type=event, subject=subject, actor=actor, at=at, clause=CLAUSE, about=account.person_uid, body=dict(body)
    )
