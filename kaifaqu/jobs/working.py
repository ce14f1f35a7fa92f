"""Working: what can be done in the background, who does it, and what becomes of work that was interrupted."""

import logging
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, connection, connections
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kaifaqu.jobs.models import Job, State
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import User

SILENCE = timedelta(seconds=30)  # after which a worker counts as dead
ATTEMPTS = 3  # a job that has killed its worker so often is not tried again
DAY = 24 * 3600  # seconds
PAUSE = 0.5  # seconds between two looks at the queue, and between two reports of progress

_kinds: dict[str, "Kind"] = {}
_daily: list[Callable[[], object]] = []
_idle: list[Callable[[], object]] = []
_log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Raised inside a job whose person does not want it any more; what it has written is rolled back by its transaction."""


class Stopped(Exception):
    """Raised inside a job whose worker is told to stop; it will be done again from its beginning."""


@dataclass(frozen=True)
class Kind:
    """A kind of work: its name in words, the function that does it for a person and tells what came of it, and its subject.

    `about` is the address of what the work is about, with the names of its arguments in braces.
    """

    code: str
    label: str | Promise
    work: Callable[..., str]
    about: str = ""


def kind(code: str, label: str | Promise, about: str = "") -> Callable[[Callable[..., str]], Callable[..., str]]:
    """Register the decorated function `work(*, by, report, **arguments) -> str` as a kind of job.

    It may be run again from its beginning: what it writes must be written in one transaction, and it must notice when
    that has already happened. It reports outside of that transaction. What it returns is the address that shows the
    result, or "".
    """

    def register(work: Callable[..., str]) -> Callable[..., str]:
        _kinds[code] = Kind(code, label, work, about)
        return work

    return register


def daily(work: Callable[[], object]) -> Callable[[], object]:
    """Register the decorated function as what a worker does at its start and then once a day."""
    _daily.append(work)
    return work


def idle(work: Callable[[], object]) -> Callable[[], object]:
    """Register the decorated function as what a worker does again and again while no job waits; it takes seconds at most."""
    _idle.append(work)
    return work


def find(code: str) -> Kind:
    """Return the kind of work. Raise LookupError when there is none of this code."""
    return _kinds[code]


def submit(code: str, *, by: User, **arguments: Any) -> Job:
    """Put a job into the queue, and return it. Raise LookupError for an unknown kind."""
    return Job.objects.create(kind=find(code).code, person=by, arguments=arguments, made_at=clock.now())


def cancel(job: Job) -> None:
    """Ask a job to stop: a waiting one is over at once, a running one at its next report."""
    if not Job.objects.filter(pk=job.pk, state=State.WAITING).update(state=State.CANCELLED, ended_at=clock.now()):
        Job.objects.filter(pk=job.pk, state=State.RUNNING).update(stop=True)


def ignore(phrase: str, done: int = 0, total: int = 0) -> None:
    """Take a report of progress that nobody waits for."""


@dataclass
class Report:
    """Tells how far a running job has come; called with a phrase, and numbers where they are known.

    Raise Cancelled when the person has asked the job to stop, or another worker has taken it over, and Stopped when its
    worker is to stop.
    """

    job: Job
    worker: str
    stopping: threading.Event
    _last: float = field(default=0.0, init=False)

    def __call__(self, phrase: str, done: int = 0, total: int = 0) -> None:
        """Write the progress, not more often than people can read; where it cannot be written, the work goes on."""
        if self.stopping.is_set():
            raise Stopped
        if phrase == self.job.phrase and time.monotonic() - self._last < PAUSE:
            return
        self._last, self.job.phrase = time.monotonic(), phrase
        mine = Job.objects.filter(pk=self.job.pk, worker=self.worker, state=State.RUNNING, stop=False)
        with suppress(Error):
            if not mine.update(phrase=phrase[:200], done=done, total=total, beat=clock.machine()):
                raise Cancelled


class Worker:
    """Takes jobs from the queue, one after the other, until `stopping` is set."""

    def __init__(self, stopping: threading.Event | None = None) -> None:
        self.name = str(uuid.uuid4())
        self.stopping = stopping or threading.Event()
        self._tidy_at = 0.0

    def run(self) -> None:
        """Work until told to stop; a database that is away for a while does not end it."""
        while not self.stopping.is_set():
            try:
                self.tidy()
                self.recover()
                if self.work():
                    continue
                self.idle()
            except Error as problem:
                _log.warning("database: %s", problem)
                connections.close_all()
            self.stopping.wait(PAUSE)

    def tidy(self) -> None:
        """Do what is due once a day; what fails is tried again the next day, and stands in nobody's way."""
        if time.monotonic() < self._tidy_at:
            return
        self._tidy_at = time.monotonic() + DAY
        for work in _daily:
            try:
                work()
            except Exception:
                _log.exception("daily work")

    def idle(self) -> None:
        """Do what fills the time between jobs; what has a fault is not tried again and again."""
        for work in [*_idle]:
            try:
                work()
            except Error:
                raise
            except Exception:
                _log.exception("idle work")
                _idle.remove(work)

    def work(self) -> bool:
        """Do the job that has waited longest; tell whether there was one."""
        job = Job.objects.filter(state=State.WAITING).order_by("made_at", "id").first()
        if job is None:
            return False
        taken = {"state": State.RUNNING, "worker": self.name, "beat": clock.machine(), "attempts": job.attempts + 1, "stop": False}
        if Job.objects.filter(pk=job.pk, state=State.WAITING).update(**taken):  # of two workers one gets it
            vars(job).update(taken)
            self._do(job)
        return True

    def recover(self) -> None:
        """Put back what a dead worker had, and give up what has been tried too often."""
        silent = Job.objects.filter(state=State.RUNNING, beat__lt=clock.machine() - SILENCE)
        for job in silent:
            dead = Job.objects.filter(pk=job.pk, state=State.RUNNING, worker=job.worker, beat=job.beat)
            if job.stop:
                dead.update(state=State.CANCELLED, ended_at=clock.now())
            elif job.attempts < ATTEMPTS:
                dead.update(state=State.WAITING, worker="", phrase=_("曾中断，将重新进行"), done=0, total=0)
            else:
                told = _("多次中断，已全部撤回，什么也没有写入。请联系管理员查看本机内存和磁盘后再试。")
                dead.update(state=State.FAILED, ended_at=clock.now(), told=told)

    def _do(self, job: Job) -> None:
        with Pulse(job, self.name):
            state, told = _outcome(job, Report(job, self.name, self.stopping))
            while not self._ended(job, state, told):
                connections.close_all()
                self.stopping.wait(PAUSE)

    def _ended(self, job: Job, state: State, told: str) -> bool:
        """Write how the job has ended; tell whether that need not be tried again."""
        mine = Job.objects.filter(pk=job.pk, worker=self.name, state=State.RUNNING)
        try:
            if state == State.WAITING:
                mine.update(state=state, worker="", phrase=told, done=0, total=0, attempts=job.attempts)
            else:
                mine.update(state=state, told=told, ended_at=clock.now(), phrase="", done=0, total=0)
        except Error as problem:  # a full disk, or a database that is away: otherwise the work would be done again
            _log.warning("job %s ended, which cannot be written: %s", job.pk, problem)
            return self.stopping.is_set()
        return True


class Pulse:
    """Shows that the worker lives while its job computes for long without a report."""

    def __init__(self, job: Job, worker: str):
        self.mine = Job.objects.filter(pk=job.pk, worker=worker, state=State.RUNNING)
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_raised: object) -> None:
        self.over.set()
        self.thread.join()

    def _beat(self) -> None:
        while not self.over.wait(SILENCE.total_seconds() / 4):
            try:
                self.mine.update(beat=clock.machine())
            except Error:  # while the job itself writes, SQLite lets nobody else write
                connections.close_all()  # of this thread; the next beat opens one anew
        connections.close_all()


def _outcome(job: Job, report: Report) -> tuple[State, str]:
    """Do the work; return how it ended, and the address of its result or the sentence that says why there is none."""
    try:
        return State.DONE, find(job.kind).work(by=User.objects.get(pk=job.person_id), report=report, **job.arguments)
    except Cancelled:
        return State.CANCELLED, ""
    except Stopped:
        job.attempts -= 1
        return State.WAITING, ""
    except ValidationError as refusal:
        return State.FAILED, "\n".join(refusal.messages)
    except PermissionDenied as refusal:
        return State.FAILED, str(refusal)
    except (OSError, Error) as problem:
        _log.exception("job %s", job.pk)
        if job.attempts < ATTEMPTS and _passes(problem):
            return State.WAITING, _("曾中断，将重新进行")
        text = getattr(problem, "strerror", None) or str(problem).strip().partition("\n")[0]
        return State.FAILED, _("磁盘或数据库不能写入（{problem}），什么也没有写入。请检查磁盘空间后重试。").format(problem=text)
    except MemoryError:
        _log.exception("job %s", job.pk)
        return State.FAILED, _("内存不足，什么也没有写入。请把表格分成几份再试。")
    except Exception:  # a job must not take the worker with it, nor show a stack trace
        _log.exception("job %s", job.pk)
        return State.FAILED, _("出现意外错误，什么也没有写入。请把编号 {job} 交给管理员。").format(job=job.pk)


def _passes(problem: Exception) -> bool:
    """Tell whether it was not the work: another writer was too slow, or the connection is lost, perhaps after the writing."""
    return isinstance(problem, Error) and ("locked" in str(problem) or not connection.is_usable())
