"""Long work that belongs to no room: the check of the whole ledger, seen while it goes (п. 3.3, 3.9)."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.urls import reverse

from zachetka.core.clock import now
from zachetka.core.provable import provable_models
from zachetka.core.russian import Gender, Noun, counted
from zachetka.jobs.work import Progress, Result, doing
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.ledger.findings import Report
from zachetka.ledger.verification import verify

WHOLE: Final = 100
EVENT: Final = Noun("событие", "события", "событий", Gender.NEUTER)
RECORD: Final = Noun("запись", "записи", "записей", Gender.FEMININE)
FINDING: Final = Noun("расхождение", "расхождения", "расхождений", Gender.NEUTER)


@doing("ledger-check")
def check_ledger(progress: Progress) -> Result:
    """Check the ledger against itself and the database against the ledger; the outcome becomes an event."""
    progress.begin(WHOLE)
    parts, seen = 1 + len(provable_models()), list[str]()

    def tell(what: str, done: int, total: int) -> None:
        if not seen or seen[-1] != what:
            seen.append(what)
        share = (len(seen) - 1 + done / max(total, 1)) / parts
        progress.step(min(WHOLE - 1, int(WHOLE * share)))

    report = verify(progress=tell, at=now())
    first = report.first_bad
    with transaction.atomic():
        record_event(
            EventType.LEDGER_CHECKED,
            None,
            actor=progress.job.asked_by,
            at=now(),
            clause="3.3",
            ok=report.ok,
            events=report.events,
            tree_size=report.tree_size,
            rows=report.rows,
            found=report.found,
            first_type=first.object_type if first else "",
            first_id=first.object_id if first else "",
        )
    return Result(outcome(report), url=reverse("events:ledger"))


def outcome(report: Report) -> str:
    """Return what a check found, one sentence."""
    if report.first_bad is None:
        return f"Журнал цел: сошлись {counted(report.events, EVENT)} и {counted(report.rows, RECORD)}."
    return f"Найдено: {counted(report.found, FINDING)}. Первое: {report.first_bad.sentence}"
