"""Bring the tables up to date: as Django does, but that a new database gets all of them at once, as the models say.

Migrations one after the other make Django build every model anew for each of hundreds of steps, which takes the better part
of a first start. A test holds the tables that come of both ways against each other.
"""

from typing import Any, cast

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management.commands import migrate
from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import RunPython


class Command(migrate.Command):
    """Django's own command, with a short way for a new database."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the tables of a new database, then do whatever is left to do."""
        connection = connections[options["database"]]
        asked_for_less = options["app_label"] or options["plan"] or options["check_unapplied"] or options["fake"]
        if not asked_for_less and not connection.introspection.table_names():
            make_all(connection)
        super().handle(*args, **options)


def make_all(connection: BaseDatabaseWrapper) -> None:
    """Make every table as its model says, wholly or not at all, and write down that all migrations are applied.

    A migration of ours that runs Python says whether a new database needs that as well, because it writes rows that are
    always there: `for_new = True`, or False. Raise ImproperlyConfigured for one that says neither.
    """
    executor = MigrationExecutor(connection)
    done = [migration for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)]
    migrated = [config for config in apps.get_app_configs() if config.label in executor.loader.migrated_apps]
    with connection.schema_editor() as editor:
        for config in migrated:
            for model in router.get_migratable_models(config, connection.alias):
                if model._meta.can_migrate(connection):
                    editor.create_model(model)
        executor.recorder.ensure_schema()
        for migration in done:
            executor.recorder.record_applied(migration.app_label, migration.name)
            for step in migration.operations:
                if isinstance(step, RunPython) and _is_for_new(migration):
                    step.code(cast(Any, apps), editor)  # as they are now: this is the newest state


def _is_for_new(migration: Migration) -> bool:
    said: bool | None = getattr(migration, "for_new", None)
    if said is None and type(migration).__module__.startswith("kaifaqu."):
        raise ImproperlyConfigured(f"{migration}: for_new = True or False? A new database would be made without what it runs.")
    return bool(said)
