"""The file of a job is kept until a day, then it goes and the page says so (152-ФЗ ст. 5 ч. 7; п. 3.9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from zachetka.access.models import Account
from zachetka.access.policy import Permission, Role
from zachetka.access.tests.make import make_account
from zachetka.core.clock import now
from zachetka.files import store
from zachetka.files.actions import store_file
from zachetka.files.models import StoredFile
from zachetka.jobs import taking, work
from zachetka.jobs.actions import ask_for, handed_out, keep_part, keep_result, remove_files
from zachetka.jobs.models import Job, JobPart
from zachetka.jobs.work import Progress, Result, do, doing, give_up
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event

pytestmark = [
    pytest.mark.clause("152-ФЗ ст. 5 ч. 7"),
    pytest.mark.usefixtures("db", "collected_statics"),
]

MADE = datetime.fromisoformat("2026-11-30T12:00:00+03:00")
LAST = date(2026, 12, 7)
CONTENT = b"%PDF the record books of a group"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[time_machine.Traveller]:
    monkeypatch.setattr(work, "WORKERS", {})
    opened: dict[str, taking.Opened] = {}
    monkeypatch.setattr(work, "OPENED", opened)
    monkeypatch.setattr(taking, "OPENED", opened)
    monkeypatch.setattr(work, "close_old_connections", lambda: None)
    with time_machine.travel(MADE, tick=False) as traveller:
        yield traveller


def make_file(asker: Account, number: int = 1, content: bytes = CONTENT) -> Job:
    """Let a worker make a file for `asker`."""
    if "gather" not in work.WORKERS:

        @doing("gather", opened=lambda job: (Permission.JOB_READ, job))
        def gather(progress: Progress) -> Result:
            stored = store_file([content], name="Книжки.pdf", media_type="application/pdf", actor=asker, at=now())
            return Result("Собрано.", file=stored)

    job = ask_for("gather", "Зачётные книжки", actor=asker, at=now(), number=number)
    do(job.pk, is_last=True)
    job.refresh_from_db()
    return job


def is_there(job: Job) -> bool:
    assert job.result is not None
    return store.place(job.result.sha256).exists()


def page_of(asker: Account, job: Job) -> tuple[str, int]:
    """Return the page of the job and how its file answers."""
    client = Client()
    client.force_login(asker)
    page = client.get(f"/jobs/{job.pk}/").content.decode().replace("\u00a0", " ")
    return page, client.get(f"/jobs/{job.pk}/result/").status_code


def test_a_file_is_there_to_the_end_of_its_last_day_and_gone_the_next(clock: time_machine.Traveller) -> None:
    asker = make_account(Role.METHODIST)
    job = make_file(asker)
    assert job.kept_until == LAST
    clock.move_to(MADE + timedelta(days=7, hours=11, minutes=59))
    assert remove_files(now()) == 0
    page, status = page_of(asker, job)
    assert (is_there(job), status) == (True, 200)
    assert "Файл хранится до 07.12.2026." in page
    clock.move_to(MADE + timedelta(days=7, hours=12, minutes=1))
    assert remove_files(now()) == 1
    page, status = page_of(asker, job)
    assert (is_there(job), status) == (False, 409)
    assert "Файл хранился до 07.12.2026." in page
    assert f"/jobs/{job.pk}/result/" not in page
    event = Event.objects.get(type=EventType.JOB_FILE_REMOVED)
    assert (event.actor, event.body) == (None, {"file": job.result_id, "sha256": StoredFile.objects.get().sha256})
    assert remove_files(now()) == 0, "once"
    assert Event.objects.filter(type=EventType.JOB_FILE_REMOVED).count() == 1


def test_nobody_is_handed_a_file_past_its_term_while_the_worker_is_late(clock: time_machine.Traveller) -> None:
    asker = make_account(Role.METHODIST)
    job = make_file(asker)
    clock.move_to(MADE + timedelta(days=9))
    assert is_there(job)
    assert page_of(asker, job)[1] == 409


def test_the_same_bytes_stay_while_anything_that_is_kept_has_them(clock: time_machine.Traveller) -> None:
    asker = make_account(Role.METHODIST)
    first = make_file(asker, 1)
    clock.move_to(MADE + timedelta(days=3))
    second = make_file(asker, 2)
    clock.move_to(MADE + timedelta(days=9))
    assert remove_files(now()) == 1
    assert is_there(second), "the second is kept three days longer"
    clock.move_to(MADE + timedelta(days=12))
    assert remove_files(now()) == 1
    assert not is_there(first)


def test_bytes_that_somebody_handed_in_are_nobodys_to_remove(clock: time_machine.Traveller) -> None:
    asker = make_account(Role.METHODIST)
    job = make_file(asker)
    store_file([CONTENT], name="Список.pdf", media_type="application/pdf", actor=asker, at=now())
    clock.move_to(MADE + timedelta(days=9))
    assert remove_files(now()) == 1
    assert is_there(job)


def test_a_removed_file_is_not_what_a_later_worker_goes_on_with(clock: time_machine.Traveller) -> None:
    asker = make_account(Role.METHODIST)
    job = make_file(asker)
    assert job.result is not None
    assert handed_out(job) == job.result
    clock.move_to(MADE + timedelta(days=9))
    remove_files(now())
    assert handed_out(job) is None


def test_a_file_that_does_not_go_keeps_no_other_file_and_no_part(
    clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    asker = make_account(Role.METHODIST)
    stuck = make_file(asker, 1)
    work.WORKERS.clear()
    other = make_file(asker, 2, b"%PDF of another group")
    with transaction.atomic():
        part = keep_part(other, "книжка 1", b"left behind")
    assert stuck.result is not None
    held, remove = stuck.result.sha256, store.remove

    def fail(sha256: str) -> None:
        if sha256 == held:
            raise OSError("read-only")
        remove(sha256)

    clock.move_to(MADE + timedelta(days=9))
    with monkeypatch.context() as broken:
        broken.setattr(store, "remove", fail)
        with pytest.raises(ExceptionGroup) as faults:
            remove_files(now())
    assert [str(fault) for fault in faults.value.exceptions] == ["read-only"]
    assert (is_there(stuck), is_there(other), store.place(part.sha256).exists()) == (True, False, False)
    stuck.refresh_from_db()
    assert stuck.removed_at == now(), "marked and recorded before its bytes go"
    assert Event.objects.filter(type=EventType.JOB_FILE_REMOVED).count() == 2
    assert (remove_files(now()), is_there(stuck)) == (0, False), "the bytes that stayed are found by the mark"


def test_a_removal_that_is_not_recorded_leaves_the_file_whole(
    clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_file(make_account(Role.METHODIST))
    clock.move_to(MADE + timedelta(days=9))

    def fail(*_given: object, **_named: object) -> None:
        raise RuntimeError("no event")

    with monkeypatch.context() as broken:
        broken.setattr("zachetka.jobs.actions.record_event", fail)
        with pytest.raises(ExceptionGroup):
            remove_files(now())
    job.refresh_from_db()
    assert (job.removed_at, is_there(job)) == (None, True)
    assert (remove_files(now()), is_there(job)) == (1, False), "the control"


def test_a_file_of_a_worker_killed_at_every_try_is_not_shown_and_goes_when_its_term_is_over(
    clock: time_machine.Traveller,
) -> None:
    asker = make_account(Role.METHODIST)
    job = ask_for("gather", "Зачётные книжки", actor=asker, at=now(), number=1)
    with transaction.atomic():
        stored = store_file([CONTENT], name="Книжки.pdf", media_type="application/pdf", actor=asker, at=now())
        keep_result(job, stored, now())
    give_up(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result, job.kept_until) == (Job.State.FAILED, stored, LAST)
    page, status = page_of(asker, job)
    assert (status, f"/jobs/{job.pk}/result/" in page) == (404, False)
    clock.move_to(MADE + timedelta(days=9))
    assert (remove_files(now()), is_there(job)) == (1, False)


def test_a_file_of_the_same_bytes_and_name_by_another_job_is_not_what_a_worker_goes_on_with() -> None:
    asker = make_account(Role.METHODIST)
    first, second = make_file(asker, 1), ask_for("gather", "Ещё", actor=asker, at=now(), number=2)
    assert (handed_out(first), handed_out(second)) == (first.result, None)


def test_parts_that_a_killed_worker_left_behind_go_too_and_those_of_work_that_goes_on_stay() -> None:
    asker = make_account(Role.METHODIST)
    ended, running = make_file(asker, 1), ask_for("gather", "Ещё", actor=asker, at=now(), number=2)
    with transaction.atomic():
        left, kept = keep_part(ended, "книжка 1", b"left behind"), keep_part(running, "книжка 1", b"goes on")
    remove_files(now())
    assert list(JobPart.objects.all()) == [kept]
    assert not store.place(left.sha256).exists()
    assert store.place(kept.sha256).exists()


def test_the_database_knows_no_file_without_a_term() -> None:
    job = make_file(make_account(Role.METHODIST))
    with pytest.raises(IntegrityError, match="job_file_has_a_term"), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(kept_until=None)
    with pytest.raises(IntegrityError, match="job_removed_had_a_file"), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(result=None, removed_at=now())


@pytest.mark.clause("3.8")
def test_the_right_to_a_file_is_asked_when_it_is_taken_and_each_taking_leaves_a_trace() -> None:
    asker = make_account(Role.METHODIST)
    job = make_file(asker)

    def takings() -> list[Event]:
        return list(Event.objects.filter(type=EventType.JOB_FILE_TAKEN.value, actor=asker))

    assert page_of(asker, job)[1] == 200
    assert page_of(asker, job)[1] == 200
    assert [event.body["job"] for event in takings()] == [job.pk, job.pk]
    taking.OPENED["gather"] = lambda job: (Permission.EMERGENCY_REVIEW, job)
    assert page_of(asker, job)[1] == 403, "the right has gone"
    assert len(takings()) == 2


@pytest.mark.clause("3.8")
def test_work_that_does_not_say_who_may_take_its_file_fails() -> None:
    asker = make_account(Role.METHODIST)

    @doing("gather")
    def gather(progress: Progress) -> Result:
        stored = store_file([CONTENT], name="Книжки.pdf", media_type="application/pdf", actor=asker, at=now())
        return Result("Собрано.", file=stored)

    job = ask_for("gather", "Зачётные книжки", actor=asker, at=now(), number=1)
    with pytest.raises(LookupError):
        do(job.pk, is_last=True)
    job.refresh_from_db()
    assert (job.state, job.result) == (Job.State.FAILED, None)
