"""A form sent from a page that somebody has overtaken: mine, theirs and what was, at the field (п. 2.4; security.md N16).

A form of a record that several people keep carries what was written when it was opened, in one hidden field. When its action
answers `Stale`, the page comes back with everything typed in it: what nobody else touched stays as it was typed, what only the
others changed is theirs already, and where both did, the field keeps what was typed and says what is written. Sent again, it
is a form of the record as it is now. Nothing of what the page carries decides anything: the action compares versions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django import forms
from django.utils.html import format_html

from zachetka.core.errors import Stale

if TYPE_CHECKING:
    from django.http import QueryDict
    from django.utils.safestring import SafeString

WAS: Final = "was"
TAKE: Final = "take"
"""The button beside a field: take what is written instead of what was typed; its value is the field's name on the page."""
LONGEST: Final = 60_000
SPOILT: Final = "Страница пришла испорченной. Проверьте введённое и сохраните ещё раз."


class Overtaken(forms.ValidationError):
    """What others wrote into a field meanwhile.

    Attributes:
        take: the name of the field on the page, to take what is written; "" when it stands there already.
    """

    def __init__(self, sentence: str, take: str = "") -> None:
        super().__init__(sentence, code="overtaken")
        self.take = take


class SharedForm(forms.Form):
    """A form of a record that several people keep; `shared` names the fields that are compared."""

    shared: ClassVar[tuple[str, ...]] = ()
    met = ""
    """Who has overtaken the page, and what to do; "" while nobody has."""

    @property
    def carried(self) -> SafeString | str:
        """What the page carries: the words of each shared field when it was opened."""
        if self.is_bound or WAS in self.initial:
            was = self.was
        elif self.initial:
            was = {
                name: self.written(name, self.get_initial_for_field(self.fields[name], name)) for name in self.shared
            }
        else:
            return ""
        return format_html(
            '<input type="hidden" name="{}" value="{}">', self.add_prefix(WAS), json.dumps(was, ensure_ascii=False)
        )

    def clean(self) -> dict[str, Any]:
        """What the page carries is as it was drawn, or the form is refused; drawn again, it carries nothing unreadable."""
        typed = super().clean() or self.cleaned_data
        if self.shared and _read(self.data.get(self.add_prefix(WAS), "{}")) is None:
            self.add_error(self.shared[0], forms.ValidationError(SPOILT, code=WAS))
        return typed

    @property
    def was(self) -> dict[str, str]:
        """What the page says was written when it was opened; what cannot be read says nothing.

        A page drawn again before anything is judged carries it in its initial values.
        """
        sent = self.data.get(self.add_prefix(WAS), "{}") if self.is_bound else str(self.initial.get(WAS, "{}"))
        read = _read(sent) or {}
        return {name: text for name, text in read.items() if name in self.shared}

    def written(self, name: str, value: object) -> str:
        """Return `value` as the field `name` sends it."""
        field = self.fields[name]
        value = field.prepare_value(value)
        if isinstance(field.widget, forms.CheckboxInput):
            return "on" if value else ""
        if isinstance(field.widget, forms.Select):
            return "" if value is None else str(value)
        return str(field.widget.format_value(value) or "")

    def meet(
        self, data: QueryDict, now_written: Mapping[str, object], beside: Mapping[str, str] | None = None
    ) -> list[tuple[str, Overtaken]]:
        """Make `data`, a copy of what was sent, a form of the record as it is now; return what is said at which field.

        Args:
            data: changed in place.
            now_written: values of the shared fields as they are now.
            beside: words of shared fields that the caller compares.
        """
        was, theirs = self.was, {name: self.written(name, value) for name, value in now_written.items()}
        said = []
        for name, text in theirs.items():
            sent, before = self.add_prefix(name), was.get(name)
            mine = data.get(sent, "")
            if self._same(name, mine, text) or (before is not None and self._same(name, before, text)):
                continue
            words = f"Пока вы правили, здесь записали {self._words(name, text)}"
            words += f", было {self._words(name, before)}." if before is not None else "."
            if before is not None and self._same(name, mine, before):
                put(data, sent, text)
                said.append((name, Overtaken(f"{words} Вы этого поля не меняли: в нём уже новое.")))
            else:
                said.append((name, Overtaken(f"{words} В поле — ваше: оставьте его или возьмите записанное.", sent)))
        data[self.add_prefix(WAS)] = json.dumps(theirs | dict(beside or {}), ensure_ascii=False)
        return said

    def overtake(
        self, now_written: Mapping[str, object], *, seen: str, who: str, beside: Mapping[str, str] | None = None
    ) -> None:
        """Become the form of the record as `who` has written it, which `seen` names, with what is said at its fields."""
        sent = self.data.copy()  # type: ignore[attr-defined] # what a browser sent
        sent[self.add_prefix("seen")] = seen
        said, self.data = self.meet(sent, now_written, beside), sent
        self.tell(said, who)

    def tell(self, said: list[tuple[str, Overtaken]], who: str) -> None:
        """Say at its field what the others wrote, and above the form who did."""
        for name, overtaken in said:
            self.add_error(name, overtaken)
        self.met = met_words(who, is_different=bool(said))

    def _same(self, name: str, one: str, other: str) -> bool:
        return one == other or self._meaning(name, one) == self._meaning(name, other)

    def _meaning(self, name: str, text: str) -> Any:
        field = self.fields[name]
        try:
            return field.clean(text == "on" if isinstance(field.widget, forms.CheckboxInput) else text)
        except forms.ValidationError:
            return text

    def _words(self, name: str, text: str) -> str:
        field = self.fields[name]
        if isinstance(field.widget, forms.CheckboxInput):
            return "«да»" if text else "«нет»"
        if isinstance(field, forms.ChoiceField):
            text = {str(key): str(word) for key, word in field.choices}.get(text, text)  # type: ignore[misc,union-attr]
        return f"«{text}»" if text else "«пусто»"


def met_words(who: str, *, is_different: bool) -> str:
    """Return what stands above a page that `who` has overtaken."""
    rest = (
        "Ваше не потеряно: расхождения отмечены у полей. Сверьте их и сохраните ещё раз."
        if is_different
        else "То, что есть на этой странице, при этом не изменилось: сохраните ещё раз."
    )
    return f"Пока вы правили, запись изменили: {who}. {rest}"


def _read(sent: str) -> dict[str, str] | None:
    """Return the words that a page carries, or None: no page of ours carries this."""
    try:
        read = json.loads(sent) if len(sent) <= LONGEST else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(read, dict) or not all(isinstance(text, str) for text in read.values()):
        return None
    return read


def put(data: QueryDict, name: str, text: str) -> None:
    """Set a field of what was sent; an empty one is as if it were not sent, which is what an unchecked box does."""
    if text:
        data[name] = text
    else:
        data.pop(name, None)


def taken_back(sent: QueryDict) -> QueryDict | None:
    """Return what was sent with the one field that «Взять записанное» names as it is written, or None: it was not pressed.

    What is written stands in what the page carries, so nothing is read.
    """
    name = sent.get(TAKE, "")
    if not name:
        return None
    data = sent.copy()
    data.pop(TAKE, None)
    prefix, _, field = name.rpartition("-")
    carrier = SharedForm(data, prefix=prefix or None)
    carrier.shared = (field,)  # type: ignore[misc] # of this one
    if field in carrier.was:
        put(data, name, carrier.was[field])
    return data


@contextmanager
def if_overtaken(meet: Callable[[Stale], None]) -> Iterator[None]:
    """When what is done inside is `Stale`, nothing was written: hand it to `meet`, which shows the difference."""
    try:
        yield
    except Stale as refusal:
        meet(refusal)
