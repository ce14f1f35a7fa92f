"""T5: imports that are killed, and a full disk, on SQLite and on PostgreSQL.

A real worker (`kaifaqu work`) reads, checks and writes workbooks, and is killed with SIGKILL at random moments of each of
the three. Nothing is ever half written; the next worker does the job again, or says that it was rolled back; no upload is
written twice, and the audit is clean. A killed worker counts as dead after thirty seconds of silence: the bar lets these
seconds pass by setting back the last sign of life.

Then the disk is full, first for the checked rows and then for the database: a sentence, nothing written and nothing lost;
with room again the same upload is written. The disk is a small tmpfs where this process may mount one (on PostgreSQL a
tablespace lies on it); elsewhere the worker's files and database are limited in size, which the check then says.

The planted fault takes the one transaction away from the writing.
"""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bar import Bar
from s5_many_writers import is_writing

from benchmarks.importing import book, found_zone
from tests import laboratory, postgres

ROWS = 1500  # of a workbook
PATIENCE = 300  # seconds for what must come
SIZE = 96  # MB of the small disk
READING, CHECKING, WRITING = "reading", "checking", "writing"


def work_without_transaction() -> None:
    """Work as a worker whose writing is not one transaction: the planted fault."""
    laboratory.enter()
    from kaifaqu.jobs.working import Worker
    from kaifaqu.sheets import importing

    importing.transaction = type("Broken", (), {"atomic": contextlib.nullcontext, "get_connection": importing.transaction.get_connection})
    importing.PART = 100
    Worker().run()


def work_within_limits() -> None:
    """Work as a worker whose files and database cannot grow: a full disk where none can be made."""
    import resource

    laboratory.enter()
    from django.db import connection
    from django.db.backends.signals import connection_created

    from kaifaqu.jobs.working import Worker

    def limit(connection: Any, **_signal: Any) -> None:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                pages = cursor.execute("PRAGMA page_count").fetchone()[0]
                cursor.execute(f"PRAGMA max_page_count = {pages + 100}")

    connection_created.connect(limit)
    connection.close()
    if os.environ.get("T5_FILES"):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
    Worker().run()


class Laboratory:
    """A zone, its person, and workers that can be killed."""

    def __init__(self, bar: Bar, engine: str, folder: Path):
        self.bar, self.engine, self.folder = bar, engine, folder
        self.zone, self.clerk = found_zone()
        self.made = 0
        self.kills: Counter[str] = Counter()
        self.faults: list[str] = []

    def upload(self, *, rows: int = ROWS) -> Any:
        """Hand in a workbook: a new one, or the one before with changed facts, in turn."""
        from kaifaqu.registers.projects.models import Project
        from kaifaqu.sheets import importing

        run, later = self.made // 2, bool(self.made % 2)
        path = book(self.folder / f"{run}-{later}.xlsx", run, rows, later=later)
        self.made += 1
        with path.open("rb") as file:
            return importing.receive(Project, self.zone, self.clerk, path.name, file, reason=f"第 {self.made} 份")

    def submit(self, kind: str, upload: Any) -> Any:
        """Put the check or the writing of the upload into the queue."""
        from kaifaqu.jobs import working

        return working.submit(f"imports.{kind}", by=self.clerk, upload=str(upload.pk))

    def worker(self) -> subprocess.Popen:
        """Start a worker; with the planted fault, the broken one."""
        words = (__file__, "--broken") if self.bar.fault else ("-m", "kaifaqu", "work")
        return laboratory.child(*words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def wait(self, ask: Callable[[], Any], worker: subprocess.Popen | None = None) -> Any:
        """Return the answer as soon as it is not empty. A worker that ends by itself, and too long a wait, end the bar."""
        end = time.monotonic() + PATIENCE
        while not (answer := ask()):
            if time.monotonic() > end or worker and worker.poll() is not None:
                raise SystemExit(f"{self.engine}: {'the worker has ended' if worker and worker.poll() is not None else 'waited too long'}")
            time.sleep(0.02)
        return answer

    def finish(self, job: Any) -> Any:
        """Let a worker run until the job is over, and return it."""
        worker = self.worker()
        self.wait(lambda: fresh(job).is_over, worker)
        worker.kill()
        worker.wait()
        return fresh(job)

    def kill(self, job: Any, upload: Any, wanted: str, delay: float) -> bool:
        """Kill a worker so many seconds after it has begun with what is wanted; tell whether the job was still going on.

        It is stopped first, so that there is time to see what it was doing.
        """
        dead, worker = fresh(job).worker, self.worker()
        self.wait(lambda: fresh(job).worker not in (dead, ""), worker)  # it has the job
        self.wait(lambda: phase(job, upload) == wanted or fresh(job).is_over, worker)
        time.sleep(delay)
        worker.send_signal(signal.SIGSTOP)
        time.sleep(0.02)
        now, readers = phase(job, upload), children(worker.pid)
        worker.kill()
        worker.wait()
        self.wait(lambda: not is_writing_here())
        if now:
            self.kills[now] += 1
        self.look(upload, now)
        if any(self.lives_on(reader) for reader in readers):
            self.faults.append("a reader outlived its worker")
        pass_time(job)
        return bool(now)

    def lives_on(self, reader: int) -> bool:
        """Tell whether the reader of a killed worker is still there after some seconds."""
        end = time.monotonic() + 30
        while Path(f"/proc/{reader}").exists() and time.monotonic() < end:
            time.sleep(0.05)
        return Path(f"/proc/{reader}").exists()

    def look(self, upload: Any, when: str) -> None:
        """Look for what a kill left half done: records, the changeset, the file of rows."""
        from kaifaqu.kernel.events import Event, Head
        from kaifaqu.registers.projects.models import Project
        from kaifaqu.sheets.models import Changeset, Upload

        now = Upload.objects.get(pk=upload.pk)
        written = Event.objects.filter(reason=upload.reason, subject="projects.project").count()
        changesets = Changeset.objects.filter(sha256=upload.sha256)
        whole = (written, len(changesets), now.changeset) in ((0, 0, None), (ROWS, 1, changesets[0].pk if changesets else 0))
        versions, events = Project.Version.objects.count(), Event.objects.filter(subject="projects.project").count()
        if not whole or versions != events or Head.objects.get().seq != Event.objects.count():
            self.faults.append(f"{when or 'later'}: {written} of {ROWS} events, {len(changesets)} changesets, upload says {now.changeset}")
        if upload.staged.exists() and upload.staged.read_bytes().count(b"\n") != ROWS:
            self.faults.append(f"{when}: half the checked rows under the name of all")


def fresh(job: Any) -> Any:
    """Return the job as it stands."""
    return type(job).objects.get(pk=job.pk)


def phase(job: Any, upload: Any) -> str:
    """Return what a running job is doing: reading, until there are rows; checking; writing, as long as it holds the head."""
    now = fresh(job)
    if now.state != "running":
        return ""
    if now.kind == "imports.write":
        return WRITING if is_writing_here() else ""
    part = upload.staged.with_suffix(".part")
    begun = upload.staged.exists() or part.exists() and part.stat().st_size
    return (CHECKING if begun else READING) if now.phrase else ""


def is_writing_here() -> bool:
    from django.db import connection

    return is_writing(connection)


def children(process: int) -> list[int]:
    """Return the processes that the process has started."""
    with contextlib.suppress(OSError):
        return [int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    return []


def pass_time(job: Any) -> None:
    """Let the thirty seconds pass after which a worker counts as dead."""
    from kaifaqu.jobs.working import SILENCE

    now = fresh(job)
    if now.state == "running":
        type(job).objects.filter(pk=job.pk).update(beat=now.beat - SILENCE * 2)


def kills(bar: Bar, lab: Laboratory, times: int) -> None:
    """Kill workers in each phase; afterwards every upload is written once."""
    from kaifaqu.kernel import audit
    from kaifaqu.kernel.events import Event
    from kaifaqu.registers.projects.models import Project
    from kaifaqu.sheets.models import Changeset, Upload

    engine, chance, resumed, told = lab.engine, random.Random(55), 0, []
    uploads = []
    while sum(lab.kills.values()) < times:
        upload = lab.upload()
        uploads.append(upload)
        job = lab.submit("check", upload)
        for wanted, longest in ((READING, 0.2), (CHECKING, 1.0)):
            if not fresh(job).is_over:
                lab.kill(job, upload, wanted, chance.random() * longest)
        ended = lab.finish(job)
        resumed += ended.attempts > 1 and ended.state == "done"
        job = lab.submit("write", upload)
        lab.kill(job, upload, WRITING, chance.random() * 0.6)
        ended = lab.finish(job)
        resumed += ended.attempts > 1 and ended.state == "done"
        told += [ended.told] if ended.state != "done" else []
        lab.look(upload, "afterwards")
    phases = dict(sorted(lab.kills.items()))
    bar.check(f"{engine}: kills came during reading, checking and writing", all(lab.kills[each] for each in (READING, CHECKING, WRITING)),
              f"{sum(phases.values())} kills: {phases}")
    bar.check(f"{engine}: after no kill anything is half written", not lab.faults, "".join(f"\n        {each}" for each in lab.faults[:5]))
    bar.check(f"{engine}: the next worker has finished every job", not told and resumed > 0, f"{resumed} resumed {told[:1]}")

    last = uploads[-1]
    again = lab.finish(lab.submit("write", last)).told
    first = f"/r/changesets/{Upload.objects.get(pk=last.pk).changeset}/"
    bar.check(f"{engine}: a job done again after its writing leads to the first changeset", again == first, again)
    counts = [Event.objects.filter(reason=each.reason, subject="projects.project").count() for each in uploads]
    bar.check(f"{engine}: every upload is written once, wholly",
              counts == [ROWS] * len(uploads) and Changeset.objects.count() == len(uploads)
              and Project.objects.count() == ROWS * -(-len(uploads) // 2), f"{len(uploads)} uploads, {sum(counts)} rows")

    before = Project.objects.count(), Event.objects.count()
    upload = lab.upload()
    job = lab.submit("check", upload)
    while not fresh(job).is_over:
        lab.kill(job, upload, READING, 0)
        if fresh(job).attempts >= 3:
            lab.finish(job)
    ended = fresh(job)
    bar.check(f"{engine}: what kills three workers is not tried again, and says that nothing was written",
              (ended.state, ended.attempts) == ("failed", 3) and "什么也没有写入" in ended.told
              and (Project.objects.count(), Event.objects.count()) == before, ended.told)
    problems = audit.verify().problems
    bar.check(f"{engine}: the audit is clean", problems == [], problems[:2])


@contextlib.contextmanager
def small_disk() -> Iterator[Path | None]:
    """Mount a small disk as long as the block lasts; yield None where this process may not."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that it is unmounted then, too
    folder = Path(tempfile.mkdtemp(prefix="kaifaqu-disk-"))
    mount = shutil.which("mount")
    done = mount and subprocess.run([mount, "-t", "tmpfs", "-o", f"size={SIZE}m", "tmpfs", folder], capture_output=True).returncode == 0
    try:
        yield folder if done else None
    finally:
        if done:
            subprocess.run(["umount", "-l", folder], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def fill(disk: Path | None, *, leave: int) -> None:
    """Fill the disk but for so many bytes."""
    if disk:
        (disk / "ballast").unlink(missing_ok=True)
        free = shutil.disk_usage(disk).free - leave
        with (disk / "ballast").open("wb") as file:
            for _piece in range(free // 2**16):
                file.write(bytes(2**16))


def make_room(disk: Path | None) -> None:
    """Empty the disk of what only filled it."""
    if disk:
        (disk / "ballast").unlink(missing_ok=True)


def move_tables(disk: Path) -> None:
    """Let the tables that an import writes lie on the small disk."""
    from django.db import connection

    place = disk / "tablespace"
    place.mkdir()
    if account := postgres.unprivileged_account():
        disk.chmod(0o755)
        shutil.chown(place, account["user"], account["group"])
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
        for table in ("projects_project", "projects_project_version", "kernel_event"):
            cursor.execute(f"ALTER TABLE {table} SET TABLESPACE small")


def full_disk(bar: Bar, lab: Laboratory, disk: Path | None) -> None:
    """Check and write on a full disk, then with room again."""
    from kaifaqu.kernel import audit
    from kaifaqu.kernel.events import Event
    from kaifaqu.registers.projects.models import Project
    from kaifaqu.sheets.models import Upload

    engine = lab.engine
    how = "a full tmpfs" if disk else "limited files: no right to mount here"

    def on_full_disk(job: Any, leave: int, **limits: str) -> Any:
        fill(disk, leave=leave)
        os.environ |= limits
        words = ("-m", "kaifaqu", "work") if disk else (__file__, "--limited")
        worker = laboratory.child(*words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        lab.wait(lambda: fresh(job).is_over, worker)
        readable = World().rows(Project).count()
        make_room(disk)
        worker.kill()
        worker.wait()
        for name in limits:
            del os.environ[name]
        return fresh(job), readable

    from kaifaqu.kernel.world import World

    before = Project.objects.count(), Event.objects.count()
    upload = lab.upload()
    source = upload.source.read_bytes()
    ended, readable = on_full_disk(lab.submit("check", upload), 400_000, T5_FILES="1")
    bar.check(f"{engine}: no room for the checked rows: a sentence, and pages can still be read",
              ended.state == "failed" and "请检查磁盘空间" in ended.told and readable == before[0], f"{how}: {ended.told}")
    left = sorted(each.name for each in upload.folder.iterdir())
    bar.check(f"{engine}: the upload is not lost, and nothing is half checked",
              left == ["source"] and upload.source.read_bytes() == source, left)
    ended = lab.finish(lab.submit("check", upload))
    bar.check(f"{engine}: with room again it is checked", Upload.objects.get(pk=upload.pk).state == "checked", ended.told)
    if disk or engine == "sqlite":
        ended, readable = on_full_disk(lab.submit("write", upload), 400_000)
        bar.check(f"{engine}: no room in the database: a sentence, nothing written, and pages can still be read",
                  ended.state == "failed" and "什么也没有写入" in ended.told
                  and (Project.objects.count(), Event.objects.count(), readable) == (*before, before[0]), f"{how}: {ended.told}")
        bar.check(f"{engine}: on the full disk the audit stays clean", audit.verify().problems == [])
    else:
        print("        not tried: a full disk under PostgreSQL needs the right to mount one")
    ended = lab.finish(lab.submit("write", upload))
    bar.check(f"{engine}: with room again the same upload is written, once",
              ended.state == "done" and Event.objects.filter(reason=upload.reason, subject="projects.project").count() == ROWS, ended.told)
    bar.check(f"{engine}: afterwards the audit is clean", audit.verify().problems == [])


def run(bar: Bar, engine: str) -> None:
    """Do everything on one engine."""
    with small_disk() as disk, laboratory.database(engine), tempfile.TemporaryDirectory() as folder:
        if disk:  # uploads, and on SQLite the database
            os.environ["KAIFAQU_HOME"] = str(disk / "home")
            if engine == "sqlite":
                (disk / "home").mkdir()
                os.environ["KAIFAQU_DATABASE_URL"] = f"sqlite:///{disk / 'home' / 'zone.sqlite3'}"
        laboratory.enter()
        from django.db import connection

        lab = Laboratory(bar, engine, Path(folder))
        if disk and engine == "postgresql":
            move_tables(disk)
        kills(bar, lab, bar.size(quick=15, full=60))
        if not bar.fault:
            full_disk(bar, lab, disk)
        connection.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--broken"]:
        work_without_transaction()
    elif sys.argv[1:2] == ["--limited"]:
        work_within_limits()
    elif sys.argv[1:2] == ["--engine"]:
        engine = sys.argv.pop(2)
        sys.argv.pop(1)
        the_bar = Bar(f"T5 {engine}", __doc__)
        run(the_bar, engine)
        the_bar.close()
    else:
        the_bar = Bar("T5", __doc__)
        for each_engine in laboratory.ENGINES:  # a process each: Django opens one database in its life
            done = laboratory.child(__file__, "--engine", each_engine, *sys.argv[1:]).wait()
            the_bar.part(each_engine, done)
        the_bar.close()
