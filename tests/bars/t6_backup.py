"""T6: a backup taken while others write restores to a database whose audit verifies and whose files match their hashes.

Four processes attach files, take them off, and enter and correct parties; meanwhile backups are taken by the command and
verified. Each is a moment of the chain: it is restored into an empty installation, whose audit, rows, files and head
must be those of that moment, and whose chain goes on; a file erased before is in none of them. An installation with
records is replaced only when told to, after a backup of it, and what was erased since is named. Bytes are changed in copies
of a backup: each change is named, or harmless to what the backup holds. A restore that is killed leaves the old
installation or the new one. The planted fault changes, behind the product's back, one character of a restored
version row and one byte of a restored file.
"""

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bar import Bar

from tests import laboratory

WRITERS = 4


def write(seed: int, stop: Path) -> None:
    """Do random actions as one of many writers until the file `stop` is there; print what was done."""
    laboratory.enter()
    import io

    from kaifaqu.files import store
    from kaifaqu.kernel import actions
    from kaifaqu.kernel.access import SYSTEM, Party
    from kaifaqu.kernel.commit import commit

    chance = random.Random(seed)
    root = Party.objects.order_by("id").first()
    plan = {verb: actions.find(f"parties.{verb}").plan for verb in ("create", "correct", "attach", "detach")}
    own, attached, done = [], [], {"files": 0, "commits": 0, "errors": []}
    while not stop.exists():
        try:
            kind = chance.choice(("create", "attach", "attach", "correct", "detach"))
            if kind == "create" or not own:
                facts = {"code": f"W{seed}-{done['commits']}", "name": "写入单位"}
                own += commit([plan["create"](root, by=SYSTEM, facts=facts)], by=SYSTEM)
            elif kind == "attach":
                party = chance.choice(own)
                kept = store.keep(io.BytesIO(b"%PDF-1.7\n" + chance.randbytes(chance.randrange(1, 200_000))), "演示材料.pdf")
                change = plan["attach"](party, by=SYSTEM, version=party.row_version, kept=kept)
                attached.append((party.pk, commit([change], by=SYSTEM)[0].pk))
                done["files"] += 1
            elif kind == "correct":
                place = chance.randrange(len(own))
                facts = {"name": f"单位{chance.randrange(10**9)}"}
                change = plan["correct"](own[place], by=SYSTEM, version=own[place].row_version, facts=facts, reason="更名")
                [own[place]] = commit([change], by=SYSTEM)
            elif attached:
                party, attachment = attached.pop(chance.randrange(len(attached)))
                record = Party.objects.get(pk=party)
                change = plan["detach"](record, by=SYSTEM, version=record.row_version, attachment=attachment, reason="传错")
                commit([change], by=SYSTEM)
            done["commits"] += 1
        except Exception as error:  # whatever it is, the bar tells it
            done["errors"].append(repr(error))
        time.sleep(0.1)  # the backups need the processor, too
    print(json.dumps(done))


def look(until: int) -> None:
    """Print what an installation knows: its audit, its head, its rows up to an event, its files, its sessions."""
    laboratory.enter()
    print(json.dumps(seen(until)))


def seen(until: int) -> dict:
    """Return what `look` prints; `rows` is one hash over every version row and event up to the number `until`."""
    from django.contrib.sessions.models import Session

    from kaifaqu.files import store
    from kaifaqu.files.erasing import named
    from kaifaqu.kernel import audit
    from kaifaqu.kernel.events import Event
    from kaifaqu.kernel.records import registers

    rows = hashlib.sha256()
    for model in (Event, *(register.Version for register in registers().values())):
        for row in model.objects.filter(seq__lte=until).order_by("seq").values_list():
            rows.update(repr(row).encode())
    files = set(named().values_list("sha256", flat=True))
    result = audit.verify()
    return {
        "problems": result.problems, "head": result.head, "events": result.events, "rows": rows.hexdigest(), "files": len(files),
        "damaged": sum(not store.verify(sha256) for sha256 in files), "sessions": Session.objects.count(),
    }


@contextmanager
def elsewhere(engine: str, url: str) -> Iterator[None]:
    """Let children work in another, empty installation on the same engine as long as the block lasts."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="kaifaqu-") as home:
        if engine == "sqlite":
            there = f"sqlite:///{Path(home) / 'zone.sqlite3'}"
        else:
            import psycopg

            name = f"copy_{random.randrange(10**9)}"
            with psycopg.connect(url, autocommit=True) as server:
                server.execute(f"CREATE DATABASE {name}")
            there = f"{url.rpartition('/')[0]}/{name}"
        os.environ |= {"KAIFAQU_HOME": home, "KAIFAQU_DATABASE_URL": there}
        try:
            yield
        finally:
            os.environ |= {name: before[name] for name in ("KAIFAQU_HOME", "KAIFAQU_DATABASE_URL")}


def command(*words: str | Path) -> tuple[int, dict]:
    """Run a command of the product; return its exit code and what it printed as JSON."""
    child = laboratory.child("-m", "kaifaqu", *map(str, words), "--json", stdout=subprocess.PIPE, text=True)
    answer = child.communicate()[0]
    return child.returncode, json.loads(answer)


def ask(until: int) -> dict:
    """Return what the installation that children work in knows."""
    return json.loads(laboratory.child(__file__, "--look", str(until), stdout=subprocess.PIPE, text=True).communicate()[0])


def erase_a_file() -> str:
    """Attach a file to the first party and erase it again; return the hash by which no backup may know it."""
    import io

    from kaifaqu.files import store
    from kaifaqu.kernel import actions
    from kaifaqu.kernel.access import SYSTEM, Party
    from kaifaqu.kernel.commit import commit

    root, kept = Party.objects.order_by("id").first(), store.keep(io.BytesIO(b"%PDF-1.7\n" + random.randbytes(100)), "演示身份证.pdf")
    [made] = commit([actions.find("parties.attach").plan(root, by=SYSTEM, version=root.row_version, kept=kept)], by=SYSTEM)
    commit([actions.find("attachments.erase").plan(made, by=SYSTEM, version=made.row_version, reason="本人要求")], by=SYSTEM)
    return kept.sha256


def plant() -> None:
    """Change one character of a version row and one byte of a stored file of the installation, behind the product's back."""
    laboratory.enter()
    from django.db import connection

    from kaifaqu.files import store
    from kaifaqu.files.models import Attachment

    path = store.path_of(Attachment.objects.current().order_by("id").first().sha256)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_party_version SET name = 'x' WHERE seq = (SELECT MIN(seq) FROM kernel_party_version)")


def number_of(head: str) -> int:
    """Return the number of the event in "#seq hash"."""
    return int(head.split()[0].removeprefix("#"))


def contents(path: Path) -> dict[str, str] | None:
    """Return the hash of every part of a backup, read by nobody's code but the archive's; None when it cannot be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
    except Exception:
        return None


def change_bytes(bar: Bar, engine: str, whole: Path, folder: Path, times: int) -> None:
    """Change a byte of a copy at random places; each must be named by the verification, or change nothing that is held."""
    from kaifaqu.files import backup

    chance, named, harmless, missed = random.Random(6), 0, 0, []
    original, told = contents(whole), whole.read_bytes()
    tail = len(told) - 4000  # the list of contents and the manifest: half of the changes
    for number in range(times):
        place = chance.randrange(len(told)) if number % 2 else chance.randrange(tail, len(told))
        copy = folder / "changed.zip"
        copy.write_bytes(told[:place] + bytes([told[place] ^ (1 << chance.randrange(8))]) + told[place + 1:])
        if backup.verify(copy).problems:
            named += 1
        elif contents(copy) == original:
            harmless += 1
        else:
            missed.append(place)
    bar.check(f"{engine}: one bit changed in a backup is named, or no part of what it holds", not missed and named > times // 2,
              f"{times} changes, {named} named, {harmless} harmless, missed at {missed}")


def run(bar: Bar, engine: str) -> None:
    """Do everything on one engine."""
    with laboratory.database(engine) as url, tempfile.TemporaryDirectory(prefix="kaifaqu-") as place:
        folder, stop = Path(place), Path(place) / "stop"
        laboratory.enter()
        from django.contrib.sessions.models import Session
        from django.db import connection

        from kaifaqu.kernel import clock
        from kaifaqu.kernel.events import Event
        from kaifaqu.kernel.founding import begin

        begin("ZONE", "测试开发区", demo=True)
        erased = erase_a_file()
        Session.objects.create(session_key="somebody", session_data="", expire_date=clock.now())
        connection.close()
        writers = [
            laboratory.child(__file__, "--write", str(seed), str(stop), stdout=subprocess.PIPE, text=True) for seed in range(WRITERS)
        ]
        while Event.objects.count() < 60:
            time.sleep(0.1)
        backups, verified, grew = [], [], []
        for number in range(bar.size(quick=2, full=12, fault=1)):
            before = Event.objects.count()
            code, answer = command("backup", folder / f"{number}.zip")
            backups.append((folder / f"{number}.zip", answer["head"]))
            verified.append(code == 0 and answer["verified"] and answer["problems"] == [] and answer["files"] > 0)
            grew.append(Event.objects.count() - before)
        stop.touch()
        reports = [json.loads(writer.communicate()[0]) for writer in writers]
        errors = [error for report in reports for error in report["errors"]]
        done = {name: sum(report[name] for report in reports) for name in ("commits", "files")}
        bar.check(f"{engine}: nobody who writes notices a backup", not errors and min(grew) > 0,
                  f"{done}, {grew} events during the backups {errors[:3] or ''}")
        bar.check(f"{engine}: every backup verifies, hashes, chain and files", all(verified), [head.split()[0] for _path, head in backups])
        wanted = [seen(number_of(head)) for _path, head in backups]
        bar.check(f"{engine}: every backup is a moment of the chain", all(
            Event.objects.get(seq=number_of(head)).hash == head.split()[1] for _path, head in backups))
        connection.close()

        for (path, head), there in zip(backups, wanted, strict=True):
            with elsewhere(engine, url):
                check_restored(bar, f"{engine}: {path.name}", path, head, there)
                if path == backups[0][0] and not bar.fault:
                    replace(bar, engine, backups[0], backups[1])
        bar.check(f"{engine}: what was erased before is in no backup", not any(
            any(erased in name for name in contents(path) or [erased]) for path, _head in backups))
        with zipfile.ZipFile(backups[0][0]) as archive:
            everything = b"".join(archive.read(name) for name in archive.namelist())
        secret = (Path(os.environ["KAIFAQU_HOME"]) / "secret_key").read_bytes()
        bar.check(f"{engine}: the secret key is not in the backup", secret not in everything, f"{len(everything)} bytes")
        change_bytes(bar, engine, backups[0][0], folder, bar.size(quick=10, full=200))
        connection.close()


def check_restored(bar: Bar, name: str, path: Path, head: str, there: dict) -> None:
    """Restore a backup into an empty installation; it must know what the other knew at the backup's moment."""
    code, answer = command("restore", path)
    bar.check(f"{name} restores into an empty installation", (code, answer.get("head")) == (0, head), answer.get("error", ""))
    if bar.fault:
        assert laboratory.child(__file__, "--plant").wait() == 0
    found = ask(number_of(head))
    bar.check(f"{name}: the audit verifies", found["problems"] == [], found["problems"] or f"{found['events']} events")
    bar.check(f"{name}: the head is that of the backup", (found["head"], found["events"]) == (head, number_of(head)), head[:20])
    bar.check(f"{name}: every row is that of its moment", found["rows"] == there["rows"], found["rows"][:12])
    bar.check(f"{name}: every file matches its hash", found["damaged"] == 0 < found["files"], f"{found['files']} files")
    bar.check(f"{name}: nobody is signed in", found["sessions"] == 0)


def replace(bar: Bar, engine: str, first: tuple[Path, str], second: tuple[Path, str]) -> None:
    """Replace the restored first backup by the second: unasked, from a broken one, told to, and killed on the way."""
    until = number_of(first[1])
    code, answer = command("restore", second[0])
    bar.check(f"{engine}: an installation with records is not replaced unasked", code == 2 and "--replace" in answer["error"])
    broken = second[0].with_name("broken.zip")
    shutil.copy(second[0], broken)
    with broken.open("r+b") as file:
        file.seek(broken.stat().st_size // 2)
        file.write(b"\0" * 64)
    code, answer = command("restore", broken, "--replace")
    bar.check(f"{engine}: a broken backup is refused", code == 2, answer["error"].splitlines()[0])
    found = ask(until)
    bar.check(f"{engine}: and leaves the installation as it was", (found["head"], found["problems"]) == (first[1], []))

    assert laboratory.child(__file__, "--erase").wait() == 0
    erased = ask(until)["head"]
    code, answer = command("restore", second[0], "--replace")
    bar.check(f"{engine}: what was erased since its backup is named", "附件 FJ" in answer["again"], answer["again"])
    saved, mark = Path(answer["saved"]["path"]), second[0].with_name("done")
    mark.touch()
    rest = mark.stat().st_mtime - saved.stat().st_mtime
    bar.check(f"{engine}: told to, it is replaced", (code, ask(until)["head"]) == (0, second[1]), f"{rest:.1f} s after its backup")
    code, answer = command("backup", "--verify", saved)
    bar.check(f"{engine}: after a backup of what was there", (code, answer["head"]) == (0, erased), saved.name)

    chance, now, kept, replaced, wrong = random.Random(66), second, 0, 0, []
    for _kill in range(bar.size(quick=2, full=40)):
        other = first if now is second else second
        before = {*saved.parent.iterdir()}
        words = ("-m", "kaifaqu", "restore", str(other[0]), "--replace")
        child = laboratory.child(*words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while child.poll() is None and not {path for path in saved.parent.iterdir() if path.suffix == ".zip"} - before:
            time.sleep(0.01)  # from here on, files and database are written
        time.sleep(rest * chance.uniform(0, 1.3))
        child.kill()
        child.wait()
        found = ask(until)
        if found["problems"] or found["damaged"] or found["head"] not in (now[1], other[1]):
            wrong.append((found["head"], found["problems"][:1]))
        kept, replaced = kept + (found["head"] == now[1]), replaced + (found["head"] == other[1])
        now = other if found["head"] == other[1] else now
    bar.check(f"{engine}: a killed restore leaves the old installation or the new one", not wrong,
              f"{kept} old, {replaced} new {wrong or ''}")
    code, answer = command("restore", first[0], "--replace")
    found = ask(until)
    bar.check(f"{engine}: and can be done again", (code, found["head"], found["damaged"]) == (0, first[1], 0))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        write(int(sys.argv[2]), Path(sys.argv[3]))
    elif sys.argv[1:2] == ["--look"]:
        look(int(sys.argv[2]))
    elif sys.argv[1:2] == ["--plant"]:
        plant()
    elif sys.argv[1:2] == ["--erase"]:
        laboratory.enter()
        erase_a_file()
    elif sys.argv[1:2] == ["--engine"]:
        engine = sys.argv.pop(2)
        sys.argv.pop(1)
        the_bar = Bar(f"T6 {engine}", __doc__)
        run(the_bar, engine)
        the_bar.close()
    else:
        the_bar = Bar("T6", __doc__)
        for each_engine in laboratory.ENGINES:  # a process each: Django opens one database in its life
            the_bar.part(each_engine, laboratory.child(__file__, "--engine", each_engine, *sys.argv[1:]).wait())
        the_bar.close()
