"""Taking a summary sheet away: on paper or as a workbook, each leaves a trace or does not happen (п. 2.2, 2.5, 3.8)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction

from zachetka.access.guard import require
from zachetka.access.models import RoleAssignment
from zachetka.access.policy import Permission, Role
from zachetka.core.clock import legal_date
from zachetka.core.hashing import sha256
from zachetka.jobs.actions import ask_for
from zachetka.learning.actions.record_books import RecordsDiffer, signer_of
from zachetka.learning.as_of import moment_of
from zachetka.learning.models import Cohort, Enrolment
from zachetka.learning.queries.summary import Summary, summary_of
from zachetka.learning.queries.summary_proof import proof_of
from zachetka.learning.summary_paper import content_of, paper_of, workbook_of
from zachetka.learning.tokens import event_token, new_check
from zachetka.ledger.actions import record_event, record_statement
from zachetka.ledger.events import EventType
from zachetka.ledger.proofs import NotSealedYet
from zachetka.programs.models import Module
from zachetka.rendering.forms import summary_sheet as form
from zachetka.rendering.press import Pdf, press
from zachetka.rendering.taken import count_taking

if TYPE_CHECKING:
    from datetime import date

    from zachetka.access.models import Account
    from zachetka.jobs.models import Job
    from zachetka.rendering.forms.mentions import Signer

CLAUSE: Final = "2.5"
FORMED: Final = "Группа сформирована"
PAPER: Final = "summary-paper"
LARGE: Final = 4_000
"""Marks on a paper that a request still sets, in a second or so; more are set in the background (п. 3.9)."""


def is_large(cohort: Cohort) -> bool:
    """True when the paper of `cohort` holds more marks than a request should wait for; two queries."""
    people = Enrolment.objects.filter(cohort=cohort).count()
    return people * Module.objects.filter(version=cohort.program_version_id).count() > LARGE


def ask_for_paper(cohort: Cohort, day: str, *, actor: Account, at: datetime) -> Job:
    """Ask for the paper of a large sheet as of `day`, "" for the moment of asking; asked again it is the same work.

    Raises:
        Forbidden: the policy does not let the actor read the sheet.
        RuleViolation: not a day on which there was anything to show.
    """
    require(actor, Permission.SUMMARY_READ, cohort)
    moment_of(day, first=legal_date(cohort.created_at), at=at, opened=FORMED)
    return ask_for(PAPER, f"Сводная ведомость группы {cohort.code}, PDF", actor=actor, at=at, cohort=cohort.pk, on=day)


def print_summary(cohort: Cohort, *, actor: Account, at: datetime, seen_at: datetime) -> Pdf:
    """Print the sheet of `cohort` as it stood at `seen_at`: stated in the ledger first, then set, then recorded.

    The statement commits to every mark on the sheet and gives the paper its number. No transaction is open while the
    paper is being set; a statement whose paper was not set harms nobody. Call outside a transaction.

    Raises:
        TooMany: the actor has used up the lists of these ten minutes.
        Forbidden: the policy does not let the actor read the sheet.
        RuleViolation: a character of a record cannot be printed.
        RecordsDiffer: a record was changed past the system, or is not in the signed tree at its place.
        NotSealedYet: the tree has not been signed even once.
    """
    count_taking(actor, at)
    with transaction.atomic():
        require(actor, Permission.SUMMARY_READ, cohort)
        summary = summary_of(cohort, at=at, seen_at=seen_at)
        proven = proof_of(summary)
        if not proven.is_whole:
            raise RecordsDiffer("ведомость не напечатана")
        if proven.checkpoint is None:
            raise NotSealedYet
        check = new_check()
        stated = record_statement(
            EventType.SUMMARY_STATED,
            cohort,
            content_of(summary),
            actor=actor,
            at=at,
            clause=CLAUSE,
            check=check,
            as_of=summary.seen_at,
            learners=len(summary.lines),
            modules=len(summary.modules),
            tree_size=proven.checkpoint.tree_size,
        )
        proof = form.Proof(
            address=f"{settings.PUBLIC_URL}/verify/{event_token(stated.pk, check)}",
            number=stated.pk,
            commitment=bytes(stated.commitment or b"").hex(),
            compared=proven.compared,
            unsealed=proven.unsealed,
            tree_size=proven.checkpoint.tree_size,
            root=bytes(proven.checkpoint.root).hex(),
            checked_at=at,
        )
        paper = paper_of(summary, proof, _signers(actor, legal_date(at)))
    pdf = press.render(form.FORM, form.printed(paper, at), at)
    _record(summary, "pdf", pdf.content, actor=actor, at=at, statement=stated.pk)
    return pdf


def export_summary(cohort: Cohort, *, actor: Account, at: datetime, seen_at: datetime) -> bytes:
    """Return the sheet as a workbook and record who took it; call outside a transaction (п. 3.8).

    Raises:
        TooMany: the actor has used up the lists of these ten minutes.
        Forbidden: the policy does not let the actor read the sheet.
    """
    count_taking(actor, at)
    require(actor, Permission.SUMMARY_READ, cohort)
    summary = summary_of(cohort, at=at, seen_at=seen_at)
    content = workbook_of(summary, at)
    _record(summary, "xlsx", content, actor=actor, at=at)
    return content


def _record(
    summary: Summary, kind: str, content: bytes, *, actor: Account, at: datetime, statement: int | None = None
) -> None:
    with transaction.atomic():
        record_event(
            EventType.LIST_EXPORTED,
            summary.cohort,
            actor=actor,
            at=at,
            clause=CLAUSE,
            list="summary",
            form=kind,
            as_of=summary.seen_at,
            rows=len(summary.lines),
            sha256=sha256(content).hex(),
            statement=statement,
        )


def _signers(actor: Account, day: date) -> list[Signer]:
    """Return who signs with a pen: whoever prints, and the head of the academy when there is exactly one."""
    heads = RoleAssignment.objects.in_force(day).filter(role=Role.HEAD, account__is_active=True)
    people = {one.account.person_uid: one.account for one in heads.select_related("account")}
    people.pop(actor.person_uid, None)
    accounts = [actor, *(people.values() if len(people) == 1 else ())]
    return [signer for account in accounts if (signer := signer_of(account, day))]
