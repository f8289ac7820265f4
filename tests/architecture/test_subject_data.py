"""Nothing that is kept of a person is left out of the answer to them: models are read, not listed (152-ФЗ ст. 14)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.db import models

from zachetka.access.classes import CLASSES
from zachetka.access.policy import FieldClass
from zachetka.people.models import Person
from zachetka.people.subject.grounds import BEYOND, COUNTED, GROUNDS, WITHHELD
from zachetka.people.subject.ways import identifiers_nobody_knows, kinds, kinds_among

pytestmark = pytest.mark.clause("152-ФЗ ст. 14")

OF_NOBODY: Final = {
    "key": "names the sending of a form",
    "request_key": "names the sending of a form",
    "identity": "names a message to a mailbox",
    "shown_as": "names a session on the page of its holder",
}
"""Names of columns that identify something else than a person, and what."""
PERSONAL: Final = {FieldClass.PERSONAL, FieldClass.PERSONAL_DOCUMENTS}


def personal_models() -> set[str]:
    """Return the models with a personal field by the page of classes."""
    return {
        label
        for label, classes in CLASSES.items()
        if PERSONAL & {classes[field.name] for field in apps.get_model(label)._meta.concrete_fields}
    }


def told(found: Iterable[type[models.Model]]) -> set[str]:
    return {kind.label for kind in kinds_among(found) if kind.about}


def test_every_model_with_personal_data_is_in_the_answer_or_the_answer_says_why_not() -> None:
    assert personal_models() - told(apps.get_models()) - BEYOND.keys() == set()


def test_every_kind_in_the_answer_has_its_ground() -> None:
    """A model that you added is told to people on request: say in `people/subject/grounds.py` why it is kept."""
    about = {kind.label for kind in kinds() if kind.about}
    assert about - GROUNDS.keys() == set()
    assert GROUNDS.keys() - about == set(), "a line of the page speaks of nothing"
    assert all(ground.ground and ground.called for ground in GROUNDS.values())


def test_whoever_keeps_an_identifier_says_whose_it_is() -> None:
    """Name a column with a person's identifier `person_uid`, or `<key>_person` beside the key to the account."""
    assert identifiers_nobody_knows(apps.get_models(), OF_NOBODY) == set()


def test_what_is_withheld_exists_and_has_a_reason() -> None:
    for name in WITHHELD:
        label, _, field = name.rpartition(".")
        assert apps.get_model(label)._meta.get_field(field)
    assert all(COUNTED.values())
    assert COUNTED.keys() <= GROUNDS.keys()
    for label, (called, reason) in BEYOND.items():
        assert apps.get_model(label)
        assert called
        assert reason


def test_a_model_that_nobody_thought_of_is_found() -> None:
    apart = Apps()

    class Pass(models.Model):
        """Leads straight to a person."""

        person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

        class Meta:
            apps = apart
            app_label = "trial"

        def __str__(self) -> str:
            return "пропуск"

    class Visit(models.Model):
        """Leads to a person by another record, and keeps an identifier that no rule knows."""

        held = models.ForeignKey(Pass, on_delete=models.PROTECT, related_name="+")
        guest = models.UUIDField()

        class Meta:
            apps = apart
            app_label = "trial"

        def __str__(self) -> str:
            return "проход"

    class Wing(models.Model):
        """Has to do with nobody."""

        title = models.CharField(max_length=9)

        class Meta:
            apps = apart
            app_label = "trial"

        def __str__(self) -> str:
            return self.title

    found = [Pass, Visit, Wing]
    assert told(found) == {"trial.pass", "trial.visit"}
    assert [kind.about for kind in kinds_among(found)] == [("person__uid",), ("held__person__uid",)]
    assert told(found) - GROUNDS.keys() == {"trial.pass", "trial.visit"}, "and their grounds would be asked for"
    assert identifiers_nobody_knows(found, OF_NOBODY) == {"trial.visit.guest"}
    assert personal_models() - told([Pass]) - BEYOND.keys() != set(), "a model that fell out of the answer is noticed"
