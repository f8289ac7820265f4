"""A natural person and the names they have had."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar, Final, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from zachetka.access.guard import ScopedQuerySet
from zachetka.access.policy import Permission
from zachetka.core.provable import Provable
from zachetka.core.russian import surname_first
from zachetka.core.text import query_grams, search_key, sort_key, trigrams

SNILS_DIGITS: Final = 11
NAMES: Final = ("last_name", "first_name", "patronymic")
FOLLOWING: Final = ("name_key", "sort_key", "search", "human_uid")
"""Columns that no event commits to, since they follow from those that one does."""
AT_ONCE: Final = 2000
"""Cards read together when all of them are gone through."""
NOBODY: Final = Q(pk__in=())


def asks_for_a_number(text: str) -> bool:
    """True of a whole СНИЛС in any writing, and nothing beside it."""
    return not any(sign.isalpha() for sign in text) and sum(sign.isdigit() for sign in text) == SNILS_DIGITS


def matches(text: str) -> Q:
    """Find by a part of the name in any order of words, «е» for «ё», or by the whole СНИЛС in any writing (п. 2.1).

    Each word has to be found; words of three letters and more are found inside a name, shorter ones at its start.
    Part of a number finds nobody: digit after digit it would tell a number that nobody revealed (п. 3.8).
    """
    if not any(character.isalpha() for character in text):
        digits = "".join(character for character in text if character.isdigit())
        return Q(snils=digits) if asks_for_a_number(text) else NOBODY
    found = Q()
    for word in search_key(text).split():
        grams = sorted(query_grams(word))
        if not grams:
            return NOBODY
        found &= Q(search__contains=grams)
        if len(word) > 3:
            found &= Q(name_key__contains=word)
    return found


class PersonQuerySet(ScopedQuerySet["Person"]):
    """Named reads of people."""

    read_permission = Permission.PERSON_READ

    def matching(self, text: str) -> Self:
        """Return those that `matches` finds."""
        return self.filter(matches(text))


class HumanField(models.UUIDField):  # type: ignore[type-arg] # as Django's own field
    """Whose card it is: of a card just entered, its own."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001 - as Django calls it
        """Return the identifier of the card itself while it is entered."""
        if add:
            setattr(model_instance, self.attname, getattr(model_instance, "uid"))  # noqa: B009 - any model with cards
        return getattr(model_instance, self.attname)


class Person(Provable):
    """A natural person, known once however many times they come (п. 2.1).

    The current name is kept here for lists and search; `PersonName` keeps every name with its dates.
    """

    class Sex(models.TextChoices):
        MALE = "m", "мужской"
        FEMALE = "f", "женский"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    last_name = models.CharField("фамилия", max_length=120, blank=True)
    first_name = models.CharField("имя", max_length=120)
    patronymic = models.CharField("отчество", max_length=120, blank=True)
    name_key = models.CharField(max_length=400, editable=False)
    sort_key = models.CharField(max_length=400, editable=False)
    search: ArrayField[list[str], list[str]] = ArrayField(models.CharField(max_length=3), editable=False)
    sex = models.CharField("пол", max_length=1, choices=Sex.choices, blank=True)
    birth_date = models.DateField("дата рождения", null=True)
    snils = models.CharField("СНИЛС", max_length=11, null=True, unique=True)  # noqa: DJ001 - unique, and foreigners may have none
    citizenship = models.CharField("гражданство, код ОКСМ", max_length=3, blank=True)
    email = models.EmailField("почта", blank=True)
    phone = models.CharField("телефон", max_length=20, blank=True)
    registered_at = models.DateTimeField()
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="absorbed", verbose_name="объединена с"
    )
    """The card of the same person that stands for this one; a trigger holds that a merge in force says so."""
    human_uid: models.UUIDField[uuid.UUID, uuid.UUID] = HumanField("чья карточка", editable=False)
    """The identifier of the card that stands for the person: its own, or of the card that absorbed it. Readings by person and
    the separation of duties ask this; a trigger holds that it follows `merged_into`."""

    noun: ClassVar[str] = "человек"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "uid", "last_name", "first_name", "patronymic", "sex", "birth_date", "snils", "citizenship", "email", "phone",
        "registered_at", "merged_into_id",
    )  # fmt: skip

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ("sort_key", "pk")
        indexes = [
            GinIndex(fields=["search"], name="person_search"),
            models.Index(fields=["sort_key", "id"], name="person_sort"),
            models.Index(fields=["name_key"], name="person_name"),
            models.Index(fields=["birth_date"], name="person_born"),
            models.Index(fields=["human_uid"], name="person_human"),
            models.Index(fields=["email"], name="person_email", condition=~Q(email="")),
            models.Index(fields=["phone"], name="person_phone", condition=~Q(phone="")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(snils__isnull=True) | Q(snils__regex=r"^[0-9]{11}$"), name="person_snils_is_eleven_digits"
            ),
            models.CheckConstraint(condition=~Q(first_name=""), name="person_has_a_first_name"),
            models.CheckConstraint(
                condition=Q(birth_date__isnull=True) | Q(birth_date__gte=date(1900, 1, 1)),
                name="person_birth_date_is_possible",
            ),
            models.CheckConstraint(
                condition=Q(citizenship="") | Q(citizenship__regex=r"^[0-9]{3}$"),
                name="person_citizenship_is_an_oksm_code",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @classmethod
    def astray(cls, alias: str) -> Iterator[tuple[object, str]]:
        """Yield the cards whose keys are not those of their name, or that stand for somebody they were not merged with."""
        rows = (
            cls._base_manager.using(alias)
            .select_related("merged_into")
            .only(*NAMES, *FOLLOWING, "uid", "merged_into__uid")
        )
        for card in rows.order_by("pk").iterator(chunk_size=AT_ONCE):
            kept = {column: getattr(card, column) for column in FOLLOWING}
            card.take_keys()
            card.human_uid = (card.merged_into or card).uid
            yield from ((card.pk, column) for column, value in kept.items() if value != getattr(card, column))

    @property
    def subject_uid(self) -> uuid.UUID:
        """The person themself."""
        return self.uid

    def take_keys(self) -> None:
        """Make the columns by which a person is found and put in order from the name as it is now."""
        full = self.full_name
        self.name_key, self.sort_key, self.search = search_key(full), sort_key(full), sorted(trigrams(full))

    @property
    def full_name(self) -> str:
        """Surname, name, patronymic as they are now."""
        return " ".join(part for part in (self.last_name, self.first_name, self.patronymic) if part)

    @property
    def short_name(self) -> str:
        """Surname and initials as they are now: «Белова О. С.»."""
        return surname_first(self.last_name, self.first_name, self.patronymic)


class PersonName(Provable):
    """A name with the date from which it holds and the paper it rests on; never changed, only followed by another.

    A mistaken entry is corrected by a row of the same day that `supersedes` it: of two rows of one day the later counts.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="names")
    last_name = models.CharField("фамилия", max_length=120, blank=True)
    first_name = models.CharField("имя", max_length=120)
    patronymic = models.CharField("отчество", max_length=120, blank=True)
    valid_from = models.DateField("действует с")
    basis = models.CharField("документ", max_length=200, blank=True)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    recorded_at = models.DateTimeField()

    noun: ClassVar[str] = "имя"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "person_id", "last_name", "first_name", "patronymic", "valid_from", "basis", "supersedes_id", "recorded_at",
    )  # fmt: skip

    class Meta:
        ordering = ("valid_from", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "valid_from"],
                condition=Q(supersedes__isnull=True),
                name="person_has_one_name_a_day",
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(basis=""), name="person_name_is_corrected_for_a_reason"
            ),
            models.CheckConstraint(condition=~Q(first_name=""), name="person_name_has_a_first_name"),
        ]

    @property
    def subject_uid(self) -> uuid.UUID:
        """Whose name it is."""
        return self.person.uid

    def __str__(self) -> str:
        return " ".join(part for part in (self.last_name, self.first_name, self.patronymic) if part)
