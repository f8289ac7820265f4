from django.db import migrations

from zachetka.postgres.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        AppendOnly("people_personname", writer="zachetka_app"),
        AppendOnly("people_educationdocument", writer="zachetka_app"),
    ]
