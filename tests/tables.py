"""The tables of a new database, made in one of the two ways, told so that both can be held against each other.

    python -m tests.tables once        as `kaifaqu migrate` makes them
    python -m tests.tables stepwise    by one migration after the other, where a room has several

Django renders every model anew at each step, so that all rooms step by step would take longer than all other tests; a room
with one migration has no steps that could differ.
"""

import json
import re
import sys
from collections import Counter
from typing import Any

CHECK = re.compile(r'CONSTRAINT "(\w+)" CHECK ')
NUMBERED = re.compile("fk_|__unnamed")  # what SQLite gives no name
UNIQUE = re.compile(r'CREATE UNIQUE INDEX "(\w+)" ON .*')


def made(way: str) -> dict[str, Any]:
    """Make the tables of the database that the environment names, and return what they are; the order of columns is left out."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.core.management.commands import migrate
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    if way == "stepwise":
        rooms = Counter(room for room, _name in MigrationLoader(connection).disk_migrations)
        for room in sorted(each for each, count in rooms.items() if count > 1):
            call_command(migrate.Command(), room, verbosity=0)
    else:
        call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        names = sorted(connection.introspection.table_names(cursor))
        found = {name: table(connection, cursor, name) for name in names}
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        applied = [list(row) for row in cursor.fetchall()]
        cursor.execute("SELECT id, seq, hash FROM kernel_head")
        return {"tables": found, "applied": applied, "head": [list(row) for row in cursor.fetchall()]}


def table(connection: Any, cursor: Any, name: str) -> dict[str, Any]:
    """Return the columns and constraints of a table, with the conditions of both."""
    columns = sorted(str(each) for each in connection.introspection.get_table_description(cursor, name))
    constraints = connection.introspection.get_constraints(cursor, name)
    known = sorted(str(("" if NUMBERED.match(of) else of, sorted(each.items(), key=str))) for of, each in constraints.items())
    if connection.vendor == "sqlite":
        cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL", [name])
        texts = [row[0] for row in cursor.fetchall()]
        conditions = [(found[1], _closed(text[found.end():])) for text in texts for found in CHECK.finditer(text)]
        conditions += [(found[1], found[0]) for text in texts for found in UNIQUE.finditer(text)]
    else:
        cursor.execute("SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass", [name])
        conditions = cursor.fetchall()
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s", [name])
        conditions += cursor.fetchall()
    return {"columns": columns, "constraints": known, "conditions": sorted(map(list, conditions))}


def _closed(text: str) -> str:
    """Return what stands in the parentheses with which a text begins."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if not depth:
            return text[:place + 1]
    return text


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaifaqu.settings")
    json.dump(made(sys.argv[1]), sys.stdout)
