"""`zachetka key`: the fingerprint to print on paper, and the change of the signing key (п. 3.3, 3.5)."""

import sys

import click

from zachetka.cli.session import database
from zachetka.postgres.duties import Duty


@click.command(short_help="Показать или сменить ключ подписи журнала.")
@click.option("--change", is_flag=True, help="Сменить ключ: новый подписывается прежним.")
def key(*, change: bool) -> None:
    """Показать отпечаток ключа подписи; напечатайте его и подшейте лист в дело (п. 3.5).

    Файл доказательств, подписанный этим ключом, сверяют с бумагой.
    """
    with database(Duty.EXPORTER):
        from zachetka.core.clock import now
        from zachetka.ledger.announcing import announce_keys
        from zachetka.ledger.sealer import Sealer, key_history
        from zachetka.ledger.signing import KeyTrouble
        from zachetka.ledger.verify_bundle import grouped

        at = now()
        if change:
            try:
                Sealer().change_key(at)
            except KeyTrouble as trouble:
                click.echo(f"zachetka: {trouble}", err=True)
                sys.exit(1)
        announce_keys(at)
        known = key_history()
        if not known:
            click.echo("Ключа ещё нет: он появится, когда будет закреплено первое событие.", err=True)
            sys.exit(1)
        for each in known:
            click.echo(f"с {each.valid_from:%d.%m.%Y}  {grouped(each.id)}")
