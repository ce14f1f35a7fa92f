"""T5: workers killed while they read, check and write, and a full disk, on SQLite and on PostgreSQL.

A real worker (`kaifaqu work`) imports workbooks, half new projects and half changed ones, and is killed with SIGKILL at
random points of reading, checking and writing. After each kill the whole workbook is written or nothing of it, no half
file of checked rows is believed, and the process that read for the worker is gone. The next worker does the job once; a
job that has killed three workers says that it was rolled back. A killed worker counts as dead after thirty seconds of
silence: the bar lets them pass by setting back the last sign of life.

Then the disk is full: for what people hand in, attach and export, for checking and for writing. Each ends in a sentence,
with nothing half written; what is there can be read; and with room again the same succeeds. The installation lies on a
small tmpfs that only this bar sees; on PostgreSQL the tables that an import writes lie there, too.

The planted fault takes the one transaction away from the worker's writing.
"""

import ctypes
import html
import logging
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from bar import Bar
from s5_many_writers import is_writing

from tests import laboratory, postgres

HALF = 550  # rows of a workbook that are new, and as many that change what the workbook before brought
ROWS = 2 * HALF
READING, CHECKING, WRITING = PHASES = "reading", "checking", "writing"
BETWEEN, AFTERWARDS = "between", "afterwards"
PATIENCE = 120  # seconds for what must come
NO_MOUNT = "root needs the right to mount here (CAP_SYS_ADMIN), everybody else user namespaces (sysctl kernel.unprivileged_userns_clone=1)"


def work_without_transaction() -> None:
    """Work as a worker each of whose commits stands alone: the planted fault."""
    laboratory.enter()
    from django.core.management import call_command

    from kaifaqu.sheets import importing

    importing.transaction = type("Broken", (), {"atomic": nullcontext, "get_connection": importing.transaction.get_connection})
    importing.PART = 100
    call_command("work", "--beside")


# A disk that can be filled


def see_alone() -> str:
    """Let this process have mounts that nobody else sees; return why it may not, or "". It stays the user that it is."""
    of_mounts, of_users, private = 0x20000, 0x10000000, 0x44000
    libc, user, group = ctypes.CDLL(None, use_errno=True), os.getuid(), os.getgid()
    if libc.unshare(of_mounts if user == 0 else of_mounts | of_users):
        return os.strerror(ctypes.get_errno())
    if user:
        for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            Path("/proc/self", name).write_text(text)
    return os.strerror(ctypes.get_errno()) if libc.mount(None, b"/", None, private, None) else ""


@contextmanager
def small_disk(place: str, megabytes: int) -> Iterator[str]:
    """Mount a small disk at the place as long as the block lasts; yield why that is not possible, or ""."""
    libc = ctypes.CDLL(None, use_errno=True)
    refused = libc.mount(b"tmpfs", place.encode(), b"tmpfs", 0, f"size={megabytes}m,mode=755".encode())
    try:
        yield os.strerror(ctypes.get_errno()) if refused else ""
    finally:
        if not refused:
            libc.umount2(place.encode(), 2)  # even while somebody is still looking


def move_tables(place: Path) -> None:
    """Let the tables that an import writes lie at the place, on PostgreSQL."""
    from django.db import connection

    place.mkdir()
    if account := postgres.unprivileged_account():
        shutil.chown(place, account["user"], account["group"])
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
        for table in ("projects_project", "projects_project_version", "kernel_event"):
            cursor.execute(f"ALTER TABLE {table} SET TABLESPACE small")
            for each in ("autovacuum_enabled", "toast.autovacuum_enabled"):  # or what was rolled back becomes room
                cursor.execute(f"ALTER TABLE {table} SET ({each} = off)")


# The zone


class Laboratory:
    """A zone, a person who imports, one worker at a time, and what was found half done."""

    def __init__(self, bar: Bar, engine: str, folder: Path):
        from benchmarks.importing import found_zone

        self.bar, self.engine, self.folder = bar, engine, folder
        self.zone, self.clerk = found_zone()
        self.worker: subprocess.Popen | None = None
        self.handed_in = 0
        self.kills: Counter[str] = Counter()
        self.spans: dict[str, float] = {}
        self.since = 0.0  # what is older was left by the worker before
        self.half: list[str] = []

    def workbook(self) -> Path:
        """Make the next workbook, in the first of which everything is new."""
        import xlsxwriter

        from benchmarks.importing import HEADINGS, cells

        self.handed_in += 1
        path = self.folder / f"{self.handed_in}.xlsx"
        with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
            sheet = book.add_worksheet("项目")
            sheet.write_row(0, 0, HEADINGS)
            for number in range(HALF):
                sheet.write_row(2 * number + 1, 0, cells(self.handed_in, number, later=False))
                sheet.write_row(2 * number + 2, 0, cells(self.handed_in - 1, number, later=True))
        self.expect()
        return path

    def expect(self) -> None:
        """Note what there is before the last workbook is written, and what there will be after it."""
        self.before = self.there_is()
        growth = (ROWS if self.handed_in == 1 else HALF, HALF, ROWS, ROWS + 1, ROWS + 1, 1)
        self.after = tuple(count + more for count, more in zip(self.before, growth, strict=True))

    def hand_in(self) -> Any:
        """Hand in the next workbook."""
        from kaifaqu.registers.projects.models import Project
        from kaifaqu.sheets import importing

        path = self.workbook()
        with path.open("rb") as file:
            return importing.receive(Project, self.zone, self.clerk, path.name, file)

    def there_is(self) -> tuple[int, ...]:
        """Return how much there is of everything that an import writes."""
        from kaifaqu.kernel.events import Event, Head
        from kaifaqu.registers.projects.models import Project
        from kaifaqu.sheets.models import Changeset

        changed = Project.objects.filter(nature="reconstruction")
        counts = [rows.count() for rows in (Project.objects, changed, Project.Version.objects, Event.objects)]
        return (*counts, Head.objects.get().seq, Changeset.objects.count())

    def submit(self, kind: str, upload: Any) -> Any:
        """Put the check or the writing of the upload into the queue."""
        from kaifaqu.jobs import working
        from kaifaqu.kernel import clock

        self.since = clock.machine().timestamp()
        return working.submit(f"imports.{kind}", by=self.clerk, upload=str(upload.pk))

    def start(self) -> subprocess.Popen:
        """Return the worker; start one where none is at work, with the planted fault the broken one. It ends with the bar."""
        if self.worker is None:
            words = (__file__, "--broken") if self.bar.fault else ("-m", "kaifaqu", "work", "--beside")
            self.worker = laboratory.child(*words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self.worker

    def stop(self) -> None:
        """Kill the worker, and wait until the database has noticed."""
        if self.worker is not None:
            self.worker.kill()
            self.worker.communicate()
            self.worker = None
        until(lambda: not writing())

    def phase(self, job: Any, upload: Any) -> str:
        """Return what the worker does with the job: reading until there are checked rows; writing while it holds the head."""
        now = fresh(job)
        if now.is_over:
            return AFTERWARDS
        if job.kind == "imports.write":  # before it, the job itself is written now and then
            return WRITING if now.phrase.startswith("正在写入") and writing() else BETWEEN
        if any(rows.stat().st_size and rows.stat().st_mtime > self.since for rows in upload.folder.glob("rows-*")):
            return CHECKING
        return READING if children(self.start().pid) else BETWEEN

    def finish(self, job: Any, upload: Any) -> Any:
        """Let the worker run until the job is over, and return it; note how long each phase takes at least."""
        seen: dict[str, list[float]] = {}
        self.start()

        def over() -> bool:
            now = self.phase(job, upload)
            seen.setdefault(now, []).append(time.monotonic())
            return now == AFTERWARDS

        until(over)
        for phase, times in seen.items():
            self.spans[phase] = min(times[-1] - times[0], self.spans.get(phase, PATIENCE))
        return fresh(job)

    def kill(self, job: Any, upload: Any, wanted: str, share: float) -> None:
        """Kill the worker when such a share of the wanted phase has passed, and look at what it leaves.

        It is stopped first, so that there is time to see what it was doing.
        """
        from kaifaqu.jobs.working import SILENCE
        from kaifaqu.kernel import clock

        worker = self.start()
        until(lambda: fresh(job).attempts > job.attempts)
        if self.bar.fault:
            until(lambda: self.there_is()[0] > self.before[0])
        else:
            until(lambda: self.phase(job, upload) in (wanted, AFTERWARDS))
            time.sleep(share * self.spans.get(wanted, 0))
        worker.send_signal(signal.SIGSTOP)
        now, readers = self.phase(job, upload), children(worker.pid)
        self.stop()
        self.kills[now] += 1
        self.look(upload, now)
        for reader in readers:
            if not until(lambda reader=reader: not lives(reader), patience=10):
                self.half.append(f"{now}: the reader outlives its worker")
        job.refresh_from_db()
        if job.state == "running":
            type(job).objects.filter(pk=job.pk).update(beat=job.beat - 2 * SILENCE)
        self.since = clock.machine().timestamp()

    def look(self, upload: Any, when: str) -> None:
        """Look for anything half done: records, versions, events, the changeset, the file of checked rows."""
        from kaifaqu.kernel import audit
        from kaifaqu.kernel.events import Event

        upload, there_is = fresh(upload), self.there_is()
        if there_is not in (self.before, self.after):
            self.half.append(f"{when}: {there_is} is neither {self.before} nor {self.after}")
        written = Event.objects.filter(changeset=upload.changeset).count() if upload.changeset else 0
        if written != (ROWS + 1 if there_is == self.after else 0):
            self.half.append(f"{when}: the upload says {upload.changeset}, of {written} events")
        if upload.state == "checked" and upload.staged.read_bytes().count(b"\n") != ROWS:
            self.half.append(f"{when}: half of the checked rows are taken for all")
        if when == WRITING:
            self.half += [f"{when}: {problem}" for problem in audit.verify().problems[:1]]


def fresh(row: Any) -> Any:
    """Return the row as it stands."""
    return type(row).objects.get(pk=row.pk)


def told_of(job: Any) -> list[str]:
    """Return what a job says that is not done."""
    return [] if job.state == "done" else [f"{job.kind}: {job.told}"]


def writing() -> bool:
    """Tell whether another process holds the head of the chain."""
    from django.db import connection

    return is_writing(connection)


def children(process: int) -> list[int]:
    """Return the processes that the process has started."""
    with suppress(OSError):
        return [int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    return []


def lives(process: int) -> bool:
    """Tell whether the process runs; one that has ended may still have an entry."""
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def until(ask: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """Return the answer as soon as it is not empty, or the empty one. Raise TimeoutError where the bar cannot go on."""
    end = time.monotonic() + patience
    while not (answer := ask()) and time.monotonic() < end:
        time.sleep(0.01)
    if not answer and patience == PATIENCE:
        raise TimeoutError
    return answer


# Kills


def kills(bar: Bar, lab: Laboratory) -> None:
    """Kill workers in every phase of several imports."""
    from kaifaqu.kernel import audit

    engine, seed = lab.engine, int(os.environ.get("T5_SEED") or random.randrange(10**6))
    chance, resumed, told = random.Random(seed), 0, []
    upload = lab.hand_in()
    told += told_of(lab.finish(lab.submit("check", upload), upload))
    if bar.fault:
        lab.kill(lab.submit("write", upload), upload, WRITING, 0)
        bar.check(f"{engine}: after no kill anything is half written", not lab.half, lab.half[0] if lab.half else lab.kills)
        return
    told += told_of(lab.finish(lab.submit("write", upload), upload))
    lab.look(upload, AFTERWARDS)
    while lab.kills.total() < bar.size(quick=8, full=30) or not all(lab.kills[each] for each in PHASES) and lab.handed_in < 20:
        upload = lab.hand_in()
        for kind, phases in (("check", (READING, CHECKING)), ("write", (WRITING, WRITING))):
            job = lab.submit(kind, upload)
            for wanted in phases:
                if not job.is_over:
                    lab.kill(job, upload, wanted, chance.random() * (1 if lab.kills[wanted] else 0.3))  # once in each, early
            ended = lab.finish(job, upload)
            resumed += ended.attempts > 1
            told += told_of(ended)
        lab.look(upload, AFTERWARDS)
        told += [] if lab.there_is() == lab.after else [f"{lab.there_is()} and not {lab.after}"]
    bar.check(f"{engine}: what was interrupted is done by the next worker, once", not told and resumed > 0,
              f"{resumed} jobs resumed {told[:1] or ''}")
    job = lab.finish(lab.submit("write", upload), upload)
    bar.check(f"{engine}: done again after its writing, it leads to the first changeset",
              (job.told, lab.there_is()) == (f"/r/changesets/{fresh(upload).changeset}/", lab.after), job.told)

    for _trial in range(5):  # a kill may come too late
        upload = lab.hand_in()
        lab.finish(lab.submit("check", upload), upload)
        job = lab.submit("write", upload)
        while not job.is_over and job.attempts < 3:
            lab.kill(job, upload, WRITING, chance.random() / 10)
        if not job.is_over:
            break
    ended = lab.finish(job, upload)
    bar.check(f"{engine}: what has killed three workers is given up and says that it was rolled back",
              (ended.state, ended.attempts, lab.there_is()) == ("failed", 3, lab.before) and "已全部撤回" in ended.told, ended.told)
    lab.finish(lab.submit("write", upload), upload)
    bar.check(f"{engine}: asked for once more, it is written, and the audit is clean",
              lab.there_is() == lab.after and audit.verify().problems == [])
    bar.check(f"{engine}: kills came while reading, checking and writing", all(lab.kills[each] for each in PHASES),
              f"{lab.kills.total()} kills, {dict(lab.kills)}, T5_SEED={seed}")
    bar.check(f"{engine}: after no kill anything is half written", not lab.half, "".join(f"\n        {each}" for each in lab.half[:5]))


# The full disk


class Desk:
    """A person at a browser: answers are the number of the page and what it says of the disk, or where it leads."""

    def __init__(self, lab: Laboratory, home: Path):
        from django.test import Client

        from kaifaqu.registers.projects.models import Project

        self.lab, self.home = lab, home
        self.client = Client(raise_request_exception=False, HTTP_HOST="localhost")
        self.client.force_login(lab.clerk)
        self.book = lab.workbook().read_bytes()
        self.project = f"/r/projects/{Project.objects.order_by('id').values_list('pk', flat=True)[0]}/"

    def get(self, page: str) -> str:
        """Open a page."""
        return told(self.client.get(page))

    def post(self, page: str, **typed: Any) -> str:
        """Send a form, which is another one each time."""
        return told(self.client.post(page, {"token": random.random(), **typed}))

    def bring(self) -> dict[str, str]:
        """Attach a file, export a list and hand in the workbook; return the answers."""
        from django.core.files.uploadedfile import SimpleUploadedFile as File

        proof, book = File("许可证.pdf", b"%PDF-1.7" + random.randbytes(400_000)), File("表.xlsx", self.book)
        return {
            "attach": self.post(f"{self.project}do/attach/", file=proof),
            "export": self.get("/r/projects/export/xlsx/"),
            "hand in": self.post("/r/projects/import/", file=book, owner=self.lab.zone.pk),
        }

    def unreadable(self) -> dict[str, str]:
        """Open pages that only tell; return those that do not open, with the answers."""
        figure = "/figures/projects.under_construction.investment/?period=2024-H1"
        answers = {page: self.get(page) for page in ("/", "/r/projects/", self.project, figure, "/events/")}
        return {page: answer for page, answer in answers.items() if answer[:3] != "200"}

    def kept(self) -> list[str]:
        """Return what there is: files, uploads, and everything that an import writes."""
        from kaifaqu.sheets.models import Upload

        files = (path for folder in ("uploads", "files", "temporary") for path in (self.home / folder).rglob("*") if path.is_file())
        return [*sorted(map(str, files)), f"{Upload.objects.count()} uploads", str(self.lab.there_is())]


def told(answer: Any) -> str:
    """Return the number of an answer, and the sentence of the page about the disk, or where the answer leads."""
    text = "" if answer.streaming else answer.content.decode().partition("<main")[2]
    if answer.streaming:
        answer.close()
    said = re.search(r"[^<>]*磁盘[^<>]*", text)
    return f"{answer.status_code} {html.unescape(said[0]).strip() if said else answer.headers.get('Location', '')}".strip()


@contextmanager
def full(lab: Laboratory, home: Path, leave: int) -> Iterator[None]:
    """Fill the disk but for so many bytes as long as the block lasts."""
    from django.db import connection

    from kaifaqu.kernel.events import Head

    lab.stop()
    connection.close()  # the last one: SQLite gives up its log, in which there would be room
    Head.objects.get()
    with (home / "ballast").open("wb") as ballast:
        os.posix_fallocate(ballast.fileno(), 0, shutil.disk_usage(home).free - leave)
    yield
    lab.stop()
    (home / "ballast").unlink()


def full_disk(bar: Bar, lab: Laboratory, home: Path) -> None:
    """Hand in, attach, export, check and write on a full disk, and again with room."""
    from kaifaqu.jobs.models import Job
    from kaifaqu.kernel import audit
    from kaifaqu.sheets.models import Upload

    engine = lab.engine
    logging.disable()
    (home / "temporary").mkdir()
    tempfile.tempdir = str(home / "temporary")
    desk = Desk(lab, home)

    before = desk.kept()
    with full(lab, home, leave=20_000):
        refused, unread, left = desk.bring(), desk.unreadable(), desk.kept()
    bar.check(f"{engine}: what is attached, exported or handed in on a full disk is refused in a sentence",
              all("磁盘已满" in answer for answer in refused.values()), refused)
    bar.check(f"{engine}: nothing of it is kept, and pages can be read", left == before and not unread, unread or f"{len(left) - 2} files")
    taken = desk.bring()
    lab.expect()  # an attachment is an event
    bar.check(f"{engine}: with room again it is taken", [answer[:3] for answer in taken.values()] == ["302", "200", "302"], taken)

    def last() -> tuple[Any, Any]:
        return Job.objects.latest("made_at"), Upload.objects.latest("made_at")

    job, upload = last()
    with full(lab, home, leave=200_000):
        job, unread = lab.finish(job, upload), desk.unreadable()
        shown = desk.get(f"/jobs/{job.pk}/")
    left = sorted(path.name for path in upload.folder.iterdir())
    bar.check(f"{engine}: checking on a full disk ends in a sentence, and pages can be read",
              job.state == "failed" and "请检查磁盘空间后重试" in shown and not unread, unread or shown)
    bar.check(f"{engine}: the workbook is not lost, and nothing is half checked",
              left == ["source"] and upload.source.read_bytes() == desk.book and fresh(upload).state == "reading", left)
    page = f"/imports/{upload.pk}/"
    desk.post(page, again="")
    lab.finish(*last())
    bar.check(f"{engine}: with room again it is checked", fresh(upload).state == "checked", fresh(upload).found["counts"])

    with full(lab, home, leave=200_000):
        desk.post(page, write="")
        job, unread = lab.finish(*last()), desk.unreadable()
        shown, left, problems = desk.get(f"/jobs/{job.pk}/"), lab.there_is(), audit.verify().problems
    bar.check(f"{engine}: writing on a full disk ends in a sentence, and pages can be read",
              job.state == "failed" and "什么也没有写入" in shown and not unread, unread or shown)
    bar.check(f"{engine}: nothing is written, and the audit is clean", left == lab.before and not problems,
              problems[:1] or f"{left}, before it {lab.before}")
    if bar.fault:
        return
    desk.post(page, write="")
    job = lab.finish(*last())
    bar.check(f"{engine}: with room again it is written, once, and the audit is clean",
              lab.there_is() == lab.after and audit.verify().problems == [], desk.get(f"/jobs/{job.pk}/"))


def run(bar: Bar, engine: str) -> None:
    """Do everything on one engine."""
    refused = see_alone()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as home:
        disk = nullcontext(refused) if refused else small_disk(home, bar.size(quick=96, full=256))
        with disk as refused, laboratory.database(engine):
            os.environ["KAIFAQU_HOME"] = home
            if engine == "sqlite":
                os.environ["KAIFAQU_DATABASE_URL"] = f"sqlite:///{home}/zone.sqlite3"
            laboratory.enter()
            from django.db import connection

            lab = Laboratory(bar, engine, Path(folder))
            if engine == "postgresql" and not refused:
                move_tables(Path(home, "tablespace"))
            kills(bar, lab)
            if not bar.fault:
                bar.check(f"{engine}: a small disk can be mounted", not refused, refused and f"{refused}: {NO_MOUNT}")
            if not refused:
                full_disk(bar, lab, Path(home))
            lab.stop()
            connection.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--broken"]:
        work_without_transaction()
    elif sys.argv[1:2] == ["--engine"]:
        engine = sys.argv.pop(2)
        sys.argv.pop(1)
        the_bar = Bar(f"T5 {engine}", __doc__)
        run(the_bar, engine)
        the_bar.close()
    else:
        the_bar = Bar("T5", __doc__)
        parts = {  # a process each, side by side: Django opens one database in its life
            each: laboratory.child(__file__, "--engine", each, *sys.argv[1:], stdout=subprocess.PIPE, text=True)
            for each in laboratory.ENGINES}
        for each_engine, part in parts.items():
            print(part.communicate()[0], end="", flush=True)
            the_bar.part(each_engine, part.returncode)
        the_bar.close()
