"""S5: many writers, killed writers and forged rows, on SQLite and on PostgreSQL.

2,000 random actions by 8 processes: no error, no lost update, no gap, no fork. One character changed in an event, in a
version row or in a live row: the audit names that row. A process killed in the middle of a commit: all of it or none.
The planted fault takes one acknowledged count back and cuts the last event off, both behind the product's back.
"""

import json
import random
import sqlite3
import subprocess
import sys
import time

from bar import Bar

from tests import laboratory

PROCESSES, COUNTERS = 8, 12


def work(seed: int, actions: int) -> None:
    """Do random actions as one of many writers; print what was acknowledged."""
    laboratory.enter()
    from kaifaqu.kernel import actions as registry
    from kaifaqu.kernel.access import SYSTEM, Party
    from kaifaqu.kernel.commit import Conflict, commit

    chance = random.Random(seed)
    root = Party.objects.order_by("id").first()
    plan = {verb: registry.find(f"parties.{verb}").plan for verb in ("create", "correct", "archive")}
    done = {"counted": 0, "created": 0, "archived": 0, "conflicts": 0, "errors": []}
    own: list = []
    for number in range(actions):
        kind = chance.choices(("count", "create", "archive"), (6, 3, 1))[0]
        try:
            if kind == "count":  # read, add one, write: whoever reads a stale row is refused and tries again
                code = f"C{chance.randrange(COUNTERS)}"
                while True:
                    counter = Party.objects.get(code=code)
                    facts = {"name": str(int(counter.name) + 1)}
                    try:
                        change = plan["correct"](counter, by=SYSTEM, version=counter.row_version, facts=facts, reason="加一")
                        commit([change], by=SYSTEM)
                        break
                    except Conflict:
                        done["conflicts"] += 1
                done["counted"] += 1
            elif kind == "create" or not own:
                rows = [{"code": f"S{seed}-{number}-{part}", "name": "新"} for part in range(chance.randrange(1, 4))]
                own += commit([plan["create"](root, by=SYSTEM, facts=row) for row in rows], by=SYSTEM)
                done["created"] += len(rows)
            else:
                party = own.pop(chance.randrange(len(own)))
                commit([plan["archive"](party, by=SYSTEM, version=party.row_version, reason="撤销")], by=SYSTEM)
                done["archived"] += 1
        except Exception as error:  # whatever it is, the bar tells it
            done["errors"].append(repr(error))
    print(json.dumps(done))


def kill(marker: str) -> None:
    """Commit 3,000 records in one piece; the parent kills this process somewhere in the middle."""
    laboratory.enter()
    from kaifaqu.kernel import actions
    from kaifaqu.kernel.access import SYSTEM, Party
    from kaifaqu.kernel.commit import commit

    root = Party.objects.order_by("id").first()
    create = actions.find("parties.create").plan
    planned = [create(root, by=SYSTEM, facts={"code": f"K{marker}-{part}", "name": "杀"}) for part in range(3000)]
    print("planned", flush=True)
    commit(planned, by=SYSTEM)
    print("committed", flush=True)


def forge(bar: Bar, chance: random.Random, times: int) -> None:
    """Change one character in every column of events, versions and live rows in turn; the audit must name the row."""
    from django.db import connection

    from kaifaqu.kernel import audit
    from kaifaqu.kernel.access import Party
    from kaifaqu.kernel.events import HASHED, Event

    quote = connection.ops.quote_name
    columns = [c.column for c in Party._meta.concrete_fields if c.column not in ("id", "archived_at")]
    kinds = {
        "event": (Event._meta.db_table, "seq", [*HASHED[1:], "hash"], "事件 #{}"),
        "version row": (Party.Version._meta.db_table, "seq", columns, "版本 kernel.party #{}"),
        "live row": (Party._meta.db_table, "id", columns, "现存行 kernel.party {}"),
    }
    for kind, (table, key, names, expected) in kinds.items():
        named = tried = 0
        met = set()
        for number in range(times):
            column = names[number % len(names)]
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {key}, CAST({quote(column)} AS TEXT) FROM {table} WHERE CAST({quote(column)} AS TEXT) <> ''")
                rows = cursor.fetchall()
                if not rows:
                    continue
                row, value = chance.choice(rows)
                place = chance.choice([i for i, letter in enumerate(value) if letter.isalnum()])
                alphabet = "0123456789" if value[place].isdigit() else "abcdef"
                other = chance.choice([letter for letter in alphabet if letter != value[place]])
                forged = value[:place] + other + value[place + 1:]
                if not _write(cursor, f"UPDATE {table} SET {quote(column)} = %s WHERE {key} = %s", forged, row, connection):
                    continue  # the database itself refuses: no such moment, no such number
                tried += 1
                met.add(column)
                problems = audit.verify().problems
                if any(expected.format(row) in problem for problem in problems[:1]):
                    named += 1
                else:
                    print(f"        {kind} {row} {column}: {value!r} -> {forged!r}: {problems[:3]}")
                _write(cursor, f"UPDATE {table} SET {quote(column)} = %s WHERE {key} = %s", value, row, connection)
        bar.check(f"one character changed is named: {kind}", tried == named > 0,
                  f"{named} of {tried} forgeries in {len(met)} columns, the first problem each time")
    if connection.vendor == "sqlite":  # PostgreSQL stores no text that is none
        for table, key, column, expected in (
            (Event._meta.db_table, "seq", "reason", "事件 #{}"), (Event._meta.db_table, "seq", "payload", "事件 #{}"),
            (Party.Version._meta.db_table, "seq", "name", "版本 kernel.party #{}"),
            (Party._meta.db_table, "id", "name", "现存行 kernel.party {}"),
        ):
            with connection.cursor() as cursor:
                row, value = cursor.execute(f"SELECT {key}, {column} FROM {table} WHERE {column} <> '' LIMIT 1").fetchone()
                cursor.execute(f"UPDATE {table} SET {column} = CAST(x'6EFF6E' AS TEXT) WHERE {key} = %s", [row])
                problems = audit.verify().problems
                cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", [value, row])
            bar.check(f"a byte that is no text is named: {table}.{column}", expected.format(row) in problems[0], problems[:1])
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, hash, at FROM kernel_head")
        head = cursor.fetchone()
        cursor.execute("DELETE FROM kernel_head")
        bar.check("a missing head is named", "链头" in "".join(audit.verify().problems))
        cursor.execute("INSERT INTO kernel_head (id, seq, hash, at) VALUES (1, %s, %s, %s)", head)
    bar.check("after the forgeries are taken back the audit is clean", audit.verify().problems == [])


def _write(cursor, statement: str, value: str, row: int, connection) -> bool:
    """Write the value as the column's own type; tell whether the database took it."""
    from django.db import Error, transaction

    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute(statement, [value, row])
        return True
    except Error:
        return False


def is_writing(connection) -> bool:
    """Tell whether another process holds the head of the chain at this moment."""
    if connection.vendor == "sqlite":
        other = sqlite3.connect(connection.settings_dict["NAME"], timeout=0)
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        finally:
            other.close()
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM pg_locks WHERE relation = 'kernel_head'::regclass AND pid <> pg_backend_pid()")
        return cursor.fetchone()[0] > 0


def run(bar: Bar, engine: str) -> None:
    """Do everything on one engine."""
    with laboratory.database(engine):
        laboratory.enter()
        from django.db import connection

        from kaifaqu.kernel import actions, audit
        from kaifaqu.kernel.access import SYSTEM, Party
        from kaifaqu.kernel.commit import commit
        from kaifaqu.kernel.events import Event
        from kaifaqu.kernel.founding import begin

        root = begin("ZONE", "测试开发区", demo=True)
        create = actions.find("parties.create").plan
        commit([create(root, by=SYSTEM, facts={"code": f"C{n}", "name": "0"}) for n in range(COUNTERS)], by=SYSTEM)
        connection.close()

        processes = 2 if bar.fault else PROCESSES
        each = bar.size(quick=320, full=2000, fault=160) // processes
        started = time.monotonic()
        workers = [
            laboratory.child(__file__, "--work", str(seed), str(each), stdout=subprocess.PIPE, text=True) for seed in range(processes)
        ]
        reports = [json.loads(worker.communicate()[0]) for worker in workers]
        total = {name: sum(report[name] for report in reports) for name in ("counted", "created", "archived", "conflicts")}
        errors = [error for report in reports for error in report["errors"]]
        if bar.fault:
            with connection.cursor() as cursor:
                cursor.execute("UPDATE kernel_party SET name = '0' WHERE code = 'C0'")
        bar.check(f"{engine}: no error in {processes * each} actions by {processes} processes", not errors,
                  f"{total}, {time.monotonic() - started:.0f} s" + "".join(f"\n        {error}" for error in errors[:3]))
        counted = sum(int(name) for name in Party.objects.filter(code__startswith="C").values_list("name", flat=True))
        bar.check(f"{engine}: no lost update", counted == total["counted"], f"{counted} counted, {total['counted']} acknowledged")
        made = Party.objects.filter(code__startswith="S").count()
        bar.check(f"{engine}: every acknowledged record is there", made == total["created"], f"{made}")
        seqs = list(Event.objects.order_by("seq").values_list("seq", flat=True))
        bar.check(f"{engine}: no gap", seqs == list(range(1, len(seqs) + 1)), f"{len(seqs)} events")
        hashes = Event.objects.values_list("previous", flat=True)
        bar.check(f"{engine}: no fork", len(set(hashes)) == len(hashes))
        bar.check(f"{engine}: the audit is clean", audit.verify().problems == [])

        forge(bar, random.Random(5), times=bar.size(quick=12, full=120))

        kills = {"before": 0, "after": 0, "between": 0}
        inside = 0
        for number in range(commits := bar.size(quick=6, full=20)):
            before = Event.objects.count()
            worker = laboratory.child(__file__, "--kill", str(number), stdout=subprocess.PIPE, text=True)
            assert worker.stdout is not None
            worker.stdout.readline()
            connection.close()
            time.sleep(2 * (number / commits) ** 2)  # from at once, where most is written, to long after
            inside += is_writing(connection)
            worker.kill()
            worker.wait()
            time.sleep(0.05)
            written = Party.objects.filter(code__startswith=f"K{number}-").count()
            whole = Event.objects.count() - before == Party.Version.objects.filter(code__startswith=f"K{number}-").count() == written
            kills["between" if written not in (0, 3000) or not whole else "after" if written else "before"] += 1
        bar.check(f"{engine}: killed in the middle of {commits} commits: all or nothing", kills["between"] == 0, kills)
        bar.check(f"{engine}: kills came inside the writing and after it", inside > 0 < kills["after"], f"{inside} while the head was held")
        if bar.fault:
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM kernel_event WHERE seq = (SELECT MAX(seq) FROM kernel_event)")
        bar.check(f"{engine}: after the kills the audit is clean", audit.verify().problems == [])
        connection.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        work(int(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1:2] == ["--kill"]:
        kill(sys.argv[2])
    elif sys.argv[1:2] == ["--engine"]:
        engine = sys.argv.pop(2)
        sys.argv.pop(1)
        the_bar = Bar(f"S5 {engine}", __doc__)
        run(the_bar, engine)
        the_bar.close()
    else:
        the_bar = Bar("S5", __doc__)
        for each_engine in laboratory.ENGINES:  # a process each: Django opens one database in its life
            done = laboratory.child(__file__, "--engine", each_engine, *sys.argv[1:]).wait()
            the_bar.part(each_engine, done)
        the_bar.close()
