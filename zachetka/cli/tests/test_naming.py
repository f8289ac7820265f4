"""What the academy is called on a day: one dated file, nothing invented (п. 2.5, 3.2)."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from pytest_django.fixtures import Settings

from zachetka.cli import demonstration
from zachetka.cli.naming import tell_if_unnamed
from zachetka.core.academy import UNNAMED, Misread, academies, academy_on, read

pytestmark = pytest.mark.clause("2.5")

ONE: Final = """[[academy]]
since = {since}
lines = ["АНО ДПО", "«{name}»"]
short = "{name}"
city = "Псков"
address = "180000, Псков"
"""


@pytest.fixture
def file(settings: Settings, tmp_path: Path) -> Path:
    settings.ACADEMY_FILE = tmp_path / "academy.toml"
    return tmp_path / "academy.toml"


def write(file: Path, text: str, moment: int) -> None:
    file.write_text(text, encoding="utf-8")
    os.utime(file, ns=(moment, moment))


def test_a_paper_says_what_the_academy_was_called_on_its_day(file: Path) -> None:
    later, first = ONE.format(since="2026-09-01", name="Новая"), ONE.format(since="2021-02-01", name="Прежняя")
    write(file, later + first, 1)
    days = (date(2020, 1, 1), date(2021, 2, 1), date(2026, 8, 31), date(2026, 9, 1))
    assert [academy_on(day).short for day in days] == ["Прежняя", "Прежняя", "Прежняя", "Новая"]
    assert academy_on(days[0]).name == "АНО ДПО «Прежняя»"
    write(file, later.replace("Новая", "Другая"), 2)
    assert academies()[-1].short == "Другая", "what was changed is read again"


def test_without_the_file_nothing_is_invented_and_commands_say_so(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert academies() == (UNNAMED,)
    assert "не задано" in academy_on(date(2026, 11, 30)).name
    tell_if_unnamed()
    said = capsys.readouterr().err
    assert "не заданы" in said
    assert str(file) in said
    write(file, ONE.format(since="2021-02-01", name="Прежняя"), 1)
    tell_if_unnamed()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[[academy", "не читается"),
        ("academy = []", "нет ни одного названия"),
        ("x = 1", "не читается"),
        (ONE.format(since="2021-02-01", name="А").replace('city = "Псков"', ""), "не заполнено: city"),
        (ONE.format(since='"2021"', name="А"), "since"),
        (ONE.format(since="2021-02-01", name="А").replace('["АНО ДПО", "«А»"]', '"АНО"'), "lines"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_of_and_names_stay_as_they_were(
    file: Path, text: str, fault: str, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    write(file, ONE.format(since="2021-02-01", name="Прежняя"), 1)
    assert academies()[0].short == "Прежняя"
    write(file, text, 2)
    assert academies()[0].short == "Прежняя"
    assert fault in caplog.text
    tell_if_unnamed()
    assert fault in capsys.readouterr().err
    with pytest.raises(Misread, match=fault):
        read(file)


def test_the_demonstration_has_a_synthetic_name_and_never_takes_the_place_of_another(file: Path) -> None:
    demonstration.name_academy()
    assert academies()[0].address == "190000, Санкт-Петербург, Выдуманная улица, дом 0"
    write(file, ONE.format(since="2021-02-01", name="Своя"), 1)
    demonstration.name_academy()
    assert academies()[0].short == "Своя"
