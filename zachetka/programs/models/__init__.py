"""Programmes in versions, their modules and planned results; grading scales in dated editions."""

from zachetka.programs.models.norm import CommissionMinimum, DatedNorm, HourMinimum, HourShare, ReopeningTerm
from zachetka.programs.models.program import Module, PlannedResult, Program, ProgramVersion, ResultModule
from zachetka.programs.models.scale import Grade, GradingScale, ScaleVersion

__all__ = [
    "CommissionMinimum", "DatedNorm", "Grade", "GradingScale", "HourMinimum", "HourShare", "Module", "PlannedResult", "Program",
    "ProgramVersion", "ReopeningTerm", "ResultModule", "ScaleVersion",
]  # fmt: skip
