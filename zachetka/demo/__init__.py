"""The demo academy: synthetic, the same for the same seed and day, made by the actions that people take.

people.py      names, СНИЛС and papers that belong to nobody
catalogue.py   twelve programmes of all four kinds
staff.py       units, employees, accounts and their roles
life.py        the life of one cohort, told as a generator of moments
doubles.py     people entered twice
academy.py     the diary: whose moment comes next acts next
"""

from zachetka.demo.academy import build_academy
from zachetka.demo.staff import ACCOUNTS

__all__ = ["ACCOUNTS", "build_academy"]
