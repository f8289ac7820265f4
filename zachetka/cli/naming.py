"""Whether somebody has said what the academy is called: told where commands end, so that no paper surprises (п. 2.5)."""

import click


def tell_if_unnamed() -> None:
    """Say in a sentence that the name, the city and the address are not set, or that their file cannot be read."""
    from django.conf import settings

    from zachetka.core.academy import ASK, Misread, read

    try:
        read(settings.ACADEMY_FILE)
    except Misread as misread:
        is_there = settings.ACADEMY_FILE.exists()
        click.echo(f"\n{misread if is_there else ASK.format(file=settings.ACADEMY_FILE)}", err=True)
