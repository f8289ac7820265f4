"""The guide is true: each link leads to a section, each quoted word is on the screen, each picture is there (п. 2.4)."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.test import Client

import zachetka
from zachetka.access.policy import Role
from zachetka.access.tests.make import make_account
from zachetka.core.russian import plain
from zachetka.web.help import reading
from zachetka.web.help.guide import COMMON, FOLDER, NAMES, Guide, anchor_of, guides, read
from zachetka.web.help.pictures import PICTURES, size_of

pytestmark = pytest.mark.clause("2.4")

ROOM = Path(zachetka.__file__).parent
MOST_BYTES = 4_000_000


# --- Files and links ----------------------------------------------------------------------------------------------


def test_there_is_a_guide_for_every_role_and_no_other():
    assert {path.stem for path in FOLDER.glob("*.md")} == set(NAMES)
    for name, guide in guides().items():
        assert guide.title
        assert guide.lead
        assert len(guide.sections) >= 4, name


def test_no_two_sections_of_a_guide_share_an_anchor():
    for guide in guides().values():
        anchors = [section.anchor for section in guide.sections]
        assert len(anchors) == len(set(anchors)), guide.name


def broken(guide: Guide) -> list[tuple[str, str]]:
    """Return the links of a guide that lead nowhere."""
    return [
        (file, anchor)
        for file, anchor in guide.links
        if file not in guides() or (anchor and anchor not in [one.anchor for one in guides()[file].sections])
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_link_of_a_guide_leads_to_a_section(name: str):
    assert broken(guides()[name]) == []


def test_a_broken_link_would_be_noticed():
    assert broken(read("teacher", "# Т\n\n## А\n\n[туда](common.md#нет-такого) [и сюда](nobody.md)")) == [
        ("common", "нет-такого"),
        ("nobody", ""),
    ]


# --- Words ----------------------------------------------------------------------------------------------------------

QUOTED = re.compile(r"«([^«»]+)»")
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>", re.DOTALL)
IN_TAG = re.compile(r"\"([^\"]*[а-яё][^\"]*)\"", re.IGNORECASE)


@cache
def said() -> frozenset[str]:
    """Return every phrase of the interface: texts between tags, in tags, and in the code."""
    found = set[str]()
    for path in ROOM.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        found |= {one.strip() for one in TAG.split(text)} | set(IN_TAG.findall(text)) | set(QUOTED.findall(text))
    for path in ROOM.rglob("*.py"):
        if "tests" not in path.parts:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found |= {
                one.value.strip()
                for one in ast.walk(tree)
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and len(one.value) < 200
            }
    return frozenset(_shape(one) for one in found if one)


def _shape(phrase: str) -> str:
    return plain(phrase).strip(" :.…").casefold()


def unsaid(text: str) -> list[str]:
    """Return what `text` quotes and no page says."""
    return [one for one in QUOTED.findall(plain(text)) if _shape(one) not in said()]


@pytest.mark.parametrize("name", NAMES)
def test_every_word_in_quotes_is_a_word_of_the_interface(name: str):
    assert unsaid((FOLDER / f"{name}.md").read_text(encoding="utf-8")) == []


def test_a_button_that_is_not_there_would_be_noticed():
    assert unsaid("Нажмите «Сохранить оценки», затем «Кнопка, которой нет».") == ["Кнопка, которой нет"]


# --- Pictures -------------------------------------------------------------------------------------------------------


def test_every_picture_of_the_guide_exists_and_every_picture_is_shown():
    shown = {picture.removeprefix("pictures/") for guide in guides().values() for picture in guide.pictures}
    assert shown == {path.name for path in PICTURES.glob("*")}
    for name in shown:
        width, height = size_of(PICTURES / name)
        assert width in {1280, 780}
        assert height <= 2000


def test_the_pictures_weigh_little():
    assert sum(path.stat().st_size for path in PICTURES.glob("*")) <= MOST_BYTES


def test_what_is_no_png_is_refused(tmp_path: Path):
    (tmp_path / "one.png").write_bytes(b"GIF89a" + bytes(30))
    with pytest.raises(ValueError, match="no PNG"):
        size_of(tmp_path / "one.png")


# --- Pages of help --------------------------------------------------------------------------------------------------


def test_html_in_a_guide_stays_text():
    guide = read("teacher", "# Т\n\n## А\n\n<script>alert(1)</script> [сюда](javascript:alert(1))")
    assert "<script" not in guide.sections[0].body
    assert "href" not in guide.sections[0].body


def test_anchors_are_those_of_a_code_hosting():
    assert anchor_of("Карточка человека: сведения, «документы», имя") == "карточка-человека-сведения-документы-имя"


def test_ones_own_guide_comes_first_and_the_others_may_be_read(client: Client, db: None):
    client.force_login(make_account("teacher"))
    page = client.get("/help/").content.decode()
    assert page.index("Преподаватель</a></h2>") < page.index("Для всех: вход") < page.index(">Методист</a>")
    for name in NAMES:
        assert client.get(guides()[name].url).status_code == 200
    assert client.get("/help/nobody/").status_code == 404


def test_the_common_part_is_read_without_a_sign_in_and_the_rest_is_not(client: Client, db: None):
    assert "Как войти" in client.get("/help/common/").content.decode()
    for address in ("/help/", "/help/teacher/"):
        assert client.get(address).status_code == 302


def test_help_asks_the_database_nothing_of_its_own(client: Client, db: None, django_assert_max_num_queries):
    client.force_login(make_account("methodist"))
    client.get("/help/")
    with django_assert_max_num_queries(4):  # session, account, roles, unread notices: those of every page
        client.get("/help/?q=оценка")
    with django_assert_max_num_queries(0):
        Client().get("/help/common/")


def test_a_page_leads_to_the_section_about_itself(client: Client, db: None):
    client.force_login(make_account("methodist"))
    assert f'href="/help/methodist/#{anchor_of("Как подготовить приказ")}"' in client.get("/orders/").content.decode()
    assert f'href="/help/common/#{anchor_of("Система отказала")}"' in client.get("/no-such/").content.decode()


def test_the_search_forgives_endings_and_prefers_ones_own_titles():
    hits = reading.find("исправление оценок", [Role.TEACHER])
    assert (hits[0].guide.name, plain(hits[0].section.title)) == (
        "teacher",
        "Как исправить оценку в закрытой ведомости",
    )
    assert reading.find("ЗАКРЫТЬ ведомости", [Role.TEACHER])[0].guide.name == "teacher"
    assert reading.find("", [Role.TEACHER]) == reading.find("парашют", [Role.TEACHER]) == []
    assert reading.own([])[0].name == COMMON
