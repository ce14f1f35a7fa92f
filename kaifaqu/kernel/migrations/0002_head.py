"""The chain begins: its one head row, before any event."""

from django.db import migrations


def begin(apps, schema_editor):
    """Write the head row that every commit locks."""
    apps.get_model("kernel", "Head").objects.create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    for_new = True
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
