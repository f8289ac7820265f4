"""The shape of what is typed about people; each field is read by its rule of `people.rules`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final, cast

from django import forms
from django.db.models import QuerySet

from zachetka.access.models import LOGIN_PATTERN, Account, RoleAssignment, Unit
from zachetka.access.policy import MATRIX, Permission, Role
from zachetka.core.errors import RuleViolation
from zachetka.people import queries
from zachetka.people.actions import Particulars, Schooling, emergency
from zachetka.people.actions.emergency import Wanted
from zachetka.people.actions.employment import StaffOrder
from zachetka.people.actions.registering import Position
from zachetka.people.actions.roles import Basis
from zachetka.people.models import EducationDocument, Person
from zachetka.people.rules import birth, contacts, education, name_basis, names, snils
from zachetka.people.rules.countries import RUSSIA, countries
from zachetka.rendering.fields import Day, DayInput, Line, Lines, RequestKey, error_of
from zachetka.rendering.meanwhile import SharedForm

ASK: Final = "Заполните: без этого не записать."
UNITED: Final = "Вся академия"


class Ruled(forms.CharField):
    """A line read by a rule: the stored form, or the rule's own sentence and clause at the field."""

    def __init__(self, rule: Callable[[str], object], *, blank: object = "", **given: Any) -> None:
        super().__init__(max_length=400, strip=True, **given)
        self.rule, self.blank = rule, blank

    def clean(self, value: Any) -> Any:
        """Return what the rule made of the line, `blank` for an empty one.

        Raises:
            ValidationError: the rule refuses it.
        """
        text = super().clean(value)
        if not text:
            return self.blank
        try:
            return self.rule(text)
        except RuleViolation as refusal:
            raise error_of(refusal) from refusal


def _name(field: str, label: str, **given: Any) -> Ruled:
    return Ruled(
        lambda text: names.name_part(text, field=field),
        label=label,
        error_messages={"required": ASK},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        **given,
    )


class NameForm(forms.Form):
    """A name by its parts."""

    last_name = _name("last_name", "Фамилия", required=False, help_text="Нет фамилии — оставьте пустой")
    first_name = _name("first_name", "Имя")
    patronymic = _name("patronymic", "Отчество", required=False)


class DetailsForm(forms.Form):
    """Personal particulars, each known or not."""

    sex = forms.ChoiceField(label="Пол", required=False, choices=[("", "не указан"), *Person.Sex.choices])
    birth_date = Ruled(str, label="Дата рождения", required=False, blank=None, widget=DayInput)
    snils = Ruled(
        snils.snils,
        label="СНИЛС",
        required=False,
        blank=None,
        help_text="11 цифр, с дефисами или без",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    citizenship = forms.ChoiceField(label="Гражданство", required=False)
    email = Ruled(contacts.email, label="Почта", required=False, widget=forms.TextInput(attrs={"inputmode": "email"}))
    phone = Ruled(contacts.phone, label="Телефон", required=False, widget=forms.TextInput(attrs={"inputmode": "tel"}))

    def __init__(self, *args: Any, today: date, **given: Any) -> None:
        super().__init__(*args, **given)
        cast("Ruled", self.fields["birth_date"]).rule = lambda text: birth.birth_date(text, today=today)
        known = sorted(countries().items(), key=lambda one: (one[0] != RUSSIA, one[1]))
        self.fields["citizenship"].choices = [("", "не указано"), *known]  # type: ignore[attr-defined]

    def particulars(self) -> dict[str, object]:
        """Return the particulars typed."""
        return {name: self.cleaned_data[name] for name in DetailsForm.base_fields}


class PaperForm(forms.Form):
    """An education document (273-ФЗ ст. 76 ч. 3)."""

    level = forms.ChoiceField(label="Уровень образования", choices=EducationDocument.Level.choices)
    series = Ruled(education.diploma_series, label="Серия", required=False)
    number = Ruled(education.diploma_number, label="Номер", required=False)
    surname = _name("diploma_last_name", "Фамилия в документе", required=False, help_text="Если иная, чем сейчас")
    issued_on = Day(label="Дата выдачи", required=False)
    organisation = Line(label="Кем выдан", max_length=255, required=False)

    def clean(self) -> dict[str, Any]:
        """A document that is in hand has a number; of somebody still studying there is none yet."""
        typed = super().clean() or self.cleaned_data
        studying = typed.get("level") == EducationDocument.Level.STUDENT
        if not studying and not typed.get("number") and "number" not in self.errors and self.wants_number():
            self.add_error("number", error_of(RuleViolation("273-ФЗ ст. 76 ч. 3", "Впишите номер документа.")))
        return typed

    def wants_number(self) -> bool:
        """True when a document is being entered at all."""
        return True

    def schooling(self) -> Schooling:
        """Return the document typed."""
        return Schooling(**{name: self.cleaned_data[name] for name in PaperForm.base_fields})


class LearnerForm(NameForm, DetailsForm, PaperForm):
    """A learner entered by hand: who, how to reach, with what education."""

    key = RequestKey()
    level = forms.ChoiceField(
        label="Уровень образования",
        required=False,
        choices=[("", "документа пока нет"), *EducationDocument.Level.choices],
    )
    another = forms.BooleanField(label="Это другой человек: с похожими карточками сверено", required=False)
    field_order = (*NameForm.base_fields, *DetailsForm.base_fields, *PaperForm.base_fields)

    def wants_number(self) -> bool:
        """A learner may come without a document; it is added when it is brought."""
        return bool(self.cleaned_data.get("level"))

    def clean(self) -> dict[str, Any]:
        """What belongs to a document is not dropped silently because no level is chosen."""
        typed = super().clean()
        if not typed.get("level") and any(
            typed.get(name) for name in ("series", "number", "issued_on", "organisation")
        ):
            self.add_error(
                "level", forms.ValidationError("Выберите уровень: документ записывают вместе с ним.", code="2.1")
            )
        return typed

    def given(self) -> Particulars:
        """Return the person typed."""
        name = {part: self.cleaned_data[part] for part in NameForm.base_fields}
        papers = (self.schooling(),) if self.cleaned_data["level"] else ()
        return Particulars(**name, **self.particulars(), education=papers)  # type: ignore[arg-type]


class EditForm(DetailsForm, SharedForm):
    """Particulars of somebody known, as they were when the form was opened."""

    shared = tuple(DetailsForm.base_fields)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**63 - 1)


class RenameForm(NameForm):
    """Another name, from a date, by a document."""

    valid_from = Day(label="Действует с", help_text="День перемены имени, не день выдачи документа")
    kind = forms.ChoiceField(label="Документ", choices=[(kind, kind) for kind in name_basis.KINDS])
    number = Line(label="Серия и номер", max_length=40, help_text="Как в документе: «I-АК 123456»")
    issued_on = Day(label="Дата документа")
    issuer = Line(label="Кем выдан", max_length=80, help_text="Коротко: «Отдел ЗАГС № 1 Санкт-Петербурга»")

    def change(self) -> dict[str, Any]:
        """Return the name typed, its day and its document in one line."""
        typed = self.cleaned_data
        paper = {part: typed[part] for part in ("kind", "number", "issued_on", "issuer")}
        name = {part: typed[part] for part in (*NameForm.base_fields, "valid_from")}
        return name | {"basis": name_basis.composed(**paper)}


class CorrectNameForm(NameForm):
    """The name that should have been entered."""

    reason = Line(
        label="В чём ошибка",
        max_length=160,
        help_text="И по какому документу её видно: «опечатка в фамилии, паспорт предъявлен»",
    )


class EmployeeForm(NameForm):
    """An employee: service particulars alone."""

    key = RequestKey()
    unit = forms.ModelChoiceField(label="Подразделение", queryset=Unit.objects.all(), empty_label=None)
    position = Line(label="Должность", max_length=120)
    hired_on = Day(label="Принят")
    card = forms.UUIDField(
        label="Код карточки",
        required=False,
        help_text="Если человек здесь учится или учился: код даст методист. Тогда это останется один человек.",
        error_messages={"invalid": "Это не код: он такой, как 0f8fad5b-d9cb-469f-a165-70867728950e."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    another = forms.BooleanField(label="Это другой человек: методист сверил карточки", required=False)

    def given(self) -> Particulars:
        """Return the name typed."""
        return Particulars(**{part: self.cleaned_data[part] for part in NameForm.base_fields})

    def place(self) -> Position:
        """Return where and since when."""
        typed = self.cleaned_data
        return Position(unit=typed["unit"], position=typed["position"], hired_on=typed["hired_on"])


class StaffOrderForm(forms.Form):
    """The order about an employee."""

    order_number = Line(label="Номер приказа", max_length=40)
    order_date = Day(label="Дата приказа")

    def order(self) -> StaffOrder:
        """Return the order typed."""
        return StaffOrder(self.cleaned_data["order_number"], self.cleaned_data["order_date"])


class MoveForm(StaffOrderForm):
    """Another position or unit."""

    unit = forms.ModelChoiceField(label="Подразделение", queryset=Unit.objects.all(), empty_label=None)
    position = Line(label="Должность", max_length=120)
    since = Day(label="С какого дня")


class DismissalForm(StaffOrderForm):
    """The last day of work."""

    left_on = Day(label="Последний день работы")


class AccountForm(forms.Form):
    """An account of an employee."""

    login = forms.RegexField(
        LOGIN_PATTERN,
        label="Логин",
        max_length=40,
        help_text="Латиницей: буквы, цифры, точка, дефис; от 2 до 40 знаков",
        error_messages={"invalid": "Только латинские строчные буквы, цифры, точка, дефис и подчёркивание."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )


class RoleForm(forms.Form):
    """A role proposed by an order."""

    account = forms.ModelChoiceField(
        label="Кому",
        queryset=Account.objects.none(),
        empty_label="выберите человека",
        help_text="Только работники: слушателя сначала вносят в работники, а роль слушателя даёт методист",
    )
    role = forms.ChoiceField(
        label="Роль", choices=[("", "выберите роль"), *((role.value, role.label) for role in Role)]
    )
    unit = forms.ModelChoiceField(
        label="Подразделение",
        queryset=Unit.objects.all(),
        required=False,
        empty_label=UNITED,
        help_text="По приказу: одно подразделение или вся академия",
    )
    order_number = Line(label="Номер приказа", max_length=40)
    order_date = Day(label="Дата приказа")
    valid_from = Day(label="Действует с")
    valid_to = Day(label="Действует по", required=False, help_text="Пусто — бессрочно")

    def __init__(self, *args: Any, actor: Account, **given: Any) -> None:
        super().__init__(*args, **given)
        field = cast("Any", self.fields["account"])
        field.queryset = others_than(actor)
        field.label_from_instance = named

    def basis(self) -> Basis:
        """Return the order typed."""
        typed = self.cleaned_data
        return Basis(typed["order_number"], typed["order_date"], typed["valid_from"], typed["valid_to"])


class SubstituteForm(forms.Form):
    """Who has the role of an employee who is away, by which order, from when till when."""

    account = forms.ModelChoiceField(
        label="Кто замещает", queryset=Account.objects.none(), empty_label="выберите человека"
    )
    order_number = Line(label="Номер приказа", max_length=40)
    order_date = Day(label="Дата приказа")
    valid_from = Day(label="Замещает с")
    valid_to = Day(label="Замещает по", help_text="Последний день, не больше года; роль кончится сама")

    def __init__(self, *args: Any, actor: Account, away: RoleAssignment, **given: Any) -> None:
        super().__init__(*args, **given)
        field = cast("Any", self.fields["account"])
        field.queryset = others_than(actor).exclude(person_uid=away.account.person_uid)
        field.label_from_instance = named

    def basis(self) -> Basis:
        """Return the order typed."""
        typed = self.cleaned_data
        return Basis(typed["order_number"], typed["order_date"], typed["valid_from"], typed["valid_to"])


class EmergencyForm(forms.Form):
    """Whose record is needed at once, why, and for how long."""

    name = Line(label="Фамилия, имя, отчество", max_length=200, help_text="Полностью, как в документах слушателя")
    birth_date = Ruled(str, label="Дата рождения", widget=DayInput)
    reason = Lines(
        label="Причина",
        max_length=500,
        help_text="Что случилось и почему нельзя ждать: не короче 20 знаков. Её прочтут проверяющие; личных данных не пишите",
    )
    minutes = forms.TypedChoiceField(
        label="На сколько", coerce=int, choices=[(minutes, f"{minutes} минут") for minutes in emergency.MINUTES]
    )

    def __init__(self, *args: Any, today: date, **given: Any) -> None:
        super().__init__(*args, **given)
        cast("Ruled", self.fields["birth_date"]).rule = lambda text: birth.birth_date(text, today=today)

    def wanted(self) -> Wanted:
        """Return who is named, the birth date as a day."""
        born = self.cleaned_data["birth_date"]
        return Wanted(self.cleaned_data["name"], born if isinstance(born, date) else date.fromisoformat(str(born)))


class ReviewForm(forms.Form):
    """What came of a review of an emergency access."""

    verdict = forms.ChoiceField(label="Доступ", choices=[("", "выберите"), *emergency.VERDICT.choices])
    conclusion = Lines(
        label="Заключение", max_length=500, help_text="Что проверено и к чему вы пришли: не короче 20 знаков"
    )


def others_than(actor: Account) -> QuerySet[Account]:
    """Return the open accounts of those who work here, without the actor's own."""
    open_ones = Account.objects.filter(is_active=True).exclude(person_uid=actor.person_uid)
    return open_ones.exclude(queries.of_learner_alone()).order_by("display_name", "pk")


def named(account: Account) -> str:
    """Return how an account stands in a choice: its holder and the login."""
    return f"{account.display_name} ({account.login})"


def rights_of(role: Role) -> list[str]:
    """Return in sentences what a role lets one do, for the page that asks to approve it."""
    return [permission.sentence for permission in Permission if role in MATRIX[permission]]
