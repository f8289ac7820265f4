"""The academy: programmes, staff, and the lives of its cohorts spread over three years that end now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from math import ceil
from random import Random

from django.db import transaction

from zachetka.core.clock import LEGAL_ZONE, legal_date
from zachetka.demo.catalogue import CATALOGUE, Plan
from zachetka.demo.diary import live
from zachetka.demo.doubles import enter_twice
from zachetka.demo.life import Course, Life
from zachetka.demo.people import Strangers
from zachetka.demo.staff import Staff, hire
from zachetka.demo.today import leave_work
from zachetka.lifecycle.hands import seen_of
from zachetka.programs.actions.norms import record_minima
from zachetka.programs.actions.plans import ModuleDraft, ResultDraft
from zachetka.programs.actions.scales import install_scales
from zachetka.programs.actions.versions import (
    HeadDraft,
    approve_version,
    create_program,
    save_version,
    submit_version,
)
from zachetka.programs.models import GradingScale
from zachetka.programs.models.program import PREFIX, Kind
from zachetka.programs.queries import fingerprint

YEARS = 3
A_COHORT = 30
STREAMS = 4
"""Cohorts live in so many streams: whoever comes to learn again has learned in the same stream before."""
LARGE = 5_000
"""From so many learners on each stream is lived by a process of its own, and cohorts are as large as where thousands learn."""
A_LARGE_COHORT = 75
TAUGHT_BY_ONE = 400
"""Learners of a large academy for each teacher beside those of `staff.STAFF`."""
RESITS_IN_ONE_OF = 5
"""Debtors of one module sit it again in one cohort of so many, and in the heroine's; elsewhere a debt ends by an order."""
HEROINE_PLAN = 4
"""Place in the catalogue of the programme by which the demo account `learner` learns."""


def build_academy(
    *,
    learners: int,
    seed: int,
    password: str,
    at: datetime,
    progress: Callable[[int, int], None],
    hands: int | None = None,
) -> None:
    """Build the academy in an empty database: three years that end at `at`.

    Args:
        learners: how many people learn or learned; cohorts of about thirty are made of them, larger ones of many.
        seed: the same seed on the same day makes the same academy.
        password: of every demo account that can sign in.
        at: the present moment.
        progress: told acts done and acts expected.
        hands: how many processes live it, a divisor of `STREAMS`; the academy is the same.

    Raises:
        BuildFailed: one of several processes failed.
    """
    today = legal_date(at)
    first = today.replace(year=today.year - YEARS, day=1)
    random = Random(seed)  # noqa: S311 - the same academy each time, no secret
    opening = datetime.combine(first - timedelta(days=60), time(9), tzinfo=LEGAL_ZONE)
    with transaction.atomic():
        install_scales(opening)
        record_minima(opening)
        colleagues = learners // TAUGHT_BY_ONE if learners >= LARGE else 0
        staff = hire(password=password, since=opening.date(), at=opening, colleagues=colleagues)
        courses = [_course(plan, staff, opening + timedelta(hours=hour)) for hour, plan in enumerate(CATALOGUE, 1)]
    lives = _lives(courses, learners, first, today, staff, password, random)
    total = sum(len(life.course.plan.lines) * 3 + 12 for life in lives)
    live(
        lives,
        at,
        hands=hands or (STREAMS if learners >= LARGE else 1),
        done=lambda acts: progress(min(acts, total), total),
    )
    leave_work(courses, staff, at)
    with transaction.atomic():
        enter_twice(actor=staff.methodist(0), at=at - timedelta(days=1))
    progress(total, total)


def _course(plan: Plan, staff: Staff, at: datetime) -> Course:
    """Draft, submit and approve a programme of the catalogue."""
    methodist, head = staff.methodist(plan.unit), staff.accounts["head"]
    scales = {scale.code: scale.pk for scale in GradingScale.objects.all()}
    draft = HeadDraft(
        title=plan.title,
        hours=plan.hours,
        study_form=plan.form,
        qualification=plan.qualification,
        distance=plan.form != "full_time",
        final_form=plan.lines[-1].title,
    )
    version = create_program(staff.units[plan.unit], code=plan.code, kind=plan.kind, head=draft, actor=methodist, at=at)
    version = save_version(
        version,
        head=draft,
        modules=[
            ModuleDraft(line.title, line.short, line.sort, line.hours, line.control, scales[line.scale])
            for line in plan.lines
        ],
        results=[
            ResultDraft(f"РО-{place}", text, frozenset(proofs)) for place, (text, proofs) in enumerate(plan.results, 1)
        ],
        seen=fingerprint(version),
        actor=methodist,
        at=at,
    )
    version = submit_version(version, actor=methodist, at=at)
    version = approve_version(version, valid_from=legal_date(at), seen=seen_of(version), actor=head, at=at)
    return Course(plan, version, staff.teachers(plan.unit))


def _lives(
    courses: list[Course], learners: int, first: date, today: date, staff: Staff, password: str, random: Random
) -> list[Life]:
    """Spread cohorts over the three years; about a third still learn, two begin within days.

    A life draws from no source that a life of another stream draws from, so what it is does not depend on who is quicker.
    """
    count = max(1, ceil(learners / (A_LARGE_COHORT if learners >= LARGE else A_COHORT)))
    sizes = [learners // count + (place < learners % count) for place in range(count)]
    starts = []
    for place in range(count):
        course = courses[HEROINE_PLAN if place == count - 1 else place % len(courses)]
        heroine = today - timedelta(days=_length(course) * 88 // 100)
        day = heroine if place == count - 1 else _start(place, count, _length(course), first, today)
        starts.append((day + timedelta(days=(0, 0, 0, 0, 0, 2, 1)[day.weekday()]), place, course))
    lives, numbers, entered = [], dict[tuple[str, int], int](), 0
    earlier: list[list[int]] = [[] for _ in range(STREAMS)]
    for turn, (day, place, course) in enumerate(sorted(starts, key=lambda row: row[:2])):
        prefix = PREFIX[Kind(course.plan.kind)]
        number = numbers[prefix, day.year] = numbers.get((prefix, day.year), 0) + 1
        own = Random(random.getrandbits(64))  # noqa: S311 - the same academy each time, no secret
        lives.append(
            Life(
                course=course,
                code=f"{prefix}-{day.year % 100:02}-{number:02}",
                starts_on=day,
                ends_on=day + timedelta(days=_length(course)),
                size=sizes[place],
                random=own,
                strangers=Strangers(own, today, made=entered),
                returning=earlier[turn % STREAMS],
                staff=staff,
                is_late=place % 4 == 3,
                has_heroine=place == count - 1,
                has_resits=place % RESITS_IN_ONE_OF == 0 or place == count - 1,
                rotation=turn if learners >= LARGE and place < count - 1 else 0,
                password=password,
            )
        )
        entered += sizes[place]
    return lives


def _start(place: int, count: int, length: int, first: date, today: date) -> date:
    """Return the first day of a cohort: two thirds are over, a third is somewhere on its way, two are about to begin."""
    finished = count * 2 // 3
    if place < finished:
        last = today - timedelta(days=length + 25)
        return first + timedelta(days=(last - first).days * place // finished)
    running = place - finished
    if running < 2:
        return today + timedelta(days=4 + running * 5)
    return today - timedelta(days=length * (running * 2 - 1) // (2 * (count - finished)))


def _length(course: Course) -> int:
    """Return how many days a cohort of this course learns: about eighteen hours a week."""
    return max(12, course.version.hours * 7 // 18)
