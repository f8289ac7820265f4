"""The list of uploads: its columns and filter."""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet
from django.urls import reverse

from zachetka.access.models import Account
from zachetka.people.models import Upload
from zachetka.rendering.pieces import badge
from zachetka.rendering.tables import Column, Empty, Filter, Table

STATE: Final = Upload.State
BADGES: Final = {
    STATE.UPLOADED: ("warn", "clock"),
    STATE.CONFIRMED: ("ok", "check"),
    STATE.CANCELLED: ("neutral", "ban"),
}


def uploads_seen(actor: Account) -> QuerySet[Upload]:
    """Return the lists that `actor` may see, with what a row shows; one query."""
    return Upload.objects.visible_to(actor).select_related("file", "uploaded_by")


UPLOADS: Table[Upload] = Table(
    name="uploads",
    label="Загруженные списки",
    noun="список,списка,списков",
    columns=(
        Column("file", "Файл", lambda row: row.file.name, sort=("file__name",),
               link=lambda row: reverse("imports:card", args=[row.pk]), width=50),
        Column("state", "Состояние", lambda row: str(STATE(row.state).label), sort=("state",),
               cell=lambda row: badge(*BADGES[STATE(row.state)], str(STATE(row.state).label))),
        Column("at", "Когда", lambda row: row.uploaded_at, sort=("uploaded_at",)),
        Column("by", "Кто", lambda row: str(row.uploaded_by or "система"), sort=("uploaded_by__display_name",)),
        Column("new", "Новых", lambda row: row.new if row.ended_at else None, sort=("new",), align="right"),
        Column("known", "Уже были", lambda row: row.known if row.ended_at else None, sort=("known",), align="right"),
        Column("refused", "Не вошли", lambda row: row.refused if row.ended_at else None, sort=("refused",),
               align="right"),
    ),
    sort="-at",
    filters=(Filter("state", "Любое состояние", STATE.choices, lambda rows, value: rows.filter(state=value)),),
    empty=Empty(
        title="Списков пока не загружали",
        text="Выберите файл выше: сначала покажем, что войдёт, и ничего не запишем.",
        icon="file-import",
    ),
)  # fmt: skip
