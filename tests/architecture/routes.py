"""Every address of the system, found by walking the URL configuration: nothing is listed by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

PUBLIC = {
    "healthz": "жив ли процесс",
    "readyz": "доступна ли база",
    "account_login": "вход",
    "account_logout": "выход; без входа ничего не делает",
    "account_second_step": "второй шаг входа; без первого ведёт на вход",
    "account_security": "свой вход видит каждый, кто вошёл; остальных ведёт на вход",
    "account_add_app": "свой второй фактор добавляет каждый, кто вошёл",
    "account_add_key": "свой второй фактор добавляет каждый, кто вошёл",
    "account_end_factor": "свой второй фактор отключает каждый, кто вошёл; чужого не найти",
    "account_renew_codes": "свои коды восстановления обновляет каждый, кто вошёл",
    "account_end_session": "свой сеанс завершает каждый, кто вошёл; чужого не найти",
    "account_end_sessions": "свои сеансы завершает каждый, кто вошёл",
    "account_oidc": "вход через службу академии; без неё страницы нет",
    "account_oidc_back": "возвращение от службы входа академии; без неё страницы нет",
    "account_oidc_link": "свой вход связывает каждый, кто вошёл",
    "account_oidc_end": "свою связь разрывает каждый, кто вошёл",
    "account_change_password": "свой пароль меняет каждый, кто вошёл; остальных ведёт на вход",
    "web:theme": "тема оформления в cookie",
    "help:common": "как войти, читают и те, кто ещё не вошёл; ни имён, ни записей на странице нет",
    "learning:verify": "публичная проверка выписки (п. 2.5)",
    "learning:verifier": "файл офлайн-проверки для кого угодно (п. 2.5)",
}
"""Addresses open without a permission, and why. Everything else names one in `needs`."""

SAFE, UNSAFE = ("GET", "HEAD"), ("POST",)
OTHERS = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


@dataclass(frozen=True, slots=True)
class Route:
    """One address: its name with the namespace, how it is written, what answers."""

    name: str
    pattern: str
    view: Callable[..., Any]
    converters: tuple[str, ...]

    @property
    def permissions(self) -> tuple[str, ...]:
        """The permissions that the view names, none for a public one."""
        return tuple(getattr(self.view, "permissions", ()))


def routes() -> list[Route]:
    """Return every address of the project."""
    return list(_walk(get_resolver().url_patterns, "", "", ()))


def _walk(
    patterns: list[URLPattern | URLResolver], namespace: str, prefix: str, converters: tuple[str, ...]
) -> Iterator[Route]:
    for pattern in patterns:
        written = f"{prefix}{pattern.pattern}"
        names = (*converters, *pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner, written, names)
        else:
            yield Route(f"{namespace}{pattern.name}", written, pattern.callback, names)
