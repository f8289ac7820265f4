"""The feed of events for one reader: filtered, by pages that do not count, with names where the policy gives them (п. 3.8)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import BadRequest
from django.db.models import Case, Q, QuerySet, When
from django.urls import reverse
from django.utils.http import urlencode

from zachetka.access.guard import visible
from zachetka.access.models import Account
from zachetka.access.policy import Permission
from zachetka.core.clock import LEGAL_ZONE, end_of_day, legal_date, start_of_day
from zachetka.core.russian import clock, day_word
from zachetka.jobs.models import Job
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Checkpoint, Event, SigningKey
from zachetka.ledger.proofs import proof_status
from zachetka.people.models import Person
from zachetka.people.queries import shown_name
from zachetka.people.subject import seen
from zachetka.rendering.fields import Day, Line
from zachetka.web.events import words
from zachetka.web.events.own_names import asked_of, own_names

if TYPE_CHECKING:
    from django.db.models import Model

PAGE: Final = 50
CHECK: Final = "ledger-check"
BACKLOG: Final = 1000
"""Newest events among which those not sealed yet are counted; more at once means that the sealer stands still."""
KINDS: Final = sorted(((kind.value, words.sentence(kind)) for kind in EventType), key=lambda one: one[1])
OF_ONESELF: Final = frozenset({"access.account", "people.person", "people.learner"})
"""Records that are the person: once the person is named, there is nothing to add."""
OBJECT: Final = r"^[a-z_]{1,40}\.[a-z_]{1,40}:[A-Za-z0-9-]{1,60}$"
UUID_FORM: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TYPED: Final = frozenset({"since", "until"})
"""What people type: a slip is told at its field; the rest comes from the page itself."""


class FilterForm(forms.Form):
    """What the journal is narrowed by; a value it does not know is 400."""

    kind = forms.ChoiceField(label="Что произошло", required=False, choices=[("", "Всё, что произошло"), *KINDS])
    actor = Line(label="Кто: логин", required=False, max_length=40)
    person = forms.UUIDField(label="О ком", required=False)
    record = forms.RegexField(OBJECT, label="Запись", required=False)
    since = Day(label="С", required=False)
    until = Day(label="По", required=False)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


@dataclass(frozen=True, slots=True)
class Told:
    """One event as the feed shows it.

    Attributes:
        actor: who did it, as accounts are signed; «Система» for nobody.
        said: what happened.
        about: the record, or the person by name or by identifier.
        record: how the record is called, whoever it is about.
        about_url: the card of the person, when the reader may open it.
        asked: what somebody was refused, "" for other events.
        detail: particulars in words.
        index: place in the tree, None until sealed.
        url: the event itself, "" when the reader may not open it.
        again: earlier events of the day that say the same, one after another; told as one where looks are.
    """

    event: Event
    time: str
    icon: str
    actor: str
    said: str
    about: str
    record: str
    about_url: str
    asked: str
    detail: str
    index: int | None
    url: str
    again: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class DayOf:
    """The events of one legal day."""

    title: str
    lines: list[Told]


@dataclass(frozen=True, slots=True)
class Feed:
    """One page of the journal; `older` is the address of the next, "" on the last."""

    days: list[DayOf]
    older: str
    newest: str
    narrowed: bool


def events_of(reader: Account) -> QuerySet[Event]:
    """Return the events that `reader` may read, newest first, each with how the reader is shown who did it."""
    opened = Event.objects.filter(visible(reader, Permission.EVENT_READ, Event)).select_related("actor")
    return opened.annotate(actor_shown=shown_name(reader, "actor__")).newest_first()


def events_about(person: Person, reader: Account, *, looks: bool) -> QuerySet[Event]:
    """Return who looked at `person`, or all else that is recorded about them, newest first (152-ФЗ ст. 14).

    A look at the marks of a whole group names nobody; whoever stands in it is told of it all the same, though its event is not theirs to open.
    """
    mine = visible(reader, Permission.EVENT_READ, Event)
    about = seen.looks(person).filter(mine | Q(subject_uid=None)) if looks else seen.records(person).filter(mine)
    opened = Case(When(mine, then=True), default=False)
    return about.annotate(actor_shown=shown_name(reader, "actor__"), is_opened=opened)


def narrowed(rows: QuerySet[Event], asked: Mapping[str, Any]) -> tuple[QuerySet[Event], FilterForm]:
    """Return the events that the address asks for; none while a day is not one, which the form then says in words.

    Raises:
        BadRequest: the address names what the journal does not know.
    """
    form = FilterForm(asked)
    unknown = {*(set(asked) - FilterForm.base_fields.keys()), *(form.errors.keys() - TYPED)}
    if unknown:
        raise BadRequest(f"The journal does not know {sorted(unknown)}.")
    if form.errors:
        return rows.none(), form
    given = form.cleaned_data
    if given["kind"]:
        rows = rows.filter(type=given["kind"])
    if given["actor"]:
        rows = rows.filter(actor__login=given["actor"].lower())
    if given["person"]:
        rows = rows.filter(subject_uid=given["person"])
    if given["record"]:
        object_type, _, object_id = given["record"].partition(":")
        if given["kind"] == EventType.ACCESS_REFUSED:
            rows = rows.filter(body__object=object_type, body__id=object_id)
        else:
            rows = rows.filter(object_type=object_type, object_id=object_id)
    if given["since"]:
        rows = rows.filter(at__gte=start_of_day(given["since"]))
    if given["until"]:
        rows = rows.filter(at__lte=end_of_day(given["until"]))
    if given["before"]:
        rows = rows.filter(pk__lt=given["before"])
    return rows, form


def feed(rows: QuerySet[Event], reader: Account, *, today: date, address: Mapping[str, Any]) -> Feed:
    """Return one page: a fixed number of queries, however many events there are. Looks that say the same are told as one."""
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    kept = {name: value for name, value in address.items() if value and name != "before"}
    older = f"?{urlencode({**kept, 'before': shown[-1].pk})}" if len(found) > PAGE else ""
    return Feed(
        days=[
            DayOf(day_word(day, today), _folded(lines) if address.get("show") == "looks" else list(lines))
            for day, lines in groupby(lines_of(shown, reader), key=lambda line: legal_date(line.event.at))
        ],
        older=older,
        newest=f"?{urlencode(kept)}" if address.get("before") else "",
        narrowed=bool(kept.keys() - {"show"}),  # «show» is the tab, not a condition
    )


def _folded(lines: Iterable[Told]) -> list[Told]:
    """Return the lines of a day, those one after another that differ in their moment alone as the newest of them."""
    alike = groupby(lines, key=lambda line: (line.event.actor_id, line.said, line.about, line.detail))
    return [replace(newest, again=tuple(earlier)) for _, (newest, *earlier) in alike]


def lines_of(events: list[Event], reader: Account) -> list[Told]:
    """Return the lines of these events: places in the tree, people, accounts, and a query for each kind of named record."""
    own = own_names(events, reader)
    places = proof_status(event.pk for event in events)
    asked = {event.pk: asked_of(event) for event in events}
    whom = {pk: UUID(key) for pk, (kind, key) in asked.items() if kind == "people.person" and UUID_FORM.fullmatch(key)}
    people = names_of({*whom.values(), *(event.subject_uid for event in events if event.subject_uid)}, reader)
    return [
        _line(
            event,
            places[event.pk],
            people,
            own.get((event.object_type, event.object_id), ""),
            people[whom[event.pk]].text if whom.get(event.pk) in people else own.get(asked[event.pk], ""),
        )
        for event in events
    ]


@dataclass(frozen=True, slots=True)
class Name:
    """How a person is named to the reader, and where their card is ("" when it is not for them)."""

    text: str
    url: str


def names_of(uids: Iterable[UUID], reader: Account) -> dict[UUID, Name]:
    """Return the people whom the policy lets `reader` name: by their card, or by an account that the reader sees."""
    wanted = set(uids)
    named = {
        uid: Name(shown, "")
        for uid, shown in _seen(Account, Permission.ACCOUNT_READ, reader)
        .filter(person_uid__in=wanted)
        .values_list("person_uid", shown_name(reader))
    }
    for one in Person.objects.visible_to(reader).filter(uid__in=wanted):
        named[one.uid] = Name(one.short_name, reverse("people:card", args=[one.uid]))
    return named


def _seen(model: type[Model], permission: Permission, reader: Account) -> QuerySet[Any]:
    return model._base_manager.filter(visible(reader, permission, model))


def _line(event: Event, index: int | None, people: Mapping[UUID, Name], own: str, asked: str) -> Told:
    uid = event.subject_uid
    person = people.get(uid) if uid else None
    record = words.record(event.object_type, event.object_id, own)
    whom = person.text if person else f"человек {str(uid)[:8]}" if uid else ""
    if event.actor is not None and uid == event.actor.person_uid and event.object_type in OF_ONESELF:
        whom = record = ""
    elif whom and event.object_type in OF_ONESELF:
        record = ""
    capacity, refused = words.capacity(event.body), words.asked(event.body, asked)
    return Told(
        event=event,
        time=clock(event.at.astimezone(LEGAL_ZONE)),
        icon=words.icon(event.type),
        actor=(event.actor_shown or event.actor.login) if event.actor else "Система",  # type: ignore[attr-defined] # annotated
        said=words.sentence(event.type),
        about=whom or record,
        record=words.record(event.object_type, event.object_id, own),
        about_url=person.url if person else "",
        asked=refused,
        detail=" · ".join(
            filter(
                None,
                (
                    refused,
                    words.particulars(event.object_type, event.body),
                    record if whom else "",
                    f"как {capacity}" if capacity else "",
                ),
            )
        ),
        index=index,
        url=reverse("events:event", args=[event.pk]) if getattr(event, "is_opened", True) else "",
    )


def last_check() -> Event | None:
    """Return the newest check of the whole ledger."""
    return checks().first()


def checks() -> QuerySet[Event]:
    """Return the checks of the whole ledger, newest first."""
    whole = Event.objects.filter(object_type="", object_id="", type=EventType.LEDGER_CHECKED.value)
    return whole.select_related("actor").newest_first()


# --- The ledger as a whole ----------------------------------------------------------------------------------------------


def newest_checkpoint() -> Checkpoint | None:
    """Return the last signed statement about the tree."""
    return Checkpoint.objects.select_related("key").order_by("-tree_size").first()


def unsealed() -> int:
    """Return how many of the newest `BACKLOG` events are not in the tree yet."""
    newest = Event.objects.order_by("-pk").values("pk")[:BACKLOG]
    return Event.objects.filter(pk__in=newest, leaf__isnull=True).count()


def keys() -> QuerySet[SigningKey]:
    """Return the public keys of the academy, the first one first."""
    return SigningKey.objects.order_by("valid_from")


def running_check(actor: Account) -> Job | None:
    """Return the check of the whole ledger that `actor` asked for and that has not ended."""
    return Job.objects.visible_to(actor).unfinished().filter(kind=CHECK).first()


def moment_words(at: datetime, today: date) -> str:
    """Return «сегодня в 06:00»."""
    day = day_word(legal_date(at), today)
    return f"{day[:1].lower()}{day[1:]} в {clock(at.astimezone(LEGAL_ZONE))}"
