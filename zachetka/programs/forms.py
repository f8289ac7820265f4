"""The shape of what is typed about programmes; the rules are in `rules` and `actions`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory

from zachetka.access.guard import grants_of
from zachetka.access.models import Account, Unit
from zachetka.access.policy import Permission
from zachetka.programs.actions.plans import ModuleDraft, ResultDraft
from zachetka.programs.actions.versions import HeadDraft
from zachetka.programs.models import GradingScale, Module, PlannedResult, ProgramVersion
from zachetka.programs.models.program import Kind
from zachetka.programs.norms import Norm
from zachetka.rendering.acts import SeenForm
from zachetka.rendering.fields import Choices, Day, Line, Whole
from zachetka.rendering.meanwhile import SharedForm

MOST_LINES: Final = 60
MOST_RESULTS: Final = 40
MOST_HOURS: Final = 9999


class HeadForm(SharedForm):
    """The programme as a whole."""

    title = Line(label="Наименование", max_length=255)
    hours = Whole(label="Объём, ч", most=MOST_HOURS, unit=" ч", help_text="Академических часов")
    study_form = forms.ChoiceField(label="Форма обучения", choices=ProgramVersion.StudyForm.choices)
    qualification = Line(label="Квалификация", max_length=255, required=False)
    final_form = Line(label="Форма итоговой аттестации", max_length=120, required=False)
    distance = forms.BooleanField(label="С применением дистанционных технологий", required=False)

    shared = ("title", "hours", "study_form", "qualification", "final_form", "distance")

    def draft(self) -> HeadDraft:
        """Return what was typed."""
        return HeadDraft(**{name: self.cleaned_data[name] for name in HeadDraft.__slots__})


class NewProgramForm(HeadForm):
    """A new programme: whose, of which kind, under which code."""

    unit = forms.ModelChoiceField(label="Подразделение", queryset=Unit.objects.none(), empty_label=None)
    kind = forms.ChoiceField(label="Вид программы", choices=Kind.choices)
    code = Line(label="Шифр", max_length=20, help_text="Например, ПП-013")
    field_order = ("unit", "kind", "code", "title")

    def __init__(self, *args: Any, actor: Account, **given: Any) -> None:
        super().__init__(*args, **given)
        held = [one.unit_id for one in grants_of(actor, Permission.PROGRAM_EDIT)]
        units = Unit.objects.all()
        self.fields["unit"].queryset = (  # type: ignore[attr-defined]
            units if None in held else units.filter(pk__in=[unit for unit in held if unit is not None])
        )


class ActForm(forms.Form):
    """The first day of what an act sets, and the act."""

    since = Day(label="Действует с")
    basis = Line(label="Локальный акт", max_length=200, help_text="Вид, номер и дата: «приказ № 12-од от 01.12.2026»")


class NormForm(ActForm):
    """What an act sets as a number."""

    number = Whole(label="Сколько")

    def __init__(self, *args: Any, norm: Norm, **given: Any) -> None:
        super().__init__(*args, **given)
        said = "%" if norm.unit is None else norm.unit.many
        least, most = norm.between
        self.fields["number"] = Whole(label=f"Сколько, {said}", least=least, most=most)


class ModuleForm(SharedForm):
    """A line of the curriculum."""

    shared = ("title", "short_title", "sort", "hours", "control", "scale")
    named = "title"

    pk = forms.IntegerField(required=False, min_value=1, max_value=2**31, widget=forms.HiddenInput)
    title = Line(label="Наименование", max_length=255)
    short_title = Line(label="Кратко, для ведомости", max_length=40, required=False)
    sort = forms.ChoiceField(label="Что это", choices=Module.Sort.choices, widget=Choices)
    hours = Whole(label="Часы", most=MOST_HOURS, unit=" ч")
    control = forms.ChoiceField(label="Форма контроля", choices=Module.Control.choices, widget=Choices)
    scale = forms.ChoiceField(label="Шкала", widget=Choices)

    def __init__(self, *args: Any, scales: Sequence[tuple[int, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["scale"].choices = scales  # type: ignore[attr-defined]

    def has_changed(self) -> bool:
        """A row in which nobody typed anything is not a line, whatever its selects say."""
        return bool({"title", "hours", "short_title", "pk"} & set(self.changed_data))

    def draft(self) -> ModuleDraft:
        """Return the line."""
        typed = self.cleaned_data
        return ModuleDraft(
            title=typed["title"],
            short_title=typed["short_title"] or typed["title"][:40],
            sort=typed["sort"],
            hours=typed["hours"],
            control=typed["control"],
            scale_id=int(typed["scale"]),
            pk=typed["pk"],
        )


class ResultForm(SharedForm):
    """A planned result, with the rows of the plan that prove it (rows of the page, from 0)."""

    shared = ("code", "text", "links")
    named = "code"
    links = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)
    """Lines of the plan that proved it when the page was opened, by their primary keys: shown to nobody, compared."""

    pk = forms.IntegerField(required=False, min_value=1, max_value=2**31, widget=forms.HiddenInput)
    code = Line(label="Код", max_length=12)
    text = Line(label="Что будет уметь", max_length=500)
    proved_by = forms.MultipleChoiceField(
        label="Чем доказывается", required=False, choices=[(str(row), str(row)) for row in range(MOST_LINES + 5)]
    )

    def has_changed(self) -> bool:
        """A row in which nobody typed anything is not a result."""
        return bool({"code", "text", "pk"} & set(self.changed_data))


class Rows(BaseFormSet):  # type: ignore[type-arg] # forms of one class
    """Rows of an editable table: removed ones are left out, the rest go by the number typed or by their place.

    A form of it says in `named` which field a row cannot be without.
    """

    too_many = "Слишком много строк: разделите план."

    def __init__(self, **given: Any) -> None:
        super().__init__(error_messages={"too_many_forms": self.too_many}, **given)

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        """Name the fields that Django adds in the words of the page."""
        super().add_fields(form, index)
        if "ORDER" in form.fields:
            form.fields["ORDER"] = Whole(label="№", most=999, required=False)
        form.fields["DELETE"].label = "Убрать"
        for field in form.fields.values():
            field.widget.attrs["aria-label"] = field.label or ""

    def kept(self) -> list[tuple[int, forms.Form]]:
        """Return (row of the page, form) of what stays, in the order asked for."""
        rows = [
            (row, form)
            for row, form in enumerate(self.forms)
            if not form.cleaned_data.get("DELETE") and form.cleaned_data.get(form.named)
        ]
        return sorted(rows, key=lambda one: (one[1].cleaned_data.get("ORDER") or 10_000 + one[0], one[0]))


ModuleRows = formset_factory(
    ModuleForm, formset=Rows, extra=1, can_delete=True, can_order=True, max_num=MOST_LINES, validate_max=True,
    absolute_max=MOST_LINES + 5,
)  # fmt: skip
ResultRows = formset_factory(
    ResultForm, formset=Rows, extra=1, can_delete=True, max_num=MOST_RESULTS, validate_max=True,
    absolute_max=MOST_RESULTS + 5,
)  # fmt: skip


def head_written(version: ProgramVersion) -> dict[str, Any]:
    """Return what is written of the programme as a whole, as the form takes it."""
    return {name: getattr(version, name) for name in HeadForm.shared}


def module_written(module: Module) -> dict[str, Any]:
    """Return what is written of a line, as the form takes it."""
    return {name: getattr(module, name) for name in ModuleForm.shared if name != "scale"} | {"scale": module.scale_id}


def links_of(result: PlannedResult) -> str:
    """Return the primary keys of the lines that prove `result`, as the page carries them."""
    return " ".join(str(pk) for pk in sorted(module.pk for module in result.modules.all()))


class PlanPage:
    """The one page on which a draft is edited: head, lines, planned results, and what was seen when it was opened."""

    def __init__(self, version: ProgramVersion, posted: Any = None, *, seen: str = "") -> None:
        scales = list(GradingScale.objects.values_list("pk", "name"))
        modules = sorted(version.modules.all(), key=lambda module: module.ordinal)
        rows = {module.pk: row for row, module in enumerate(modules)}
        results = list(version.results.all())
        self.met = ""
        self.seen = posted.get("seen", "")[:64] if posted is not None else seen
        self.head = HeadForm(posted, initial=head_written(version))
        self.modules: Any = ModuleRows(
            data=posted,
            prefix="m",
            form_kwargs={"scales": scales},
            initial=[
                module_written(module) | {"pk": module.pk, "ORDER": place} for place, module in enumerate(modules, 1)
            ],
        )
        self.results: Any = ResultRows(
            data=posted,
            prefix="r",
            initial=[
                {"pk": result.pk, "code": result.code, "text": result.text}
                | {"proved_by": [str(rows[module.pk]) for module in result.modules.all()]}
                | {"links": links_of(result)}
                for result in results
            ],
        )

    def is_valid(self) -> bool:
        """True when every part is well shaped; errors stand at their fields."""
        return all([self.head.is_valid(), self.modules.is_valid(), self.results.is_valid()])

    def become(self, other: PlanPage) -> None:
        """Be what `other` is: the same page, of the draft as it is now."""
        self.__dict__.update(other.__dict__)

    def module_drafts(self) -> list[ModuleDraft]:
        """Return the lines in their order."""
        return [form.draft() for _, form in self.modules.kept()]

    def result_drafts(self) -> list[ResultDraft]:
        """Return the planned results; rows of the page have become places of the plan."""
        places = {str(row): place for place, (row, _) in enumerate(self.modules.kept(), 1)}
        return [
            ResultDraft(
                code=form.cleaned_data["code"],
                text=form.cleaned_data["text"],
                proved_by=frozenset(places[row] for row in form.cleaned_data["proved_by"] if row in places),
                pk=form.cleaned_data["pk"],
            )
            for _, form in self.results.kept()
        ]


class ApprovalForm(SeenForm):
    """From which day the version is in force."""

    valid_from = Day(label="Действует с")
