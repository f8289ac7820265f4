"""`zachetka demo`: the synthetic academy of any size, in an empty database."""

from __future__ import annotations

import subprocess
import sys

import click

from zachetka.cli import demonstration
from zachetka.cli.migrate import bring_up_to_date
from zachetka.cli.session import database
from zachetka.postgres.duties import Duty, surroundings


@click.command(short_help="Построить демонстрационную академию.")
@click.option(
    "--learners", default=demonstration.LEARNERS, show_default=True, type=click.IntRange(1), help="Слушателей."
)
@click.option(
    "--seed", default=demonstration.SEED, show_default=True, help="Одно и то же число — одна и та же академия."
)
def demo(*, learners: int, seed: int) -> None:
    """Построить демонстрационную академию в пустой базе данных и закрепить её журнал; люди в ней вымышлены.

    Прерванное построение при следующем запуске начинается заново, прерванное закрепление продолжается.
    """
    with database(Duty.OWNER) as place:
        from zachetka.access.models import Account

        demonstration.forget_unfinished(place)
        bring_up_to_date(place)
        if Account.objects.exists():
            click.echo("zachetka: в базе данных уже есть люди; демонстрационная академия строится в пустой.", err=True)
            sys.exit(1)
        academy = demonstration.make(place.data_dir, learners=learners, seed=seed)
        seal_by_another()
        demonstration.print_accounts(academy)


def seal_by_another() -> None:
    """Let a process that has the key seal what waits; this one has none."""
    command = [sys.executable, "-m", "zachetka", "sealer", "--once"]
    subprocess.run(command, env=surroundings(Duty.SEALER), check=True)
