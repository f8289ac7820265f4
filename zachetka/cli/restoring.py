"""`zachetka restore-access`: an administrator who forgot the password or lost the second factor comes in again when nobody else can help (п. 3.8)."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click

from zachetka.cli.session import database
from zachetka.postgres.address import Place
from zachetka.postgres.duties import Duty
from zachetka.postgres.unreached import refuse_if_not_made

_DAY = click.DateTime(formats=["%d.%m.%Y", "%Y-%m-%d"])


@click.command(
    "restore-access", short_help="Вернуть доступ администратору, который забыл пароль или потерял второй фактор."
)
@click.argument("login")
@click.option("--order", prompt="Номер приказа", help="Номер приказа, по которому восстанавливают доступ.")
@click.option("--order-date", prompt="Дата приказа", type=_DAY, help="Дата приказа.")
def restore_access(*, login: str, order: str, order_date: datetime) -> None:
    """Выдать временный пароль администратору системы или администратору безопасности с логином LOGIN.

    Прежний пароль, второй фактор, коды восстановления и открытые сеансы перестают действовать; в журнале событий остаются номер и дата приказа.
    Остальным пароль выдают эти двое на странице учётной записи.
    """
    refuse_if_not_made(Place.from_environment())
    with database(Duty.OWNER):
        from zachetka.access.models import Account
        from zachetka.core.clock import LEGAL_ZONE, now
        from zachetka.core.errors import Refusal
        from zachetka.people.actions import passwords

        at = now()
        with _as_owner():
            try:
                account = Account.objects.get(login=login.strip().lower())
                password = passwords.restore_access(account, order_number=order, order_date=order_date.date(), at=at)
            except Account.DoesNotExist:
                click.echo(f"zachetka: логина {login} нет.", err=True)
                sys.exit(1)
            except Refusal as refusal:
                click.echo(f"zachetka: {refusal.sentence}", err=True)
                sys.exit(1)
        until = (at + passwords.INITIAL_TERM).astimezone(LEGAL_ZONE)
        click.echo(f"{account.login}  {click.style(password, bold=True)}")
        click.echo(
            f"Временный пароль действует до {until:%d.%m.%Y %H:%M} (Москва) и до первого входа; больше его нигде нет."
        )


@contextmanager
def _as_owner() -> Iterator[None]:
    """Speak to the database as the owner of the schema: from the application it takes no such password."""
    from django.db import connections

    former = connections["default"]
    connections["default"] = connections["migrate"]
    try:
        yield
    finally:
        connections["default"] = former
