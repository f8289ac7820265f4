from django.db import migrations

from zachetka.postgres.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial")]

    operations = [AppendOnly("files_storedfile", writer="zachetka_app")]
