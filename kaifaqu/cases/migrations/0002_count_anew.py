"""Levels became moments: the worker counts the cases of an installation anew, which fills these."""

from django.db import migrations


def count_anew(apps, schema_editor):
    """Forget up to where the cases have been counted."""
    apps.get_model("cases", "Head").objects.update(seq=-1)


class Migration(migrations.Migration):

    dependencies = [("cases", "0001_initial")]
    operations = [migrations.RunPython(count_anew, migrations.RunPython.noop)]
