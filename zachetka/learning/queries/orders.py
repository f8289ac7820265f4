"""Reads of orders across several models (273-ФЗ ст. 53, 59, 61)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Upper
from django.db.models.lookups import Exact
from django.urls import reverse

from zachetka.access.guard import READER, Scopes, reach, scopes_of
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.composed import Composed, Given
from zachetka.core.russian import Gender, Noun, counted
from zachetka.learning.lifecycle import WRITTEN_BY
from zachetka.learning.models import Cohort, Enrolment, Order, OrderLine
from zachetka.lifecycle.hands import handled
from zachetka.rendering.tasks import Hit, Task

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.learning.models import Cohort

PEOPLE = Noun("человек", "человека", "человек", Gender.MASCULINE)
STATE = Order.State
_NUMBER = OrderLine.objects.filter(order=OuterRef("pk")).order_by().values("order").annotate(n=Count("pk")).values("n")
ABOUT = {
    Order.Kind.ENROLMENT: "о зачислении в группу",
    Order.Kind.ADMISSION: "о допуске группы",
    Order.Kind.WITHDRAWAL: "об отчислении из группы",
    Order.Kind.STUDY_PLAN: "об индивидуальном плане в группе",
    Order.Kind.TRANSFER: "о переводе из группы",
}


def listed(actor: Account) -> QuerySet[Order]:
    """Return the orders that `actor` may see, with how many people each names; one query."""
    return _shown(Order.objects.visible_to(actor))


def _shown(orders: QuerySet[Order]) -> QuerySet[Order]:
    shown = orders.select_related("cohort__program_version", "drafted_by", "approved_by").defer("text")
    return shown.annotate(people=Coalesce(Subquery(_NUMBER), 0))


def order_page(actor: Account, pk: int) -> QuerySet[Order]:
    """Return the order with everything its page shows; a fixed number of queries."""
    return (
        Order.objects.visible_to(actor)
        .filter(pk=pk)
        .select_related(
            "cohort__program_version__program", "target__program_version__program", "drafted_by", "approved_by"
        )
        .prefetch_related("lines__learner__person__names", "lines__learner__person__education")
    )


def may_be_planned(actor: Account, cohort: Cohort) -> QuerySet[Enrolment]:
    """Return whom of `cohort` an individual plan may be drafted for, each with the plan in force; one query."""
    rows = Enrolment.objects.visible_to(actor, Permission.ORDER_DRAFT).filter(cohort=cohort)
    learning = rows.filter(state=Enrolment.State.ACTIVE).select_related("learner__person", "study_plan")
    return learning.order_by("learner__person__sort_key", "pk")


def tasks(actor: Account, at: datetime) -> list[Task]:
    """Return the orders that wait for `actor`: to issue for the head, to finish for the methodist; two queries."""
    found = []
    if actor.allowed(Permission.ORDER_APPROVE):
        waiting = _to_issue(scopes_of(actor, Order.objects.all().read_permission))
        found += [
            Task(
                f"Приказ {ABOUT[Order.Kind(order.kind)]} {order.cohort.code} — на подписи",
                f"{_people(order)} · проект — {order.drafted_by} · с {order.effective_on:%d.%m.%Y}",
                reverse("learning:order", args=[order.pk]),
                "Рассмотреть",
                order.effective_on,
            )
            for order in waiting(person_uid=actor.person_uid)
        ]
    if actor.allowed(Permission.ORDER_DRAFT):
        drafts = _own_drafts(scopes_of(actor, Order.objects.all().read_permission))
        found += [_draft_task(order, at) for order in drafts(person_uid=actor.person_uid)]
    return found


@cache
def _to_issue(scopes: Scopes) -> Composed[Order]:
    waiting = Order.objects.filter(reach(scopes, Order), state=STATE.SUBMITTED).exclude(drafted_by_person=READER)
    waiting = waiting.exclude(handled(Order, WRITTEN_BY, READER))
    return Composed(lambda: _shown(waiting.exclude(lines__learner__person__human_uid=READER)))


@cache
def _own_drafts(scopes: Scopes) -> Composed[Order]:
    drafts = Order.objects.filter(reach(scopes, Order), state=STATE.DRAFT, drafted_by_person=READER)
    return Composed(lambda: _shown(drafts))


def _draft_task(order: Order, at: datetime) -> Task:
    what = f"{ABOUT[Order.Kind(order.kind)]} {order.cohort.code}"
    where = reverse("learning:order", args=[order.pk])
    if order.remark:
        return Task(f"Приказ {what} возвращён: {order.remark}", _people(order), where, "Исправить", legal_date(at))
    return Task(
        f"Проект приказа {what} не передан на подпись", _people(order), where, "Передать",
        max(order.effective_on, legal_date(order.drafted_at) + timedelta(days=1)),
    )  # fmt: skip


def _people(order: Order) -> str:
    return counted(order.people, PEOPLE)  # type: ignore[attr-defined] # annotated by `listed`


def search(actor: Account, text: str, limit: int) -> list[Hit]:
    """Find orders by number or cohort; one query."""
    found = _found(scopes_of(actor, Permission.ORDER_READ), limit)(text=text, person_uid=actor.person_uid)
    return [
        Hit(str(order), f"{ABOUT[Order.Kind(order.kind)]} {order.cohort.code}", reverse("learning:order", args=[order.pk]),
            "приказ", "file-text")
        for order in found
    ]  # fmt: skip


@cache
def _found(scopes: Scopes, limit: int) -> Composed[Order]:
    text = Upper(Given("text"))
    numbered = Order.objects.filter(Exact(Upper("number"), text)).order_by().values("pk")
    cohorts = Cohort.objects.filter(Exact(Upper("code"), text)).order_by().values("pk")
    of_cohort = Order.objects.filter(cohort__in=cohorts).order_by().values("pk")
    told = Order.objects.select_related("cohort").only("kind", "number", "order_date", "cohort__code")
    return Composed(lambda: told.filter(reach(scopes, Order), pk__in=numbered.union(of_cohort))[:limit])
