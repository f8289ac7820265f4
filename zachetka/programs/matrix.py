"""Planned results across the controls that prove them: what the head approves and the learner is measured by (п. 1.3)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from zachetka.core.russian import Gender, Noun, counted
from zachetka.programs.models import Module, PlannedResult, ProgramVersion
from zachetka.programs.queries import line_of
from zachetka.programs.rules import Outcome, is_proved_well
from zachetka.rendering import xlsx

SIGNS: Final = {
    Module.Control.EXAM: "Э",
    Module.Control.CREDIT: "З",
    Module.Control.GRADED_CREDIT: "ДЗ",
    Module.Control.TEST: "Т",
    Module.Control.DEFENCE: "ЗР",
    Module.Control.QUALIFICATION_EXAM: "КЭ",
}
"""Form of control → its sign in a cell."""
CONTROL: Final = Noun("контроль", "контроля", "контролей", Gender.MASCULINE)


def sign_of(module: Module) -> str:
    """Return the sign of the control of `module`."""
    return SIGNS[Module.Control(module.control)]


@dataclass(frozen=True, slots=True)
class Column:
    """A line of the plan: `proves` is how many results it proves; `is_idle` when it should prove one and does not."""

    module: Module
    sign: str
    proves: int

    @property
    def is_idle(self) -> bool:
        """It proves nothing, and it is not final attestation."""
        return not self.proves and self.module.sort != Module.Sort.FINAL


@dataclass(frozen=True)
class Row:
    """A planned result: `cells` stand in the order of the columns, "" where the control proves nothing of it."""

    result: PlannedResult
    cells: tuple[str, ...]
    is_proved_well: bool

    @cached_property
    def proofs(self) -> int:
        """How many controls prove it."""
        return sum(map(bool, self.cells))

    @property
    def look(self) -> tuple[str, str, str]:
        """Tone, icon and words of the last column."""
        if not self.proofs:
            return "bad", "alert-triangle", "ничем"
        if not self.is_proved_well:
            return "warn", "info-circle", "одним зачётом" if self.proofs == 1 else "одними зачётами"
        return "ok", "check", counted(self.proofs, CONTROL)


@dataclass(frozen=True)
class Matrix:
    """The matrix of a version."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @cached_property
    def signs(self) -> list[tuple[str, str]]:
        """(sign, words) of the controls that are in the plan, for the legend."""
        held = {column.module.control for column in self.columns}
        return [(sign, str(control.label)) for control, sign in SIGNS.items() if control in held]


def matrix_of(version: ProgramVersion) -> Matrix:
    """Return the matrix of `version`, read by `queries.version_page`; asks the database nothing."""
    modules = sorted(version.modules.all(), key=lambda module: module.ordinal)
    places = {module.pk: place for place, module in enumerate(modules, 1)}
    lines = [line_of(module) for module in modules]
    rows = []
    for result in version.results.all():
        proving = frozenset(places[module.pk] for module in result.modules.all())
        rows.append(
            Row(
                result=result,
                cells=tuple(sign_of(module) if place in proving else "" for place, module in enumerate(modules, 1)),
                is_proved_well=is_proved_well(lines, Outcome(result.code, proving)),
            )
        )
    columns = tuple(
        Column(module, sign_of(module), sum(bool(row.cells[place]) for row in rows))
        for place, module in enumerate(modules)
    )
    return Matrix(columns, tuple(rows))


def workbook_of(matrix: Matrix) -> bytes:
    """Return the matrix as XLSX: a row a result, a column a control, the sums at the end.

    Raises:
        RuleViolation: as `xlsx.xlsx`.
    """
    heads = [
        xlsx.Head("Код", 8),
        xlsx.Head("Планируемый результат", 60),
        *(xlsx.Head(f"{column.module.ordinal}. {column.module.title}", 14) for column in matrix.columns),
        xlsx.Head("Контролей", 11),
        xlsx.Head("Чем доказан", 20),
    ]
    rows: list[list[xlsx.Value]] = [
        [row.result.code, row.result.text, *row.cells, row.proofs, row.look[2]] for row in matrix.rows
    ]
    sums: list[xlsx.Value] = [None, "Доказывает результатов", *(column.proves for column in matrix.columns), None, None]
    return xlsx.xlsx("Планируемые результаты", heads, [*rows, sums])
