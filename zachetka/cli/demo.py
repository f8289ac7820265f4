"""`zachetka demo`: the synthetic academy of any size, in an empty database."""

from __future__ import annotations

import sys

import click

from zachetka.cli import demonstration
from zachetka.cli.migrate import bring_up_to_date
from zachetka.cli.session import database
from zachetka.postgres.duties import Duty


@click.command(short_help="Построить демонстрационную академию.")
@click.option(
    "--learners", default=demonstration.LEARNERS, show_default=True, type=click.IntRange(1), help="Слушателей."
)
@click.option(
    "--seed", default=demonstration.SEED, show_default=True, help="Одно и то же число — одна и та же академия."
)
def demo(*, learners: int, seed: int) -> None:
    """Построить демонстрационную академию в пустой базе данных; люди в ней вымышлены."""
    with database(Duty.OWNER) as place:
        from zachetka.access.models import Account

        demonstration.forget_unfinished(place)
        bring_up_to_date(place)
        if Account.objects.exists():
            click.echo("zachetka: в базе данных уже есть люди; демонстрационная академия строится в пустой.", err=True)
            sys.exit(1)
        demonstration.print_accounts(demonstration.make(place.data_dir, learners=learners, seed=seed))
