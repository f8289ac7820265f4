"""What a state looks like: five tones × icon × word (look.md, «Components»). Green is never decoration.

A room whose state is not here adds a row; templates write `{% badge state.look %}` with the key of the row.
"""

from __future__ import annotations

from typing import Final

TONES: Final = {
    "neutral": "",
    "brand": " badge-brand",
    "ok": " badge-ok",
    "warn": " badge-warn",
    "bad": " badge-bad",
    "info": " badge-info",
}
"""Tone → class. Neutral: ordinary; brand: in work; ok: done, valid; warn: due, waiting; bad: debt, refused; info: as-of."""

STATES: Final = {
    "draft": ("neutral", "pencil", "черновик"),
    "working": ("brand", "loader-2", "в работе"),
    "for_signature": ("info", "send", "на подписи"),
    "for_approval": ("info", "send", "на утверждении"),
    "signed": ("ok", "check", "подписан"),
    "approved": ("ok", "check", "утверждён"),
    "checked": ("ok", "shield-check", "проверен"),
    "due_tomorrow": ("warn", "clock", "срок завтра"),
    "corrected": ("warn", "pencil", "исправлена"),
    "postponed": ("warn", "clock-pause", "отложено"),
    "overdue": ("bad", "clock-exclamation", "просрочено"),
    "debt": ("bad", "alert-triangle", "долг"),
    "annulled": ("bad", "ban", "аннулирован"),
    "withdrawn": ("bad", "ban", "отозван"),
    "closed": ("neutral", "lock", "закрыто"),
    "reopened": ("warn", "lock-open", "открыта заново"),
    "credited": ("brand", "arrows-exchange", "перезачёт"),
    "replaced": ("warn", "replace", "заменён"),
    "planned": ("neutral", "calendar-event", "в плане"),
    "running": ("brand", "school", "учится"),
    "on_plan": ("ok", "check", "по плану"),
    "finished": ("ok", "check", "завершено"),
    "expelled": ("neutral", "user-minus", "отчисление"),
    "not_admitted": ("warn", "user-exclamation", "нет допуска"),
    "new": ("ok", "plus", "новый"),
    "known": ("brand", "user-check", "уже есть"),
    "refused": ("bad", "x", "не войдёт"),
    "queued": ("neutral", "clock", "в очереди"),
    "failed": ("bad", "alert-circle", "не вышло"),
    "cancelled": ("neutral", "ban", "отменено"),
    "later": ("info", "arrow-forward-up", "потом"),
}
"""Key → tone, icon, word."""


def badge_of(state: str) -> tuple[str, str, str]:
    """Return tone, icon and word of `state`.

    Raises:
        KeyError: the state is not in the table.
    """
    return STATES[state]
