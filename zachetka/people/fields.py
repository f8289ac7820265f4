"""Personal fields: their class and how they look masked and open (п. 3.8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zachetka.access.classes import class_of
from zachetka.access.policy import FieldClass
from zachetka.people.models import EducationDocument, Person
from zachetka.people.rules import masks
from zachetka.people.rules.countries import countries
from zachetka.people.rules.snils import shown


@dataclass(frozen=True, slots=True)
class PersonalField:
    """A particular of a person that is masked until somebody entitled asks for it.

    Attributes:
        name: attribute of `Person`.
        label: as the card says it.
    """

    name: str
    label: str

    @property
    def kind(self) -> FieldClass:
        """The class that the policy opens or not."""
        return class_of("people.person", self.name)


PERSONAL_FIELDS = (
    PersonalField("birth_date", "Дата рождения"),
    PersonalField("snils", "СНИЛС"),
    PersonalField("citizenship", "Гражданство"),
    PersonalField("email", "Почта"),
    PersonalField("phone", "Телефон"),
)


BASIS_MASKED = f"документ {masks.HIDDEN}"
"""What a page shows of the document behind a change of name before anybody asks."""


def field_class(name: str) -> FieldClass:
    """Return the class of a personal field.

    Raises:
        KeyError: no such field; a form cannot ask for a column that is not on this page.
    """
    return {field.name: field.kind for field in PERSONAL_FIELDS}[name]


def value_shown(person: Person, name: str) -> str:
    """Return a personal field in the clear, as people write it; "" when it is not known."""
    field_class(name)
    value: Any = getattr(person, name)
    if not value:
        return ""
    if name == "birth_date":
        return f"{value:%d.%m.%Y}"
    if name == "snils":
        return shown(str(value))
    if name == "citizenship":
        return str(countries().get(value, value))
    return str(value)


def value_masked(person: Person, name: str) -> str:
    """Return what a page shows before anybody asks: enough to see that it is known, not enough to use."""
    value = getattr(person, name)
    if not value:
        return ""
    if name == "birth_date":
        return "••.••.••••"
    if name == "snils":
        return masks.snils(str(value))
    if name == "email":
        return masks.email(str(value))
    if name == "phone":
        return masks.phone(str(value))
    return masks.HIDDEN


def paper_shown(paper: EducationDocument) -> str:
    """Return an education document in the clear: «107704 0031822, выдан 25.06.2012, СПбГУ»."""
    parts = [" ".join(filter(None, (paper.series, paper.number)))]
    if paper.surname and paper.surname != paper.person.last_name:
        parts.append(f"на фамилию {paper.surname}")
    if paper.issued_on:
        parts.append(f"выдан {paper.issued_on:%d.%m.%Y}")
    parts.append(paper.organisation)
    return ", ".join(filter(None, parts))


def paper_masked(paper: EducationDocument) -> str:
    """Return what a page shows of an education document before anybody asks; "" when there is nothing to hide."""
    return masks.paper(paper.number)
