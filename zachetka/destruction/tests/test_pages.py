"""The pages of a withdrawn consent: taken apart, composed, approved by another, seen by the person (152-ФЗ ст. 21; T15)."""

from __future__ import annotations

from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.pages import by, signed_in, text_of
from zachetka.access.tests.make import make_account
from zachetka.destruction.models import Act, Hold
from zachetka.destruction.tests.make import EMAIL, make_act, make_done, make_withdrawn

pytestmark = [pytest.mark.clause("152-ФЗ ст. 21"), pytest.mark.django_db, pytest.mark.usefixtures("collected_statics")]


def test_from_the_withdrawal_to_the_papers_by_the_pages() -> None:
    case = make_withdrawn()
    learner = signed_in(make_account("learner", person_uid=case.person.uid, name=case.person.full_name))
    privacy, head, where = by("privacy"), by("head"), f"/withdrawals/{case.withdrawal.pk}/"
    assert "Разобрать отзыв согласия" in text_of(privacy.get("/"))
    page = privacy.get(where)
    assert "иного основания нет" in text_of(page)
    assert "152-ФЗ ст. 1 ч. 2 п. 2" in text_of(page)
    assert privacy.post(f"{where}act/", {"key": uuid4(), "sheets": "много"}).status_code == 422
    assert privacy.post(f"{where}settle/").status_code == 422
    assert privacy.post(f"{where}act/", {"key": page.context["form"]["key"].value()}).status_code == 302
    act = Act.objects.get()
    address = f"/destruction/{act.pk}/"
    assert "Утвердить акт об уничтожении" in text_of(head.get("/"))
    assert "Утвердить и уничтожить" not in text_of(privacy.get(address))
    assert "Утвердить и уничтожить" in text_of(head.get(address))
    assert head.post(f"{address}return/", {"why": ""}).status_code == 422
    assert head.get(f"{address}pdf/act/").status_code == 404, "what nobody decided has no paper"
    assert head.post(f"{address}approve/").status_code == 302
    assert str(Act.objects.get().number) in text_of(head.get("/destruction/"))
    assert "солей уничтожено" in text_of(head.get(address)).lower()
    for reader in (privacy, learner):
        for kind in ("act", "extract"):
            answer = reader.get(f"{address}pdf/{kind}/")
            assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    kept = text_of(learner.get(f"/kept/{case.person.uid}/"))
    assert "Уничтожено по актам" in kept
    assert EMAIL not in kept
    assert "Уничтожено по актам" in text_of(privacy.get(f"/people/{case.person.uid}/"))
    assert "иного основания нет" not in text_of(learner.get(where))
    assert by("teacher").get(address).status_code == 403
    stranger = signed_in(make_account("learner"))
    assert stranger.get(address).status_code == stranger.get(where).status_code == 404
    assert by("inspector").get("/destruction/export/?file=xlsx").status_code == 200


def test_a_hold_is_placed_seen_and_lifted_by_the_pages() -> None:
    case, privacy = make_withdrawn(), by("privacy")
    where = f"/people/{case.person.uid}/holds/new/"
    typed = {
        "key": privacy.get(where).context["form"]["key"].value(),
        "number": "14-о",
        "day": "20.11.2026",
        "reason": "спор",
    }
    assert privacy.post(where, typed | {"reason": ""}).status_code == 422
    assert privacy.post(where, typed).status_code == 302
    hold = Hold.objects.get()
    held = text_of(privacy.get(f"/withdrawals/{case.withdrawal.pk}/"))
    assert "действует запрет" in held
    assert "сначала его снимает приказом руководитель" in held
    assert "приказ № 14-о" in text_of(privacy.get(f"/people/{case.person.uid}/")).lower().replace("\xa0", " ")
    head, lifting = by("head"), typed | {"number": "15-о"}
    assert "Снять запрет" in text_of(head.get(f"/holds/{hold.pk}/"))
    assert "Снять запрет" not in text_of(privacy.get(f"/holds/{hold.pk}/"))
    assert privacy.post(f"/holds/{hold.pk}/lift/", lifting).status_code == 403
    assert head.post(f"/holds/{hold.pk}/lift/", lifting).status_code == 302
    assert "Носитель вне системы" in text_of(privacy.get(f"/withdrawals/{case.withdrawal.pk}/"))
    hold.refresh_from_db()
    assert hold.lifted_by is not None
    both = signed_in(make_account("privacy", person_uid=hold.lifted_by.person_uid))
    assert "сняли вы" in text_of(both.get(f"/withdrawals/{case.withdrawal.pk}/"))


@pytest.mark.clause("2.4")
def test_the_list_costs_the_same_for_one_act_and_for_many(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client, costs = by("head"), set()
    make_done(make_withdrawn())
    for more in (0, 3):
        for _ in range(more):
            make_act(make_withdrawn(email=f"{uuid4().hex[:8]}@example.ru", phone=""))
        with django_assert_max_num_queries(40) as counted:
            assert client.get("/destruction/").status_code == 200
        costs.add(len(counted))
    assert len(costs) == 1
