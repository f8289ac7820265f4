"""The page of a plan that somebody has overtaken: rows and links of mine, theirs and what was (п. 2.3; security.md N16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from zachetka.programs.forms import PlanPage, head_written, links_of, module_written
from zachetka.rendering.meanwhile import Overtaken, met_words, put

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.http import QueryDict

    from zachetka.programs.models import ProgramVersion
    from zachetka.rendering.meanwhile import SharedForm

Said = dict[str, list[tuple[str, Overtaken]]]
"""What is said at which field, by the prefix of its form; the head has none."""
GONE: Final = "Эту строку убрали, пока вы правили. Сохраните, и она появится снова, или отметьте «Убрать»."
ADDED: Final = "Эту строку добавили, пока вы правили."


def meet(page: PlanPage, fresh: ProgramVersion, sent: QueryDict, *, seen: str, who: str) -> None:
    """Make `page`, valid as it was `sent`, a page of `fresh`, the draft as `who` has written it meanwhile.

    Args:
        page: changed in place.
        fresh: with its lines and results.
        sent: what the browser sent.
        seen: `queries.fingerprint` of `fresh`.
        who: whose change it was, and when.
    """
    data = sent.copy()
    data["seen"] = seen
    said: Said = {"": page.head.meet(data, head_written(fresh))}
    rows = _modules(page, data, fresh, said)
    _results(page, data, fresh, rows, said)
    later = PlanPage(fresh, data)
    later.is_valid()
    for form in (later.head, *later.modules.forms, *later.results.forms):
        form.tell(said.get(form.prefix or "", []), who)
    later.met = met_words(who, is_different=any(said.values()))
    page.become(later)


def _modules(page: PlanPage, data: QueryDict, fresh: ProgramVersion, said: Said) -> dict[int, int]:
    """Bring the lines of the plan together; return on which row of the page each of `fresh` stands."""
    theirs = {module.pk: module for module in sorted(fresh.modules.all(), key=lambda module: module.ordinal)}
    rows = {}
    for row, form, pk in _known(page.modules.forms):
        if pk in theirs:
            said[form.prefix], rows[pk] = form.meet(data, module_written(theirs[pk])), row
        else:
            data.pop(f"{form.prefix}-pk", None)
            said[form.prefix] = [("title", Overtaken(GONE))]
    last = max((form.cleaned_data.get("ORDER") or 0 for form in page.modules.forms), default=0)
    for pk, module in theirs.items():
        if pk not in rows:
            last += 1
            rows[pk] = _append(page.modules, data, module_written(module) | {"pk": pk, "ORDER": last}, said, "title")
    return rows


def _results(page: PlanPage, data: QueryDict, fresh: ProgramVersion, rows: Mapping[int, int], said: Said) -> None:
    """Bring the planned results together; links that somebody made or cut stay so beside those of the page."""
    theirs = {result.pk: result for result in fresh.results.all()}
    titles = {str(module.pk): module.short_title or module.title for module in fresh.modules.all()}
    found = set()
    for _, form, pk in _known(page.results.forms):
        if pk not in theirs:
            data.pop(f"{form.prefix}-pk", None)
            said[form.prefix] = [("code", Overtaken(GONE))]
            continue
        found.add(pk)
        result, links = theirs[pk], links_of(theirs[pk])
        said[form.prefix] = form.meet(data, {"code": result.code, "text": result.text}, {"links": links})
        before = form.was.get("links", links)
        if before != links:
            _link(data, f"{form.prefix}-proved_by", set(before.split()), set(links.split()), rows)
            words = f"Пока вы правили, здесь отметили: {_titles(links, titles)}; было: {_titles(before, titles)}."
            said[form.prefix].append(("proved_by", Overtaken(f"{words} Отмеченное вами осталось.")))
    for pk, result in theirs.items():
        if pk not in found:
            row = _append(page.results, data, {"pk": pk, "code": result.code, "text": result.text}, said, "code")
            links = links_of(result)
            data.setlist(f"r-{row}-proved_by", [str(rows[int(one)]) for one in links.split() if int(one) in rows])


def _known(forms: Iterable[Any]) -> list[tuple[int, Any, int]]:
    """Return (row of the page, form, primary key) of the rows that were there when the page was opened."""
    return [(row, form, form.cleaned_data["pk"]) for row, form in enumerate(forms) if form.cleaned_data.get("pk")]


def _append(rows: Any, data: QueryDict, written: Mapping[str, object], said: Said, where: str) -> int:
    """Put a row that somebody has added at the end of the page; return its place."""
    total = f"{rows.prefix}-TOTAL_FORMS"
    row = int(str(data[total]))
    data[total] = str(row + 1)
    blank: SharedForm = rows.empty_form
    prefix = f"{rows.prefix}-{row}"
    for name, value in written.items():
        put(data, f"{prefix}-{name}", blank.written(name, value) if name in blank.fields else str(value))
    said[prefix] = [(where, Overtaken(ADDED))]
    return row


def _link(data: QueryDict, name: str, before: set[str], now: set[str], rows: Mapping[int, int]) -> None:
    cut = {str(rows[int(pk)]) for pk in before - now if pk.isdigit() and int(pk) in rows}
    made = [str(rows[int(pk)]) for pk in now - before if int(pk) in rows]
    kept = [row for row in data.getlist(name) if row not in cut]
    data.setlist(name, list(dict.fromkeys([*kept, *sorted(made)])))


def _titles(links: str, titles: Mapping[str, str]) -> str:
    return ", ".join(f"«{titles[pk]}»" for pk in links.split() if pk in titles) or "ничего"
