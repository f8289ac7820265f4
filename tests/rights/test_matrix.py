"""The page of rights, walked cell by cell against real rows and held to a second, hand-kept page (п. 3.8).

Each cell is then dropped, added, widened, narrowed and opened wider; a change that the walk does not notice is a defect of
the walk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import uuid4

import pytest

from tests.rights.descriptions import APART, DESCRIPTIONS
from zachetka.access.guard import fields, grants_of, visible
from zachetka.access.models import Account
from zachetka.access.policy import (
    DOCUMENTS,
    MATRIX,
    PERSONAL,
    SEPARATED,
    WORK,
    FieldClass,
    Grant,
    Permission,
    Role,
    Scope,
)
from zachetka.access.tests.make import SINCE, give_role, make_account, make_unit
from zachetka.learning.models import Enrolment
from zachetka.learning.tests.make import make_cohort, make_enrolment
from zachetka.people.models import Employee
from zachetka.people.tests.make import make_employee, make_learner
from zachetka.programs.tests.make import make_program_version

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.django_db]

NOTHING = ("", "")
REACHED = {
    frozenset({"own"}): "own",
    frozenset({"taught"}): "taught",
    frozenset({"unit"}): "unit",
    frozenset({"own", "taught", "unit", "foreign"}): "all",
}
"""Rows seen → the word of the hand-kept page. Every other set of rows is a scope that nobody has described."""
OPENS = {WORK: "", PERSONAL: "personal", DOCUMENTS: "documents"}


@dataclass(frozen=True, slots=True)
class World:
    """For each role an account and the record books as its person stands to them."""

    books: dict[Role, dict[int, str]]
    accounts: dict[Role, Account]


@pytest.fixture
def world() -> World:
    """For each role somebody who learns in one cohort, teaches another and works in a unit; and cohorts that are not theirs.

    Each role has a person of its own: separated ones are kept from one person by the database.
    """
    ours, theirs = make_unit(), make_unit()
    one_of_ours, one_of_theirs = make_program_version(unit=ours), make_program_version(unit=theirs)
    colleague = make_employee(unit=theirs)
    unit = make_enrolment(make_cohort(one_of_ours, teacher=colleague))
    foreign = make_enrolment(make_cohort(one_of_theirs, teacher=colleague))
    learnt, shared = make_cohort(one_of_theirs, teacher=colleague), {unit.pk: "unit", foreign.pk: "foreign"}
    books, accounts = dict[Role, dict[int, str]](), dict[Role, Account]()
    for role in Role:
        me = make_learner(uid=uuid4())
        employee = Employee.objects.create(person=me.person, unit=ours, position="преподаватель", hired_on=SINCE)
        taught = make_enrolment(make_cohort(one_of_theirs, teacher=colleague))
        taught.cohort.sheets.update(teacher=employee)  # past the rule of who may teach: each has one role here
        books[role] = shared | {make_enrolment(learnt, me).pk: "own", taught.pk: "taught"}
        accounts[role] = make_account(person_uid=me.person.uid)
        give_role(accounts[role], role, unit=ours)
    return World(books, accounts)


def described(role: Role, permission: Permission) -> tuple[str, str]:
    """Return scope and fields that the hand-kept page gives, nothing when it has no such line."""
    for line in DESCRIPTIONS[role.value].split("\n"):
        words = line.split()
        if words and words[0] == permission.value:
            return words[1], words[2] if len(words) > 2 else ""
    return NOTHING


def observed(world: World, role: Role, permission: Permission) -> tuple[str, str]:
    """Return how far the permission reaches and what it opens, as seen on the rows themselves."""
    actor = world.accounts[role]
    if not grants_of(actor, permission):
        return NOTHING
    known = Enrolment.objects.filter(pk__in=world.books[role])
    seen = list(known.filter(visible(actor, permission, Enrolment)).order_by("pk"))
    reach = REACHED.get(frozenset(world.books[role][book.pk] for book in seen), "nobody described this")
    return reach, OPENS.get(fields(actor, seen[0], permission), "?") if seen else "?"


def flips(role: Role, permission: Permission) -> Iterator[dict[Role, Grant]]:
    """Yield the row of a permission with the cell of one role changed in every way there is."""
    row = MATRIX[permission]
    held = row.get(role)
    if held is None:
        yield from ({**row, role: Grant(scope, "проверка")} for scope in Scope)
        return
    yield {other: grant for other, grant in row.items() if other is not role}
    yield from ({**row, role: replace(held, scope=scope)} for scope in Scope if scope is not held.scope)
    yield from ({**row, role: replace(held, fields=opened)} for opened in OPENS if opened != held.fields)


def test_every_cell_gives_what_the_job_description_says(world: World) -> None:
    wrong = {
        (role.value, permission.value): (observed(world, role, permission), described(role, permission))
        for permission in Permission
        for role in Role
        if observed(world, role, permission) != described(role, permission)
    }
    assert wrong == {}


def test_every_flip_of_a_cell_is_noticed(world: World) -> None:
    missed, tried = [], 0
    for permission in Permission:
        for role in Role:
            for row in flips(role, permission):
                with pytest.MonkeyPatch.context() as patch:
                    patch.setitem(MATRIX, permission, row)
                    tried += 1
                    if observed(world, role, permission) == described(role, permission):
                        missed.append((permission.value, role.value, row.get(role)))
    assert missed == []
    assert tried > len(Permission) * len(Role) * 3


def test_a_walk_that_compares_the_page_with_itself_would_miss_every_flip(world: World) -> None:
    """The negative control: why there is a second page."""
    role, permission = Role.ARCHIVIST, Permission.PERSON_READ
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(MATRIX, permission, {**MATRIX[permission], role: Grant(Scope.ALL, "проверка")})
        itself = bool(grants_of(world.accounts[role], permission)) == (role in MATRIX[permission])
        assert itself, "the page agrees with itself"
        assert observed(world, role, permission) != described(role, permission)


def test_the_hand_kept_page_speaks_of_nothing_else() -> None:
    known = {permission.value for permission in Permission}
    assert DESCRIPTIONS.keys() == {role.value for role in Role}
    for role, lines in DESCRIPTIONS.items():
        named = [line.split()[0] for line in lines.split("\n") if line.strip()]
        assert set(named) <= known, role
        assert len(named) == len(set(named)), role


def test_the_roles_kept_apart_are_those_of_the_hand_kept_page() -> None:
    assert frozenset(frozenset(role.value for role in pair) for pair in SEPARATED) == APART


def test_special_classes_open_in_order() -> None:
    assert WORK < PERSONAL < DOCUMENTS
    assert FieldClass.PERSONAL_DOCUMENTS in DOCUMENTS - PERSONAL
