"""Of a scale one edition holds on a day: the database takes no second one (п. 2.3)."""

from django.db import migrations

ONE_A_DAY = """
ALTER TABLE programs_scaleversion ADD CONSTRAINT scale_version_is_alone_on_its_days EXCLUDE USING gist (
    int8range(scale_id, scale_id, '[]') WITH &&, daterange(valid_from, valid_to, '[]') WITH &&);
"""
"""A range of one number overlaps another when the numbers are the same: under gist ranges need no extension, numbers do."""

SEVERAL = "ALTER TABLE programs_scaleversion DROP CONSTRAINT scale_version_is_alone_on_its_days;"


class Migration(migrations.Migration):
    dependencies = [("programs", "0005_result_modules_are_proven")]

    operations = [migrations.RunSQL(ONE_A_DAY, SEVERAL)]
