"""Programmes in versions, their modules and planned results; grading scales in dated editions."""

from zachetka.programs.models.commission import CommissionMinimum
from zachetka.programs.models.program import HourMinimum, Module, PlannedResult, Program, ProgramVersion, ResultModule
from zachetka.programs.models.reopening import ReopeningTerm
from zachetka.programs.models.scale import Grade, GradingScale, ScaleVersion
from zachetka.programs.models.share import HourShare

__all__ = [
    "CommissionMinimum", "Grade", "GradingScale", "HourMinimum", "HourShare", "Module", "PlannedResult", "Program",
    "ProgramVersion", "ReopeningTerm", "ResultModule", "ScaleVersion",
]  # fmt: skip
