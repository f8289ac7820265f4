"""Whatever the system keeps is committed to by the ledger, or it is said here why not (п. 2.1, 3.3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.db import models

from zachetka.core.provable import Provable, provable_models

pytestmark = pytest.mark.clause("3.3")

UNPROVEN: Final[dict[str, str]] = {
    "access.account.last_login": "Django writes it at every sign-in; the sign-in itself is an event",
    "access.secondfactor.counter": "moves at every use; the use itself is an event, and going back is refused by the database",
    "access.secondfactor.last_used_at": "moves at every use; the use itself is an event",
    "people.person.human_uid": "follows from the card that absorbed it, which is committed to; held by a trigger",
    "people.person.name_key": "follows from the name, which is committed to; for search only",
    "people.person.search": "follows from the name, which is committed to; for search only",
    "people.person.sort_key": "follows from the name, which is committed to; for the order of lists only",
}
"""«room.model.field» of a provable model → why no event commits to it."""

UNPROVABLE: Final[dict[str, str]] = {
    "access.refusaltally": "counters of one hour; the ledger tells them when it is over",
    "access.session": "who is signed in just now; each sign-in is an event",
    "access.signinthrottle": "counters of tries, emptied by time",
    "files.unswept": "the queue of destroyed files whose bytes are to go; the mark itself is committed to",
    "jobs.job": "the progress of a job; what the job did has events of its own",
    "jobs.jobpart": "a part of a job that goes on; it goes when the job ends",
    "ledger.checkpoint": "the ledger itself: signed, checked by the tree",
    "ledger.destroyedsalt": "says which salt is gone; the event that destroyed it is signed, and the check asks for its act",
    "ledger.event": "the ledger itself: its leaf covers it",
    "ledger.leaf": "the ledger itself: the signed root covers it",
    "ledger.node": "the ledger itself: recomputed by the check",
    "ledger.opening": "salts: a wrong one agrees with no commitment, and they are destroyed with the data",
    "notices.choice": "what somebody wants to be told; changes nothing that counted",
    "notices.digesthour": "when somebody wants to be told",
    "notices.letter": "the outbox: a letter says nothing but that there is something new",
    "notices.notice": "words about a fact that has an event of its own; read or dropped, the fact stays",
    "people.resemblance": "what the rules find alike, read anew from the cards; what somebody decides of it is a distinction",
    "people.unlooked": "the queue of cards to compare",
    "ledger.signingkey": "the ledger itself: each key is signed by the one before",
}
"""«room.model» → why its rows are not committed to."""


def ours() -> list[type[models.Model]]:
    """Every table of the system, those that Django makes for many-to-many fields too."""
    return [model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("zachetka.")]


def unproven(found: Iterable[type[models.Model]]) -> set[str]:
    """Return «room.model.field» of every column of provable models that no event commits to."""
    return {
        f"{model._meta.label_lower}.{field.name}"
        for model in found
        if issubclass(model, Provable)
        for field in model._meta.concrete_fields
        if not field.primary_key and not {field.name, field.attname} & set(model.proven_fields)
    }


def unprovable(found: Iterable[type[models.Model]]) -> set[str]:
    return {model._meta.label_lower for model in found if not issubclass(model, Provable)}


def test_every_field_of_every_provable_model_is_proven_or_listed_with_its_reason():
    assert unproven(provable_models()) == set(UNPROVEN)
    assert all(UNPROVEN.values())


def test_every_model_of_ours_is_provable_or_listed_with_its_reason():
    assert unprovable(ours()) == set(UNPROVABLE)
    assert all(UNPROVABLE.values())


def test_a_new_field_and_a_new_model_that_nobody_thought_of_are_found():
    apart = Apps()

    class Known(Provable):
        name = models.CharField(max_length=9)
        slipped = models.CharField(max_length=9)

        proven_fields: ClassVar[tuple[str, ...]] = ("name",)

        class Meta:
            apps = apart
            app_label = "trial"

        def __str__(self) -> str:
            return self.name

    class Unknown(models.Model):
        others = models.ManyToManyField(Known)

        class Meta:
            apps = apart
            app_label = "trial"

        def __str__(self) -> str:
            return ""

    linked = Unknown.others.through
    assert unproven([Known, Unknown]) == {"trial.known.slipped"}
    assert unprovable([Known, Unknown, linked]) == {"trial.unknown", "trial.unknown_others"}


def nameless(models_: Iterable[type[Provable]]) -> list[str]:
    """Return the kinds of records that a finding could not name."""
    return [model._meta.label for model in models_ if not getattr(model, "noun", "")]


def test_every_kind_of_record_has_a_word_by_which_a_finding_names_it():
    assert nameless(provable_models()) == []


def test_a_kind_without_a_word_is_noticed():
    class Wordless(Provable):
        proven_fields: ClassVar[tuple[str, ...]] = ()

        class Meta:
            app_label = "architecture"
            apps = Apps()

    assert nameless([Wordless]) == ["architecture.Wordless"]
