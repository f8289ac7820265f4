"""The act and the extract from the journal of the system: what both papers say, frozen, and the words of the form (п. 2.5; приказ № 179)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.apps import apps
from django.conf import settings

from zachetka.core.academy import academy_on
from zachetka.core.clock import LEGAL_ZONE, legal_date
from zachetka.core.russian import Gender, Noun, counted, date_digits, date_words, initials_first, moment_digits
from zachetka.destruction.rules import STAYS
from zachetka.ledger.models import Event
from zachetka.people.models import Employee
from zachetka.rendering.forms import FORMS
from zachetka.rendering.press import Pdf, press

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.destruction.models import Act, ActLine
    from zachetka.destruction.queries.cases import Case
    from zachetka.rendering.forms import Form

ACT: Final[Form] = FORMS["destruction_act"]
EXTRACT: Final[Form] = FORMS["destruction_extract"]
PAPERS: Final = {"act": (ACT, "Акт"), "extract": (EXTRACT, "Выгрузка из журнала")}
YEAR: Final = Noun("год", "года", "лет", Gender.MASCULINE)
METHOD: Final = (
    "значения удалены из базы данных вместе с солями обязательств журнала событий, содержимое файлов удалено из хранилища; "
    "восстановить их средствами системы нельзя"
)
MANNER: Final = "автоматизированная обработка; уничтожено программой в момент утверждения"


def content_of(act: Act, case: Case, lines: Sequence[ActLine], requisites: Mapping[str, Any]) -> dict[str, Any]:
    """Return what both papers say of an act that is being approved; read from now on and never computed again."""
    day = legal_date(act.decided_at) if act.decided_at else None
    if day is None or act.decided_by is None:
        raise ValueError("an act that nobody has decided has no paper")
    academy = academy_on(day)
    person, categories = case.person, [one.called for one in case.entries if one.ground is None]
    return {
        "number": act.number,
        "extract_number": act.extract_number,
        "day": date_digits(day),
        "law": requisites["law"],
        "kept_years": requisites["kept_years"],
        "operator": academy.name,
        "address": academy.address,
        "organization": list(academy.lines),
        "organization_short": academy.short,
        "city": academy.city,
        "system": settings.PERSONAL_DATA_SYSTEM,
        "subject": {"name": person.full_name, "uid": str(person.human_uid)},
        "categories": categories,
        "lines": [{"what": str(one.get_what_display()), "place": one.place} for one in lines],
        "carrier": act.carrier,
        "sheets": act.sheets,
        "method": METHOD,
        "manner": MANNER,
        "reason": act.reason,
        "composed_by": signed(act.composed_by),
        "approved_by": signed(act.decided_by),
        "kept": [[one.called, one.ground.words] for one in case.entries if one.ground is not None]
        + [[called, why] for called, why in STAYS],
        "extract": [[code, label] for code, label in requisites["extract"]],
    }


def signed(account: Account) -> dict[str, str]:
    """Return position and name, as beside a signature."""
    found = Employee.objects.filter(person__uid=account.person_uid).values_list("position", flat=True).first()
    position = found or "должность не указана"
    last, _, rest = account.display_name.partition(" ")
    first, _, patronymic = rest.partition(" ")
    return {
        "position": position[:1].upper() + position[1:],
        "name": account.display_name,
        "short": initials_first(last, first, patronymic) if first else account.display_name,
    }


def paper(act: Act, kind: str) -> Pdf:
    """Print the act or the extract, the same bytes whenever it is printed.

    Raises:
        KeyError: no such paper.
    """
    form, _ = PAPERS[kind]
    if act.decided_at is None:
        raise ValueError("an act that nobody has decided has no paper")
    told = act.content
    events = _events(act) if form is EXTRACT else []
    return press.render(form, printed(told, events), act.decided_at)


def printed(told: Mapping[str, Any], events: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    """Return the words of either form: strings alone, the template has no grammar."""
    day = date_of(told["day"])
    requisites = {
        "subject": f"{told['subject']['name']}, идентификатор {told['subject']['uid']}",
        "data": ", ".join(told["categories"]),
        "system": told["system"],
        "reason": told["reason"],
        "date": told["day"],
    }
    sheets = f", листов: {told['sheets']}" if told["sheets"] else ""
    return {
        "organization": told["organization"],
        "organization_short": told["organization_short"],
        "city": told["city"],
        "number": told["number"],
        "extract_number": told["extract_number"],
        "day": day,
        "law": told["law"],
        "kept": f"Хранят {counted(told['kept_years'], YEAR)} со дня уничтожения.",
        "operator": f"{told['operator']}; {told['address']}",
        "subject": requisites["subject"],
        "data": requisites["data"],
        "system": told["system"],
        "carrier": f"{told['carrier']}{sheets}" if told["carrier"] else "нет",
        "method": told["method"],
        "manner": told["manner"],
        "reason": told["reason"],
        "date": told["day"],
        "lines": [[one["what"], one["place"]] for one in told["lines"]],
        "stays": told["kept"],
        "composed_by": told["composed_by"],
        "approved_by": told["approved_by"],
        "requisites": [[label, requisites[code]] for code, label in told["extract"]],
        "events": [[one["number"], one["at"], one["what"], one["record"], one["who"]] for one in events],
    }


def date_of(digits: str) -> str:
    """Return 30 ноября 2026 of 30.11.2026."""
    day, month, year = (int(part) for part in digits.split("."))
    return date_words(date(year, month, day))


def _noun(label: str) -> str:
    """Return what a kind of record is called on paper; a kind of another version by its own name."""
    try:
        return str(getattr(apps.get_model(label), "noun", label))
    except LookupError:
        return label


def _events(act: Act) -> list[dict[str, str]]:
    """Return the events of the ledger by which the act was composed, approved and carried out, in their order."""
    own = Event.objects.of(act)
    done = Event.objects.filter(type__in=["record.destroyed", "file.destroyed"], body__act=act.pk)
    found = (own.filter(type__in=["destruction_act.composed", "destruction_act.approved"]) | done).select_related(
        "actor"
    )
    return [
        {
            "number": str(one.pk),
            "at": f"{moment_digits(one.at.astimezone(LEGAL_ZONE))} МСК",
            "what": one.kind.sentence,
            "record": f"{_noun(one.object_type)}, запись {one.object_id}",
            "who": str(one.actor) if one.actor else "система",
        }
        for one in found.order_by("pk")
    ]
