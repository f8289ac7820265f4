"""Long work: queued with its cause, shown with progress, stopped, resumed, never lost in silence (п. 3.9)."""

from collections.abc import Callable
from functools import partial

import pytest
from django.db import IntegrityError, connection, connections, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.at_once import at_once
from zachetka.access.policy import Role
from zachetka.access.tests.make import make_account
from zachetka.core.clock import now
from zachetka.core.errors import Forbidden, IllegalStep, RuleViolation
from zachetka.jobs import work
from zachetka.jobs.actions import ask_for, stop_job
from zachetka.jobs.models import Job
from zachetka.jobs.work import Progress, Result, do, doing, revive

pytestmark = pytest.mark.clause("3.9")


@pytest.fixture(autouse=True)
def table(monkeypatch):
    """A table of workers of this test's own."""
    monkeypatch.setattr(work, "WORKERS", {})
    monkeypatch.setattr(work, "SHOWN_EVERY", 0.0)
    monkeypatch.setattr(work, "close_old_connections", lambda: None)


def asked(**given):
    return ask_for("count", "Счёт до трёх", actor=make_account(Role.METHODIST), at=now(), **given)


def test_work_is_done_with_progress_and_a_result(db):
    seen = []

    @doing("count")
    def count(progress: Progress) -> Result:
        progress.begin(3)
        for step in (1, 2, 3):
            progress.step(step)
            seen.append(Job.objects.get().done)
        return Result("Посчитано: 3.")

    job = asked()
    do(job.pk, is_last=True)
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.outcome) == (Job.State.DONE, 3, 3, "Посчитано: 3.")
    assert seen == [1, 2, 3]


def test_work_that_was_never_committed_was_never_asked_for(fresh_database):
    account = make_account(Role.METHODIST)

    def ask_and_change_ones_mind() -> None:
        with transaction.atomic():
            ask_for("count", "Счёт", actor=account, at=now())
            raise RuleViolation("2.1", "Передумали.")

    with pytest.raises(RuleViolation, match="Передумали"):
        ask_and_change_ones_mind()
    assert not Job.objects.exists()
    assert not ProcrastinateJob.objects.exists()


def test_waiting_work_is_taken_out_of_the_queue(db):
    job = asked()
    stop_job(job, actor=job.asked_by, at=now())
    do(job.pk, is_last=True)
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED


def test_running_work_stops_between_two_steps(db):
    done = []

    @doing("count")
    def count(progress: Progress) -> Result:
        progress.begin(3)
        for step in (1, 2, 3):
            progress.step(step)
            done.append(step)
            stop_job(progress.job, actor=progress.job.asked_by, at=now())
        return Result("")

    job = asked()
    do(job.pk, is_last=True)
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert done == [1]


def test_a_refusal_is_told_in_its_own_words(db):
    @doing("count")
    def count(progress: Progress) -> Result:
        raise RuleViolation("2.1", "Так нельзя.")

    job = asked()
    do(job.pk, is_last=True)
    job.refresh_from_db()
    assert (job.state, job.outcome) == (Job.State.FAILED, "Так нельзя.")


def test_a_crash_is_told_and_goes_on_to_the_queue(db):
    @doing("count")
    def count(progress: Progress) -> Result:
        raise ZeroDivisionError

    job = asked()
    with pytest.raises(ZeroDivisionError):
        do(job.pk, is_last=True)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "на нашей стороне" in job.outcome


def test_a_crash_that_will_be_tried_again_is_not_told_yet(db):
    crashes = [ZeroDivisionError]

    @doing("count")
    def count(progress: Progress) -> Result:
        if crashes:
            raise crashes.pop()
        return Result("Готово.")

    job = asked()
    with pytest.raises(ZeroDivisionError):
        do(job.pk, is_last=False)
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING
    do(job.pk, is_last=False)
    job.refresh_from_db()
    assert (job.state, job.outcome) == (Job.State.DONE, "Готово.")


def test_work_that_a_killed_worker_left_is_gone_on_with(db):
    @doing("count")
    def count(progress: Progress) -> Result:
        return Result("Готово.")

    job = asked()
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, started_at=now())
    do(job.pk, is_last=True)
    job.refresh_from_db()
    assert job.state == Job.State.DONE


def held_by_worker(job: Job, *, silent_for: int) -> None:
    """Let a worker that was last heard of so many seconds ago hold the job."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
        heard = (
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s * interval '1 second') RETURNING id"
        )
        cursor.execute(heard, [silent_for])
        (worker,) = cursor.fetchone()
        hold = "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE (args->>'job_id')::int = %s"
        cursor.execute(hold, [worker, job.pk])


def queue_of(job: Job) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE (args->>'job_id')::int = %s", [job.pk])
        return str(cursor.fetchone()[0])


def revived() -> int:
    return ProcrastinateJob.objects.filter(task_name=revive.name, status="succeeded").count()


def work_off() -> None:
    """Let a worker do all that waits, in a thread of its own: in this one a browser's event loop may be running."""
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]

    def run() -> None:
        with app.replace_connector(connector) as ready:
            ready.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)

    at_once(run)


@pytest.mark.usefixtures("fresh_database")
def test_the_queue_gives_work_of_a_killed_worker_to_another(monkeypatch):
    end = work._end

    def end_thread(*how: object) -> None:
        end(*how)  # type: ignore[arg-type]
        connections.close_all()

    monkeypatch.setattr(work, "_end", end_thread)

    @doing("count")
    def count(progress: Progress) -> Result:
        return Result("Готово.")

    job = asked()
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, started_at=now())
    held_by_worker(job, silent_for=0)
    for _ in range(20):  # the queue itself asks for `revive` once a minute: at its start, too
        if not revived():
            work_off()
    assert revived()
    assert queue_of(job) == "doing"  # a living worker keeps what it does
    held_by_worker(job, silent_for=60)
    revive.configure().defer(timestamp=0)
    work_off()
    job.refresh_from_db()
    assert (queue_of(job), job.state) == ("succeeded", Job.State.DONE)


@pytest.mark.usefixtures("fresh_database")
def test_work_that_killed_every_worker_is_given_up_and_told(monkeypatch):
    end, give_up, tries = work._end, work.give_up, []

    def end_thread(act: Callable[..., None], *how: object) -> None:
        act(*how)
        connections.close_all()

    monkeypatch.setattr(work, "_end", partial(end_thread, end))
    monkeypatch.setattr(work, "give_up", partial(end_thread, give_up))

    @doing("count")
    def count(progress: Progress) -> Result:
        tries.append(progress.job.pk)
        return Result("Готово.")

    fourth, fifth, ended = asked(of=4), asked(of=5), asked(of=6)
    for job, over in ((fourth, work.ATTEMPTS - 2), (fifth, work.ATTEMPTS - 1), (ended, work.ATTEMPTS - 1)):
        Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, started_at=now())
        held_by_worker(job, silent_for=60)
        with connection.cursor() as cursor:
            tried = "UPDATE procrastinate_jobs SET attempts = %s WHERE (args->>'job_id')::int = %s"
            cursor.execute(tried, [over, job.pk])
    Job.objects.filter(pk=ended.pk).update(state=Job.State.DONE, outcome="Успело.", ended_at=now())
    revive.configure().defer(timestamp=0)
    work_off()
    for job in (fourth, fifth, ended):
        job.refresh_from_db()
    assert (queue_of(fourth), fourth.state, tries) == ("succeeded", Job.State.DONE, [fourth.pk])
    assert (queue_of(fifth), fifth.state, fifth.outcome) == ("failed", Job.State.FAILED, work.KILLED)
    assert (queue_of(ended), ended.state, ended.outcome) == ("failed", Job.State.DONE, "Успело.")


def test_finished_work_is_not_done_twice_however_often_it_is_handed_over_n13(db):
    times = []

    @doing("count")
    def count(progress: Progress) -> Result:
        times.append(1)
        return Result("Готово.")

    job = asked()
    for _ in range(5):
        do(job.pk, is_last=True)
    assert times == [1]


def test_somebody_elses_work_cannot_be_stopped_or_seen(client, db):
    job = asked()
    other = make_account(Role.METHODIST)
    with pytest.raises(Forbidden):
        stop_job(job, actor=other, at=now())
    client.force_login(other)
    assert client.get(f"/jobs/{job.pk}/").status_code in {302, 404}


def test_ended_work_cannot_be_stopped(db):
    job = asked()
    stop_job(job, actor=job.asked_by, at=now())
    with pytest.raises(IllegalStep, match="уже закончено"):
        stop_job(job, actor=job.asked_by, at=now())


def test_the_same_work_asked_for_twice_is_one_work(db):
    @doing("count")
    def count(progress: Progress) -> Result:
        return Result("Готово.")

    first = asked(of=1)
    same = {"kind": first.kind, "title": first.title, "asked_by": first.asked_by, "asked_at": now(), "given": {"of": 1}}
    assert ask_for("count", "Счёт", actor=first.asked_by, at=now(), of=1) == first
    with pytest.raises(IntegrityError, match="job_runs_once_at_a_time"), transaction.atomic():
        Job.objects.create(**same)
    assert ask_for("count", "Счёт", actor=first.asked_by, at=now(), of=2) != first
    assert asked(of=1) != first
    do(first.pk, is_last=True)
    assert ask_for("count", "Счёт", actor=first.asked_by, at=now(), of=1) != first


def test_one_kind_has_one_worker():
    doing("count")(lambda _progress: Result(""))
    with pytest.raises(ValueError, match="two workers"):
        doing("count")(lambda _progress: Result(""))
