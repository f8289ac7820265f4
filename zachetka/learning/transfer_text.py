"""What an order of transfer says: of each person, line by line, what is carried over and what is still to be taken (273-ФЗ ст. 57)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from zachetka.core.russian import date_words
from zachetka.learning.order_points import Point
from zachetka.learning.plan_rules import Way
from zachetka.learning.plan_text import program_words, version_words
from zachetka.learning.queries.equivalences import is_within_a_plan, movers_of
from zachetka.learning.queries.transfers import Move, moves_of
from zachetka.learning.rules import RESITS, Owed
from zachetka.learning.transfer_rules import Becomes

if TYPE_CHECKING:
    from datetime import date

    from zachetka.learning.models import Order


def first_point(order: Order) -> str:
    """Return the point that introduces the people."""
    if order.target is None or is_within_a_plan(order):
        whither = f"для продолжения обучения {program_words(order)}"
    else:
        whither = f"с обучения {program_words(order)} на обучение {version_words(order.target.program_version)}"
    return f"Перевести с {date_words(order.effective_on)} г. из группы {order.cohort.code} в группу {order.target} {whither}:"


def points(order: Order, day: date) -> Iterator[Point]:
    """Return the other points: whose what is carried, which debts go along, what is taken apart; at most fifteen queries.

    `day` is that of the issue, until then today: by its norms the draft is judged.
    """
    people = movers_of(order)
    moves = moves_of(order, people, day=day)
    for one in people:
        yield Point(_person(moves[one.learner_id]), one.learner_id)
    yield Point(
        f"Зачётные книжки в группе {order.cohort.code} закрыть, в группе {order.target} завести новые. "
        "Оценки не переписывать: они засчитываются из прежней книжки, с датой, преподавателем и записью журнала."
    )
    yield Point("Остальное изучать и сдавать с новой группой, в её сроки.")


def _person(move: Move) -> str:
    parts = [f"{move.source.learner.person.full_name}, зачётная книжка № {move.source}."]
    passed = [_passed(move, line) for line in move.of(Way.CARRIED) if line.owed is None and not line.is_put_off]
    put_off = [_result(move, line) for line in move.of(Way.CARRIED) if line.is_put_off]
    debts = [_debt(move, line, line.owed) for line in move.of(Way.CARRIED) if line.owed is not None]
    apart = [f"«{line.was.title}» — до {date_words(line.held_by)} г." for line in move.of(Way.APART) if line.held_by]
    left = [f"«{line.was.title}» ({line.basis})" for line in move.lines if line.way.is_out]
    if passed:
        parts.append(f"{'Зачесть' if move.pairs else 'Перенести'}: {'; '.join(passed)}.")
    if debts:
        parts.append(f"Академическая задолженность переносится: {'; '.join(debts)}")
    if put_off:
        parts.append(f"Неявка по уважительной причине переносится, первая сдача впереди: {'; '.join(put_off)}.")
    if apart:
        parts.append(f"Академическая разница, сдать отдельно от группы: {'; '.join(apart)}")
    if left:
        parts.append(f"Не изучать, как и прежде: {'; '.join(left)}.")
    if move.left:
        behind = [f"«{one.line.title}», {one.line.hours} ч — {one.words}" for one in move.left]
        parts.append(f"Остаётся в прежней книжке: {'; '.join(behind)}.")
    if move.pairs and not move.is_said:
        parts.append("Соответствие дисциплин предложено программой и ещё не подтверждено.")
    if not (passed or debts or put_off or move.left):
        parts.append("Переносить нечего: оценок ещё нет.")
    return " ".join(parts)


def _passed(move: Move, line: Becomes) -> str:
    """Say what is credited: of another plan, by how many hours, as which grade of another scale, and towards which module."""
    pair = move.pair(line.was.key)
    if pair is None or pair.earlier is None:
        return _result(move, line)
    was, now = pair.earlier.counted, pair.target
    grade = f" (по шкале «{now.scale_words}» — {pair.counts_as.label})" if pair.counts_as else ""
    marked = move.results[now.key][-1]
    return (
        f"«{was.title}», {was.hours} ч, {was.control_words} — {pair.earlier.grade.label}{grade}, {marked.held_on:%d.%m.%Y}, "
        f"книжка № {pair.earlier.book}, в счёт «{now.title}», {now.hours} ч, {now.control_words}"
    )


def _result(move: Move, line: Becomes) -> str:
    mark = move.results[line.was.key][-1]
    grade = mark.grade.label if mark.grade else ""
    return f"«{line.was.title}», {mark.sheet.module.get_control_display()} — {grade}, {mark.held_on:%d.%m.%Y}"


def _debt(move: Move, line: Becomes, owed: Owed) -> str:
    term = f"использовано пересдач {owed.resits} из {RESITS}, закрыть до {date_words(owed.until)} г."
    return f"{_result(move, line)}, {term}"
