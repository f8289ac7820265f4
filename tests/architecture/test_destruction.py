"""Every place of personal data has a fate: a new field fails here until somebody says what destruction does with it (G13)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.db import models

from zachetka.access.classes import CLASSES
from zachetka.access.policy import FieldClass
from zachetka.destruction.places import PLACES
from zachetka.destruction.rules import GROUNDS
from zachetka.files.models import StoredFile
from zachetka.people.models import Upload
from zachetka.people.rules.purposes import CATEGORIES, PURPOSES

pytestmark = pytest.mark.clause("152-ФЗ ст. 21")

PERSONAL: Final = {FieldClass.PERSONAL, FieldClass.PERSONAL_DOCUMENTS}
LIKE_A_VALUE: Final = re.compile(r"e?mail|phone|address")


def places_in(found: Iterable[type[models.Model]]) -> set[str]:
    """Return «room.model.field» of what may hold personal data: by its class, by its name, or as a kept file."""
    return {
        f"{model._meta.label_lower}.{field.name}"
        for model in found
        for field in model._meta.concrete_fields
        if CLASSES.get(model._meta.label_lower, {}).get(field.name) in PERSONAL
        or (LIKE_A_VALUE.search(field.name) and not isinstance(field, models.BooleanField | models.ForeignKey))
        or (isinstance(field, models.ForeignKey) and field.related_model is StoredFile)
    }


def test_every_place_of_personal_data_has_its_fate_with_a_reason() -> None:
    missing = places_in(apps.get_models(include_auto_created=True)) - PLACES.keys()
    assert missing == set(), f"say in destruction/places.py what an act does with {sorted(missing)}"
    assert all(place.why for place in PLACES.values())


def test_the_page_speaks_of_fields_that_exist() -> None:
    for name in PLACES:
        label, _, field = name.rpartition(".")
        assert apps.get_model(label)._meta.get_field(field)


def test_every_category_that_a_consent_may_cover_has_its_grounds() -> None:
    asked = {name for purpose in PURPOSES for name in purpose.categories}
    assert asked <= CATEGORIES.keys()
    assert asked <= GROUNDS.keys()


def test_a_field_and_a_file_that_nobody_thought_of_are_found() -> None:
    apart = Apps()

    class Contact(models.Model):
        """Has a number and a kept file."""

        home_phone = models.CharField(max_length=20)
        scan = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
        note = models.CharField(max_length=20)

        class Meta:
            apps = apart
            app_label = "trial"

        def __str__(self) -> str:
            return ""

    assert places_in([Contact]) == {"trial.contact.home_phone", "trial.contact.scan"}
    assert "people.upload.file" in places_in([Upload])
