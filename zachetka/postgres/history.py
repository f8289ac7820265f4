"""The migrations of the program as its files have them: read once a process, for they do not change under it."""

from functools import cache

from django.db.migrations.loader import MigrationLoader


@cache
def on_disk() -> MigrationLoader:
    """Return every migration and how they follow each other, whatever a database has of them. Django must be set up."""
    return MigrationLoader(connection=None)
