"""S8: an erased personal fact is nowhere in the database file, and the chain still verifies.

Persons with unmistakable names are entered, corrected and half of them archived; then erased, while another connection
is reading for a part of the time. On SQLite the bytes of the database file and of its log are searched for every name
that was ever written; on PostgreSQL those of the tables (docs/decisions/0004 says what its own log keeps, and how long).
The planted fault leaves the values in the version rows.
"""

import secrets
import sqlite3
import sys
from pathlib import Path

import psycopg
from bar import Bar

from tests import laboratory

if sys.argv[1:2] != ["--engine"]:
    whole = Bar("S8", __doc__)
    for name in laboratory.ENGINES:  # a process each: Django opens one database in its life
        done = laboratory.child(__file__, "--engine", name, *sys.argv[1:]).wait()
        whole.part(name, done)
    whole.close()
engine = sys.argv.pop(2)
sys.argv.pop(1)
bar = Bar(f"S8 {engine}", __doc__)
with laboratory.database(engine) as url:
    laboratory.enter()
    from django.db import connection

    from kaifaqu.kernel import actions, audit
    from kaifaqu.kernel import commit as writing
    from kaifaqu.kernel.access import SYSTEM, User
    from kaifaqu.kernel.events import Event
    from kaifaqu.kernel.founding import begin

    def do(verb, record, **facts):
        """Commit one action on one person."""
        version = record.row_version if verb != "create" else 0
        [done] = writing.commit([actions.find(f"users.{verb}").plan(record, by=SYSTEM, version=version, **facts)], by=SYSTEM)
        return done

    def stored() -> bytes:
        """Return every byte that the database keeps on disk: of SQLite all files, of PostgreSQL those of the tables."""
        if engine == "sqlite":
            file = laboratory.file_of(url)
            return b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))
        with connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")
            cursor.execute("SHOW data_directory")
            folder = Path(cursor.fetchone()[0])
            cursor.execute("SELECT pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r', 't', 'i') AND relname NOT LIKE 'pg_sta%'")
            files = [folder / row[0] for row in cursor.fetchall() if row[0]]
        return b"".join(path.read_bytes() for path in files if path.exists())

    root = begin("ZONE", "测试开发区", demo=True)
    people = bar.size(quick=60, full=2000)
    names, kept = [], []
    users = []
    for number in range(people):
        first, second = f"演示{secrets.token_hex(12)}", f"演示{secrets.token_hex(12)}"
        user = do("create", root, facts={"code": f"p{number}", "name": first})
        user = do("correct", user, facts={"name": second}, reason="更名")
        user = do("correct", user, facts={"is_active": False}, reason="停用")
        users.append(user)
        names += [first, second]
    bar.check("before, every name is on disk", all(name.encode() in stored() for name in names[1::2]), f"{len(names)} names")
    payloads = "".join(Event.objects.values_list("payload", flat=True))
    bar.check("no event has ever held a name", not any(name in payloads for name in names), f"{Event.objects.count()} events")
    bar.check("before, the chain verifies", audit.verify().problems == [])

    if bar.fault:
        writing._blank = lambda *arguments: None
    kept = [users.pop() for _ in range(5)]
    kept_names = names[-10:]
    users = [do("archive", user, reason="离职") if number % 2 else user for number, user in enumerate(users)]
    # Somebody is reading while the first are erased, and stops before the last.
    reader = sqlite3.connect(laboratory.file_of(url)) if engine == "sqlite" else psycopg.connect(url, autocommit=True)
    reader.execute("BEGIN" if engine == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ")
    reader.execute("SELECT COUNT(*) FROM kernel_user").fetchone()
    for user in users[:2]:
        do("erase", user, reason="本人要求删除")
    bar.check("while somebody reads, it is said that the file cannot be emptied", not writing.scrub(User))
    reader.close()
    for user in users[2:]:
        do("erase", user, reason="本人要求删除")
    bar.check("afterwards, as the doctor asks, it could", writing.scrub())
    found = stored()
    left = [name for name in names[:-10] if name.encode() in found]
    bar.check("after, no erased name is anywhere in the file or its log", not left, f"{len(names) - 10} looked for, {len(left)} found")
    bar.check("the others' names are still there", all(name.encode() in found for name in kept_names[1::2]), f"{len(kept)} persons kept")
    bar.check("erased persons are empty in live and version rows", not any(
        row.name for model in (User.objects, User.Version.objects) for row in model.filter(id__in=[user.pk for user in users])))
    result = audit.verify()
    bar.check("the chain verifies", result.problems == [], f"{result.events} events, {result.versions} versions")

    # An emptied value without an event that says so is a forgery, not an erasure.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_user_version SET name = '' WHERE id = %s", [kept[0].pk])
    problems = audit.verify().problems
    bar.check("a value emptied behind the system's back is named", any("kernel.user" in text for text in problems), problems[:1])
    connection.close()
bar.close()
