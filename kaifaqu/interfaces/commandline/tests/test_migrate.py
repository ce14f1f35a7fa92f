"""A new database gets the very tables that the migrations make one after the other."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager, nullcontext
from io import StringIO

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython
from django.db.migrations.recorder import MigrationRecorder

from kaifaqu.interfaces.commandline.management.commands.migrate import _is_for_new
from kaifaqu.kernel.events import Head

# Django's own: its migrations make the ids of this table 8 bytes wide and its model makes them 4, which SQLite does not tell.
DIFFERING = {"auth_group_permissions"}


@contextmanager
def new_database(name, folder):
    """Make an empty database beside that of the tests as long as the block lasts; yield its address."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder / name}.sqlite3"
        return
    told = connection.settings_dict
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        yield f"postgresql://{told['USER']}:{told['PASSWORD']}@{told['HOST']}:{told['PORT']}/{name}"
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name}")


def tables(way, folder):
    """Return the tables of a new database made in one of the ways."""
    with new_database(f"tables_{way}", folder) as url:
        environment = {**os.environ, "KAIFAQU_DATABASE_URL": url, "KAIFAQU_HOME": str(folder), "PYTHONPATH": str(settings.BASE_DIR)}
        told = subprocess.run(
            [sys.executable, "-m", "tests.tables", way], env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)
        return json.loads(told.stdout)


def test_made_at_once_or_step_by_step_the_tables_are_the_same(db, tmp_path):
    once, stepwise = tables("once", tmp_path), tables("stepwise", tmp_path)
    differing = {name for name, table in stepwise["tables"].items() if once["tables"].get(name) != table}
    expected = DIFFERING if connection.vendor == "postgresql" else set()
    assert (differing, once["head"]) == (expected, stepwise["head"])
    left_out = {room for room, _name in once["applied"]} - {room for room, _name in stepwise["applied"]}
    assert [each for each in once["applied"] if each[0] not in left_out] == stepwise["applied"]
    assert {room for room, name in once["applied"] if not name.startswith("0001")} & left_out == set()
    assert (len(once["tables"]) > 400, len(stepwise["tables"]) > 80) == (True, True)
    assert once["head"] == [[1, 0, ""]]


def test_what_runs_python_says_whether_a_new_database_needs_it():
    for migration in MigrationLoader(None).disk_migrations.values():
        if type(migration).__module__.startswith("kaifaqu.") and any(isinstance(each, RunPython) for each in migration.operations):
            assert isinstance(migration.for_new, bool), migration


@pytest.mark.parametrize(("module", "said", "told"), [
    ("kaifaqu.kernel.migrations.x", None, ImproperlyConfigured), ("kaifaqu.kernel.migrations.x", False, False),
    ("kaifaqu.kernel.migrations.x", True, True), ("django.contrib.auth.migrations.x", None, False)])
def test_one_of_ours_that_does_not_say_it_is_refused(module, said, told):
    migration = type("Migration", (Migration,), {"__module__": module, **({} if said is None else {"for_new": said})})("x", "kernel")
    with pytest.raises(told) if told is ImproperlyConfigured else nullcontext():
        assert _is_for_new(migration) is told


@pytest.mark.django_db
def test_a_database_that_has_tables_is_brought_up_to_date_as_ever():
    applied = MigrationRecorder(connection).applied_migrations()
    told = StringIO()
    call_command("migrate", stdout=told)
    assert "No migrations to apply" in told.getvalue()
    assert MigrationRecorder(connection).applied_migrations().keys() == applied.keys()
    assert Head.objects.count() == 1


def test_no_change_of_a_model_waits_for_its_migration(db):
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)
