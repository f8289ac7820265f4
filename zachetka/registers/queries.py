"""Reads of register books: what they hold and whether a number is missing (п. 2.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Final, NamedTuple

from django.apps import apps
from django.db import connection
from django.db.models import Case, Exists, Model, OuterRef, QuerySet, Subquery, Value, When
from django.urls import reverse

from zachetka.access.guard import visible
from zachetka.access.policy import Permission, Role
from zachetka.core.clock import LEGAL_ZONE, legal_date
from zachetka.registers.models import Entry, Register
from zachetka.rendering.tasks import Notice

if TYPE_CHECKING:
    from zachetka.access.models import Account

KEEPERS: Final = frozenset({Role.REGISTRAR, Role.ARCHIVIST})
"""Who keeps the books and who takes them over."""
MOST_NOTICED: Final = 1000
_CHECK: Final = """
SELECT r.id, e.entries, e.numbers, CASE WHEN e.counted < r.last_number THEN
       (SELECT min(n) FROM generate_series(1, r.last_number) n
        WHERE NOT EXISTS (SELECT FROM registers_entry g WHERE g.register_id = r.id AND g.number = n)) END
FROM registers_register r CROSS JOIN LATERAL (
    SELECT count(*) AS entries, count(DISTINCT number) AS numbers,
           count(DISTINCT number) FILTER (WHERE number BETWEEN 1 AND r.last_number) AS counted
    FROM registers_entry WHERE register_id = r.id) e
WHERE r.id = ANY(%s)
"""
"""Numbers are counted along their index; only where one is missing is it looked for."""


@dataclass(frozen=True, slots=True)
class Count:
    """What SQL counts in a book.

    Attributes:
        given: the last number of the counter.
        entries: lines of the book.
        doubles: lines whose number another line has.
        first_missing: the first number that was counted and is not in the book, or None.
    """

    given: int
    entries: int
    doubles: int
    first_missing: int | None

    @property
    def is_whole(self) -> bool:
        """True when the book has each number from 1 to the last exactly once."""
        return self.entries == self.given and not self.doubles and self.first_missing is None

    @property
    def sentence(self) -> str:
        """What the check found, in Russian."""
        if not self.given:
            return "номеров ещё нет"
        if self.is_whole:
            return f"1–{self.given}, без пропусков" if self.given > 1 else "№ 1, без пропусков"
        if self.first_missing is not None:
            return f"нет № {self.first_missing}"
        return f"повторов: {self.doubles}" if self.doubles else f"записей {self.entries}, выдано {self.given}"


def books(actor: Account) -> QuerySet[Register]:
    """Return the books that `actor` may see, with the moment of the last entry, this year first."""
    last = Entry.objects.filter(register=OuterRef("pk")).order_by("-number").values("entered_at")[:1]
    return Register.objects.visible_to(actor).annotate(last_at=Subquery(last)).order_by("-year", "title")


def notices(actor: Account, at: datetime) -> list[Notice]:
    """Return the numbers given today, for whoever keeps the books or takes them over; one query (п. 2.5)."""
    if not actor.roles_held & KEEPERS:
        return []
    midnight = datetime.combine(legal_date(at), time(), tzinfo=LEGAL_ZONE)
    today = Entry.objects.filter(register__in=Register.objects.visible_to(actor), entered_at__gte=midnight)
    found = list(today.order_by("-pk").values_list("written", flat=True)[:MOST_NOTICED])
    books = reverse("registers:list")
    if not found:
        return [Notice("Сегодня номеров не давали", "Книги регистрации", "list-numbers", "info", books)]
    number = f"{len(found)} и больше" if len(found) == MOST_NOTICED else str(len(found))
    last = ", ".join(f"№ {written}" for written in found[:3])
    return [Notice(f"Дано номеров сегодня: {number}", f"Последние: {last}", "list-numbers", "info", books)]


def checked(registers: Sequence[Register]) -> dict[int, Count]:
    """Return what SQL counts in each of `registers`, by primary key; one statement, nothing is remembered (п. 2.5)."""
    given = {register.pk: register.last_number for register in registers}
    with connection.cursor() as cursor:
        cursor.execute(_CHECK, [list(given)])
        return {
            pk: Count(given[pk], entries, entries - distinct, missing)
            for pk, entries, distinct, missing in cursor.fetchall()
        }


class Numbered(NamedTuple):
    """A kind of record that has numbers: its word, the name of its page, who may open that."""

    word: str
    page: str
    permission: Permission


RECORDS: Final = {
    "destruction.act": Numbered("акт об уничтожении", "destruction:act", Permission.DESTRUCTION_READ),
    "learning.order": Numbered("приказ", "learning:order", Permission.ORDER_READ),
    "learning.enrolment": Numbered("зачётная книжка", "learning:record-book", Permission.RECORD_BOOK_READ),
}
"""A kind that is not here is shown without a link."""


def entries_of(register: Register, reader: Account) -> QuerySet[Entry]:
    """Return the lines of `register` with who entered them and whether its record `opens` to `reader`."""
    opens = [
        When(record_type=kind, then=_opened(apps.get_model(kind), numbered.permission, reader))
        for kind, numbered in RECORDS.items()
    ]
    return (
        Entry.objects.filter(register=register)
        .select_related("entered_by")
        .annotate(opens=Case(*opens, default=Value(False)))  # noqa: FBT003 - SQL's own word
    )


def _opened(model: type[Model], permission: Permission, reader: Account) -> Exists:
    return Exists(model._base_manager.filter(visible(reader, permission, model), pk=OuterRef("record_id")))
