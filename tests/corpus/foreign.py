"""What is somebody else's: a record of each kind that an address or a form can name, and all that is written about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from django.db import connection, transaction
from psycopg import sql

from tests.corpus.canaries import Cage, plant
from zachetka.access.models import Account
from zachetka.core.clock import legal_date
from zachetka.files.actions import store_file
from zachetka.jobs.models import Job
from zachetka.learning.actions.awards import record_award
from zachetka.learning.actions.excuses import record_excuse
from zachetka.learning.actions.mark_uploads import upload_marks
from zachetka.learning.actions.reopenings import ask_reopening
from zachetka.learning.models import Enrolment, MarkSheet
from zachetka.ledger.models import Event
from zachetka.notices.actions import tell
from zachetka.notices.kinds import NoticeKind
from zachetka.notices.models import Notice
from zachetka.people.actions.consents import Terms, give_consent
from zachetka.people.actions.subject_requests import register_request
from zachetka.people.actions.uploads import upload_list
from zachetka.people.models import Person

OVERSEERS: Final = frozenset({"inspector", "head"})
KEEPERS: Final = OVERSEERS | {"registrar"}
SEEN_BY: Final[dict[str, frozenset[str]]] = {
    "people/": KEEPERS | {"methodist", "privacy"},
    "kept/": frozenset({"privacy"}),
    "consents/": frozenset({"methodist", "inspector", "privacy"}),
    "requests/": frozenset({"inspector", "privacy"}),
    "imports/": frozenset({"methodist"}),
    "record-books/": KEEPERS,
    "awards/": KEEPERS,
    "excuses/": frozenset(),
    "sheets/": OVERSEERS,
    "marks/files/": frozenset(),
    "marks/": OVERSEERS | {"registrar"},
    "corrections/": OVERSEERS,
    "reopenings/": OVERSEERS,
    "cohorts/": KEEPERS,
    "orders/": KEEPERS | {"archivist"},
    "programs/": KEEPERS | {"archivist"},
    "events/": frozenset({"security", "inspector", "privacy"}),
    "jobs/": frozenset(),
    "notices/": frozenset(),
    "accounts/security/": frozenset(),
}
"""Beginning of an address → who has any business with a record of another unit there; by the job descriptions, by hand."""

OF_LEARNING: Final = (
    "learning_cohort", "learning_enrolment", "learning_marksheet", "learning_mark", "learning_order", "learning_correction",
    "learning_award", "learning_excuse", "learning_reopening", "learning_markupload", "programs_programversion", "programs_program",
)  # fmt: skip
"""Tables of records with which a role of one unit has no business in another."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """One record of each kind.

    Attributes:
        addresses: beginning of an address as its route writes it → what stands for the parameter.
        keys: table → primary keys of what is foreign there.
        person: whose they are.
    """

    addresses: dict[str, str]
    keys: dict[str, tuple[int, ...]]
    person: str


def belongings(at: datetime, cage: Cage | None = None) -> Foreign:
    """Plant in the other unit what nobody of the demo accounts there has made, about the canary of that `cage` or a new one."""
    cage = cage or plant("foreign", at)
    account = {login: Account.objects.get(login=login) for login in ("gushchina", "aksenov", "privacy")}
    today, known = legal_date(at), {name: values[0] for name, values in cage.addresses.items()}
    enrolment = Enrolment.objects.select_related("learner__person", "cohort").get(pk=known["record-books/"])
    person, cohort = enrolment.learner.person, enrolment.cohort
    excuse = record_excuse(
        enrolment, kind="other", first_day=enrolment.started_on, last_day=today, basis="справка 1", actor=account["gushchina"],
        at=at,
    )  # fmt: skip
    award = record_award(
        enrolment, kind="thanks", wording="за помощь группе", awarded_on=enrolment.started_on, basis="приказ 1",
        actor=account["gushchina"], at=at,
    )  # fmt: skip
    terms = Terms("mailing", today, None, "письмом", "paper", "бланк 1")
    consent = give_consent(person, terms, key=uuid4(), actor=account["privacy"], at=at)
    request = register_request(
        person, key=uuid4(), asked_on=today, document="письмо 1", actor=account["privacy"], at=at
    )
    sheet = MarkSheet.objects.filter(cohort=cohort).exclude(pk=known["sheets/"]).order_by("pk")[0]
    reopening = ask_reopening(
        MarkSheet.objects.get(pk=known["sheets/"]), reason="не вся группа", basis="записка 3", until=today + timedelta(days=3),
        actor=account["gushchina"], at=at,
    )  # fmt: skip
    table = f"ФИО;Оценка\n{person.full_name};зач\n".encode()
    marks = upload_marks(table, cohort, sheet, name="Оценки.csv", key=uuid4(), actor=account["aksenov"], at=at)
    people = "Фамилия;Имя;Дата рождения\nЗябликвзнова;Анна;01.02.1990\n".encode()
    uploaded = upload_list(people, name="Список.csv", key=uuid4(), actor=account["gushchina"], at=at)
    with transaction.atomic():
        tell(NoticeKind.ORDER_WAITS, [account["gushchina"]], title="Ждёт", url="/orders/", key="foreign", at=at)
    kept = store_file([b"%PDF-1.7"], name="Книжки.pdf", media_type="application/pdf", actor=account["gushchina"], at=at)
    job = Job.objects.create(
        kind="foreign",
        title="Книжки",
        asked_by=account["gushchina"],
        asked_at=at,
        state="done",
        ended_at=at,
        result=kept,
        kept_until=today + timedelta(days=30),
    )
    version = cohort.program_version
    known |= {
        "awards/": str(award.pk), "excuses/": str(excuse.pk), "reopenings/": str(reopening.pk), "consents/": str(consent.pk), "requests/": str(request.pk), "marks/files/": str(marks.pk),
        "imports/": str(uploaded.pk), "notices/": str(Notice.objects.get(key="foreign").pk), "jobs/": str(job.pk),
        "programs/versions/": str(version.pk), "events/": str(Event.objects.filter(subject_uid=person.uid).latest("pk").pk),
    }  # fmt: skip
    return Foreign(known, _keys(known, version.pk), str(Person.objects.get(pk=person.pk).uid))


def _keys(known: dict[str, str], version: int) -> dict[str, tuple[int, ...]]:
    at = {
        "learning_cohort": "cohorts/<int", "learning_enrolment": "record-books/", "learning_marksheet": "sheets/",
        "learning_mark": "marks/", "learning_order": "orders/", "learning_correction": "corrections/",
        "learning_award": "awards/", "learning_excuse": "excuses/", "learning_reopening": "reopenings/", "learning_markupload": "marks/files/", "programs_program": "programs/",
    }  # fmt: skip
    keys: dict[str, tuple[int, ...]] = {table: (int(known[beginning]),) for table, beginning in at.items()}
    return keys | {"programs_programversion": (version,)}


def about(foreign: Foreign, tables: Iterable[str] = OF_LEARNING) -> dict[str, str]:
    """Return a digest of what is foreign and of every row of the database that refers to it, column by column."""
    wanted = {table: list(foreign.keys[table]) for table in tables}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, attname, confrelid::regclass::text FROM pg_constraint "
            "JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1] "
            "WHERE contype = 'f' AND cardinality(conkey) = 1 ORDER BY 1, 2"
        )
        columns = [row for row in cursor.fetchall() if row[2] in wanted]
        columns += [(table, "id", table) for table in wanted]
        told = "SELECT {0}, count(*), coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {1} t WHERE {2} = ANY ({3})"
        asked = [
            sql.SQL(told).format(
                sql.Literal(f"{table}.{column}"),
                sql.Identifier(table),
                sql.Identifier(column),
                sql.Literal(wanted[target]),
            )
            for table, column, target in columns
        ]
        cursor.execute(sql.SQL(" UNION ALL ").join(asked))
        return {place: f"{rows}:{digest}" for place, rows, digest in cursor.fetchall()}
