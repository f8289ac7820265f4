"""The «Матрица доступа» on paper leaves out no right: every noun and verb of the page of rights has its place (п. 3.8)."""

from __future__ import annotations

import pytest

from zachetka.access.policy import FieldClass, Permission, Role, Scope
from zachetka.people import matrix
from zachetka.rendering.forms import access_matrix as form

pytestmark = pytest.mark.clause("3.8")


def placeless(permissions: list[str]) -> set[str]:
    """Return the nouns and verbs of `permissions` that the form has no line or letter for."""
    parts = [one.partition(":") for one in permissions]
    return {noun for noun, _, _ in parts} - form.KINDS.keys() | {verb for _, _, verb in parts} - form.LETTERS.keys()


def test_every_noun_and_every_verb_has_its_place_on_the_form():
    assert placeless([one.value for one in Permission]) == set()
    assert {scope.value for scope in Scope} == form.LIMITS.keys() == {scope.value for scope in matrix.SCOPES}
    assert form.WIDE.keys() == {kind.value for kind in matrix.MARKS}
    assert matrix.SHORT.keys() == set(Role)
    assert set(form.LETTERS.values()) == {letter for letter, _ in form.LEGEND}
    assert form.WIDE.keys() < {kind.value for kind in FieldClass}


def test_a_right_that_nobody_gave_a_place_would_be_noticed():
    assert placeless(["blank:spoil", "person:read"]) == {"blank", "spoil"}
