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
        from django.db import transaction

        from zachetka.core.clock import now
        from zachetka.ledger.actions import record_event
        from zachetka.ledger.events import EventType
        from zachetka.ledger.sealer import Sealer, key_history
        from zachetka.ledger.signing import KeyTrouble
        from zachetka.ledger.verify_bundle import grouped

        if change:
            at = now()
            try:
                following = Sealer().change_key(at)
            except KeyTrouble as trouble:
                click.echo(f"zachetka: {trouble}", err=True)
                sys.exit(1)
            with transaction.atomic():
                record_event(EventType.SIGNING_KEY_ANNOUNCED, None, actor=None, at=at, clause="3.3", key=following)
        known = key_history()
        if not known:
            click.echo("Ключа ещё нет: он появится, когда будет скреплено первое событие.", err=True)
            sys.exit(1)
        for each in known:
            click.echo(f"с {each.valid_from:%d.%m.%Y}  {grouped(each.id)}")
