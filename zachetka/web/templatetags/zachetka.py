"""Tags and filters of the interface; a builtin of every template. All of them are shown on /design/.

Grammar and dates come from `core.russian`; here they only meet templates.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django import template
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from zachetka.core import russian
from zachetka.core.clock import LEGAL_ZONE
from zachetka.web import icons
from zachetka.web.states import TONES, badge_of

if TYPE_CHECKING:
    from django.forms import BoundField

register = template.Library()

EMPTY: Final = "—"


def _legal(value: date | datetime) -> date:
    """Return the Moscow day of a moment; a day is returned as it is."""
    return value.astimezone(LEGAL_ZONE).date() if isinstance(value, datetime) else value


# --- Words and numbers ------------------------------------------------------------------------------------------------


@register.filter
def plural(n: int, forms: str) -> str:
    """{{ n|plural:"строка,строки,строк" }} → «строки»: the word alone."""
    one, few, many = forms.split(",")
    return russian.plural(int(n), one, few, many)


@register.filter
def counted(n: int, forms: str) -> str:
    """{{ n|counted:"строка,строки,строк" }} → «38 строк», joined by a space that does not break."""
    return f"{russian.grouped(int(n))}{russian.NBSP}{plural(n, forms)}"


@register.filter
def grouped(n: int | None) -> str:
    """{{ 48113|grouped }} → «48 113»."""
    return EMPTY if n is None else russian.grouped(int(n))


@register.filter
def decimal_ru(value: Decimal | int | None, places: int | None = None) -> str:
    """{{ average|decimal_ru:2 }} → «4,33»; nothing → «—»."""
    return EMPTY if value is None else russian.decimal(value, places)


@register.filter
def hours(n: int | None) -> str:
    """{{ 72|hours }} → «72 ч»."""
    return EMPTY if n is None else russian.hours_short(int(n))


@register.filter
def dash(value: Any) -> Any:
    """{{ value|dash }} → «—» for None and an empty string; zero stays zero."""
    return EMPTY if value is None or value == "" else value


@register.filter
def typeset(text: Any) -> str:
    """{{ sentence|typeset }} keeps «№ 5», «72 ч» and short prepositions together."""
    return russian.typeset(str(text))


# --- Days and moments -------------------------------------------------------------------------------------------------


@register.filter
def date_ru(value: date | datetime | None) -> str:
    """{{ day|date_ru }} → «18.09.2026», as tables write days."""
    return EMPTY if value is None else russian.date_digits(_legal(value))


@register.filter
def date_words(value: date | datetime | None, today: date | None = None) -> str:
    """{{ day|date_words:today }} → «18 декабря», the year too when it is another."""
    return EMPTY if value is None else russian.date_words(_legal(value), today)


@register.filter
def moment_ru(value: datetime | None) -> str:
    """{{ at|moment_ru }} → «25.06.2026 16:42», Moscow time."""
    return EMPTY if value is None else russian.moment_digits(value.astimezone(LEGAL_ZONE))


@register.filter
def clock_ru(value: datetime | None) -> str:
    """{{ at|clock_ru }} → «11:24», Moscow time."""
    return EMPTY if value is None else russian.clock(value.astimezone(LEGAL_ZONE))


@register.filter
def due(value: date | None, today: date) -> str:
    """{{ term|due:today }} → «Просрочено 2 дня», «Сегодня», «Ср, 25 ноября», «14 декабря»."""
    return EMPTY if value is None else russian.due_word(value, today)


# --- People -----------------------------------------------------------------------------------------------------------


@register.filter
def initials(person: Any) -> str:
    """{{ person|initials }} → «Белова О. С.»; takes a full name or an object with `surname`, `given`, `patronymic`."""
    if person is None or person == "":
        return EMPTY
    if isinstance(person, str):
        surname, _, rest = person.partition(" ")
        given, _, patronymic = rest.partition(" ")
        return russian.surname_first(surname, given, patronymic)
    first = str(getattr(person, "given", None) or getattr(person, "given_name", ""))
    return russian.surname_first(person.surname, first, getattr(person, "patronymic", "") or "")


@register.filter
def monogram(name: str) -> str:
    """{{ "Белова Ольга Сергеевна"|monogram }} → «ОБ»: given name first, as people call each other."""
    words = str(name).replace(russian.NBSP, " ").split()
    if len(words) > 1:
        words = [words[1], words[0]]
    return "".join(word[0].upper() for word in words[:2])


@register.filter
def given_names(name: str) -> str:
    """{{ "Белова Ольга Сергеевна"|given_names }} → «Ольга Сергеевна»; one word stays as it is."""
    _, _, rest = str(name).strip().partition(" ")
    return rest or str(name)


# --- Pieces of a page -------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, classes: str = "", label: str = "") -> SafeString:
    """{% icon "lock" %}, {% icon "check" "icon-s" %}, {% icon "shield-check" label="проверено" %}."""
    return icons.icon(name, classes, label)


@register.simple_tag
def badge(tone: str, drawing: str = "", text: Any = "") -> SafeString:
    """{% badge "ok" "check" "подписан" %}: tone ∈ states.TONES, icon, word. One argument: a state of `states.STATES`.

    Raises:
        KeyError: the tone, or the state, is not in the table.
    """
    if not drawing:
        tone, drawing, text = badge_of(tone)
    suffix = TONES[tone]
    return format_html('<span class="badge{}">{}{}</span>', suffix, icons.icon(drawing), text)


@register.simple_tag
def crumbs(*parts: Any) -> SafeString:
    """{% crumbs "Слушатели" url "ПП-26-03" url2 "Зачётная книжка" %}: label and address by turns, the last without one."""
    pairs = [(parts[n], parts[n + 1] if n + 1 < len(parts) else "") for n in range(0, len(parts), 2)]
    items = format_html_join(
        "",
        "<li>{}</li>",
        (
            (format_html('<a href="{}">{}</a>', url, label) if url else conditional_escape(label),)
            for label, url in pairs
        ),
    )
    return format_html('<nav class="crumbs" aria-label="Путь к странице"><ol>{}</ol></nav>', items)


@register.simple_tag
def bar(value: Decimal | int | None, whole: Decimal | int = 100, label: str = "", tone: str = "") -> SafeString:
    """{% bar 160 256 "Освоено 160 из 256 ч" %}: a part of a whole, drawn by SVG attributes, never by `style`."""
    share = 0 if not whole or value is None else max(0, min(100, round(100 * Decimal(value) / Decimal(whole))))
    return format_html(
        '<svg class="bar{}" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect width="100" height="6"/><rect width="{}" height="6"/></svg>',
        f" bar-{tone}" if tone else "",
        label or f"{share} %",
        share,
    )


@register.simple_tag
def proof(number: int | None, url: str = "") -> SafeString:
    """{% proof event.number url %}: a quiet green shield with the event number; nothing proven yet → «—»."""
    if number is None:
        return mark_safe(EMPTY)  # noqa: S308 — a constant
    inside = format_html("{} {}", icons.icon("shield-check"), russian.grouped(number))
    if url:
        return format_html(
            '<a class="proof" href="{}" aria-label="Доказательство записи {}">{}</a>',
            url,
            russian.grouped(number),
            inside,
        )
    return format_html('<span class="proof">{}</span>', inside)


@register.inclusion_tag("web/_components/field.html")
def field(bound: BoundField, size: str = "") -> dict[str, Any]:
    """{% field form.surname %}: label, control, hint, errors with their clauses."""
    errors = [
        {
            "text": sentence,
            "clause": (error.code or "") if (error.code or " ")[0].isdigit() else "",
            "door": getattr(error, "door", None),
            "take": getattr(error, "take", ""),
        }
        for error in bound.errors.as_data()
        for sentence in error.messages
    ]
    described = " ".join(
        filter(
            None,
            (f"{bound.id_for_label}-hint" if bound.help_text else "", f"{bound.id_for_label}-error" if errors else ""),
        )
    )
    attributes: dict[str, str | bool] = {"aria-describedby": described} if described else {}
    if errors:
        attributes["aria-invalid"] = "true"
    control = bound.as_widget(attrs=attributes)
    kind = getattr(bound.field.widget, "input_type", "")
    return {
        "bound": bound,
        "control": control,
        "errors": errors,
        "kind": kind,
        "group": bound.use_fieldset,
        "size": size,
    }


@register.filter
def layout_for(status: int, user: Any) -> str:
    """{% extends status|layout_for:user %}: a refusal stands in the shell, a fault of ours on a page that asks nothing."""
    inside = status < 500 and getattr(user, "is_authenticated", False)
    return "web/base.html" if inside else "web/plain.html"


# --- What is the same on every page --------------------------------------------------------------------------------


class Fixed(template.Node):
    """What a process draws once: nothing inside may depend on who looks, or on anything that changes while it runs."""

    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist
        self._drawn: SafeString | None = None

    def render(self, context: template.Context) -> SafeString:
        """Return the text, drawn the first time without anything that the page was told."""
        if self._drawn is None:
            self._drawn = self.nodelist.render(context.new({}))
        return self._drawn


@register.tag
def fixed(parser: Any, _token: Any) -> Fixed:
    """{% fixed %}{% include "web/_head.html" %}{% endfixed %}: drawn once in a process."""
    nodelist = parser.parse(("endfixed",))
    parser.delete_first_token()
    return Fixed(nodelist)


# --- The head of a page -----------------------------------------------------------------------------------------------


@register.filter
def words(text: str) -> list[str]:
    """{% for name in "a b c"|words %}: a short list written in place."""
    return text.split()


@register.simple_tag
def static_module(name: str) -> str:
    """{% static_module "theme" %} → the address of our script `zachetka/theme.js`."""
    return static(f"zachetka/{name}.js")
