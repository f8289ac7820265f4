"""A plan that two people edit at once: the second one sees lines and links of mine, theirs and what was (п. 2.3; N16)."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict

from tests.corpus.forms import Forms
from tests.pages import signed_in
from zachetka.access.tests.make import make_account
from zachetka.programs.models import ProgramVersion
from zachetka.programs.tests.make import make_program_version

pytestmark = [pytest.mark.clause("2.3"), pytest.mark.django_db, pytest.mark.usefixtures("collected_statics")]


def sent_from(answer: Any) -> QueryDict:
    """Return what a browser sends from the page of the plan when nothing is typed."""
    page = answer.context["page"]
    fields = next(fields for _, fields in Forms(answer.content.decode()).found if "m-TOTAL_FORMS" in fields)
    data = QueryDict(mutable=True)
    data.update(
        {name: text for name, text in fields.items() if not name.endswith("-proved_by") and "__prefix__" not in name}
    )
    for form in page.results.forms:
        data.setlist(form.add_prefix("proved_by"), [str(row) for row in form["proved_by"].value() or []])
    return data


class Two:
    """Two methodists at the page of one draft with three lines and a result that the first of them proves."""

    def __init__(self) -> None:
        self.version = make_program_version(approved=False, scales=("five_point",) * 3)
        self.where = f"/programs/versions/{self.version.pk}/edit/"
        unit = self.version.program.unit
        self.mine, self.theirs = (
            signed_in(make_account("methodist", unit=unit, name=name)) for name in ("Я", "Другой Пётр")
        )
        self.other_saves(**{"r-0-code": "Р1", "r-0-text": "Умеет закупать", "r-0-proved_by": "0"})
        self.opened = sent_from(self.mine.get(self.where))

    def other_saves(self, **typed: str) -> None:
        data = sent_from(self.theirs.get(self.where))
        data.update(typed)
        assert self.theirs.post(self.where, _posted(data)).status_code == 302

    def send(self, data: QueryDict, **typed: str) -> Any:
        data = data.copy()
        for name, text in typed.items():
            data[name] = text
        return self.mine.post(self.where, _posted(data))


def _posted(data: QueryDict) -> dict[str, list[str]]:
    return {name: [str(one) for one in values] for name, values in data.lists()}


def titles(version: ProgramVersion) -> list[str]:
    return [module.title for module in version.modules.order_by("ordinal")]


def test_a_line_that_both_changed_keeps_mine_and_says_theirs_and_what_was() -> None:
    two = Two()
    was = titles(two.version)[0]
    two.other_saves(**{"m-0-title": "Чужое название", "m-1-title": "Вторая, чужая"})
    answer = two.send(two.opened, **{"m-0-title": "Моё название"})
    assert answer.status_code == 409
    told = answer.content.decode().replace("\xa0", " ")
    assert "запись изменили: Другой Пётр" in told
    assert f"здесь записали «Чужое название», было «{was}». В поле — ваше" in told
    assert "здесь записали «Вторая, чужая»" in told
    later = sent_from(answer)
    assert (later["m-0-title"], later["m-1-title"]) == ("Моё название", "Вторая, чужая")
    assert two.send(later).status_code == 302
    assert titles(two.version)[:2] == ["Моё название", "Вторая, чужая"]


def test_one_button_takes_the_line_as_it_is_written() -> None:
    two = Two()
    two.other_saves(**{"m-0-title": "Чужое название"})
    later = sent_from(two.send(two.opened, **{"m-0-title": "Моё название"}))
    taken = two.send(later, take="m-0-title")
    assert taken.status_code == 200
    assert sent_from(taken)["m-0-title"] == "Чужое название"
    assert two.send(sent_from(taken)).status_code == 302
    assert titles(two.version)[0] == "Чужое название"


def test_a_line_that_somebody_added_stands_on_the_page_and_one_taken_away_is_said_to_be() -> None:
    two = Two()
    row = int(str(two.opened["m-TOTAL_FORMS"])) - 1
    scale = str(two.opened["m-0-scale"])
    new = {"title": "Новая строка", "hours": "4", "sort": "subject", "control": "exam", "scale": scale}
    two.other_saves(**{f"m-{row}-{name}": text for name, text in new.items()}, **{"m-1-DELETE": "on"})
    gone = two.opened["m-1-title"]
    answer = two.send(two.opened, **{"m-0-title": "Моё название"})
    assert answer.status_code == 409
    told = answer.content.decode().replace("\xa0", " ")
    assert "Эту строку добавили, пока вы правили" in told
    assert "Эту строку убрали, пока вы правили" in told
    assert two.send(sent_from(answer)).status_code == 302
    assert {"Моё название", "Новая строка", gone} <= set(titles(two.version))


def test_links_that_each_made_or_cut_are_so_for_both() -> None:
    two = Two()
    data, mine = sent_from(two.theirs.get(two.where)), two.opened.copy()
    data.setlist("r-0-proved_by", ["1"])
    assert two.theirs.post(two.where, _posted(data)).status_code == 302
    mine.setlist("r-0-proved_by", ["0", "2"])
    answer = two.send(mine)
    assert answer.status_code == 409
    assert "Отмеченное вами осталось" in answer.content.decode().replace("\xa0", " ")
    later = sent_from(answer)
    assert later.getlist("r-0-proved_by") == ["2", "1"], "what they cut is cut, what each added is there"
    assert two.send(later).status_code == 302
    assert [module.ordinal for module in two.version.results.get().modules.order_by("ordinal")] == [2, 3]
