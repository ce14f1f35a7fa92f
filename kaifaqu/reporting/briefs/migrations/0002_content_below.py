"""Frozen contents are kept below, where meetings keep theirs too: their rows move, hashes and all."""

from django.db import migrations


def move(apps, schema_editor):
    """Copy every frozen content to where all of them are kept."""
    kept = apps.get_model("files", "Content")
    rows = apps.get_model("briefs", "Content").objects.iterator(chunk_size=100)
    for row in rows:
        kept.objects.get_or_create(sha256=row.sha256, defaults={"text": row.text})


class Migration(migrations.Migration):
    dependencies = [("briefs", "0001_initial"), ("files", "0002_content")]
    for_new = False  # there is nothing to move
    operations = [
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.DeleteModel(name="Content"),
    ]
