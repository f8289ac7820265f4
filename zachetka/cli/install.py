"""`zachetka install`: the first accounts of a real academy, asked at the console or named by flags (п. 3.8)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from zachetka.cli import demonstration
from zachetka.cli.migrate import bring_up_to_date, is_made
from zachetka.cli.naming import tell_if_unnamed
from zachetka.cli.session import database
from zachetka.postgres.address import Place
from zachetka.postgres.duties import Duty
from zachetka.postgres.programs import ServerTrouble
from zachetka.postgres.unreached import refuse_if_not_made

if TYPE_CHECKING:
    from zachetka.cli.installation import Key, Plan

_Command = TypeVar("_Command", bound=Callable[..., Any])
_DAY = click.DateTime(formats=["%d.%m.%Y", "%Y-%m-%d"])
_TODAY = date.today().strftime("%d.%m.%Y")  # noqa: DTZ011 - what the operator's own calendar shows, offered to correct


def _official(which: str, who: str, login: str) -> Callable[[_Command], _Command]:
    """Return the flags of one of the two first people; what is not named is asked."""
    flags = (
        click.option(f"--{which}", prompt=f"{who}: фамилия, имя, отчество", help=f"{who}: полное имя."),
        click.option(f"--{which}-login", prompt="  логин", default=login, show_default=True, help=f"{who}: логин."),
        click.option(f"--{which}-position", prompt="  должность", default=who.lower(), help=f"{who}: должность."),
        click.option(f"--{which}-order", prompt="  номер приказа о роли", help=f"{who}: номер приказа о роли."),
        click.option(
            f"--{which}-order-date", prompt="  дата приказа", default=_TODAY, type=_DAY, help=f"{who}: дата приказа."
        ),
    )

    def dress(command: _Command) -> _Command:
        for flag in reversed(flags):
            command = flag(command)
        return command

    return dress


class OfAnEmptyDatabase(click.Command):
    """Looks at the database before it asks: questions are put while the arguments are read."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments, unless the database has records already."""
        if not (ctx.resilient_parsing or {*args} & {*ctx.help_option_names}):
            _refuse_if_lived_in()
        return super().parse_args(ctx, args)


def _refuse_if_lived_in() -> None:
    """End the process when somebody has worked in the database; one that is not made yet, or has no tables, is empty."""
    place = Place.from_environment()
    try:
        refuse_if_not_made(place)
    except ServerTrouble:
        return
    with database(Duty.OWNER) as place:
        if not is_made(place):
            return
        from zachetka.cli import installation
        from zachetka.core.errors import Refusal

        try:
            installation.require_empty()
        except Refusal as refusal:
            click.echo(f"zachetka: {refusal.sentence}", err=True)
            sys.exit(1)


@click.command(cls=OfAnEmptyDatabase, short_help="Установить систему для настоящей академии.")
@click.option(
    "--unit",
    "units",
    multiple=True,
    help="Подразделение, которое ведёт программы; флаг повторяют. Без флага спросим.",
)
@click.option("--grading-act", prompt="Акт об оценивании: название, номер", help="Локальный акт, который задаёт шкалы.")
@click.option("--grading-since", prompt="  действует с", default=_TODAY, type=_DAY, help="С какого дня он действует.")
@_official("admin", "Администратор системы", "admin")
@_official("security", "Администратор безопасности", "security")
def install(*, units: tuple[str, ...], grading_act: str, grading_since: datetime, **given: Any) -> None:
    """Подготовить пустую базу данных к первому рабочему дню настоящей академии.

    Заводит подразделения, шкалы оценок, книги регистрации этого года и двух разных людей с ролями по приказу:
    администратор системы заводит остальных и предлагает роли, администратор безопасности их утверждает. Печатает
    временные пароли, их меняют при первом входе. В базе, где уже есть записи, ничего не делает.
    """
    named = units or _asked_units()
    with database(Duty.OWNER) as place:
        bring_up_to_date(place)
        from zachetka.cli import installation
        from zachetka.core.clock import now
        from zachetka.core.errors import Refusal

        try:
            keys = installation.install(_plan(named, grading_act, grading_since.date(), given), at=now())
        except Refusal as refusal:
            click.echo(f"zachetka: {refusal.sentence}", err=True)
            sys.exit(1)
        demonstration.forget(place.data_dir)
        _hand_over(keys)


def _asked_units() -> tuple[str, ...]:
    typed = click.prompt("Подразделения, которые ведут программы, через точку с запятой")
    return tuple(name.strip() for name in typed.split(";") if name.strip())


def _plan(units: tuple[str, ...], act: str, since: date, given: dict[str, Any]) -> Plan:
    from zachetka.access.policy import Role
    from zachetka.cli.installation import Official, Plan

    officials = tuple(
        Official(
            role=role,
            full_name=given[which],
            login=given[f"{which}_login"],
            position=given[f"{which}_position"],
            order_number=given[f"{which}_order"],
            order_date=given[f"{which}_order_date"].date(),
        )
        for which, role in (("admin", Role.ADMIN), ("security", Role.SECURITY))
    )
    return Plan(officials=officials, units=units, grading_act=act, grading_since=since)


def _hand_over(keys: list[Key]) -> None:
    from zachetka.core.clock import LEGAL_ZONE

    until = keys[0].until.astimezone(LEGAL_ZONE)
    click.echo(f"\nГотово. Временные пароли действуют до {until:%d.%m.%Y %H:%M} (Москва), каждый — до первого входа:")
    for key in keys:
        click.echo(f"  {key.account.login:<16} {click.style(key.password, bold=True)}  {key.role.label}")
    click.echo("Передайте каждому его пароль лично: больше его нигде нет. Дальше: make run.")
    click.echo("Не успели войти: zachetka restore-access ЛОГИН.")
    tell_if_unnamed()
