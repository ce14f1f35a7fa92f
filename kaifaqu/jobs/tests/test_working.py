"""Working: what becomes of a job, and of one whose worker died; each table gives the job before and after."""

import re
import subprocess
import sys
import threading
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError, models

from kaifaqu.jobs import working
from kaifaqu.jobs.models import Job, State
from kaifaqu.jobs.working import ATTEMPTS, SILENCE, Worker
from kaifaqu.kernel import actions, clock
from kaifaqu.kernel.access import SYSTEM, Installation
from kaifaqu.kernel.commit import commit


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    """Let each test register kinds of its own; do not wait, and keep the connection that the test's transaction is on."""
    monkeypatch.setattr(working, "_kinds", {})
    monkeypatch.setattr(working, "PAUSE", 0)
    monkeypatch.setattr(working.connections, "close_all", lambda: None)


def given(clerk, work, **arguments) -> Job:
    """Put a job that does this work into the queue."""
    working.kind("tests.work", "试验")(work)
    return working.submit("tests.work", by=clerk, **arguments)


def stands(job: Job, *names: str) -> tuple:
    """Return how the job stands in the database."""
    return Job.objects.values_list(*names).get(pk=job.pk)


def pass_time(job: Job, seconds: float) -> None:
    """Let the job's last sign of life be so long ago."""
    Job.objects.filter(pk=job.pk).update(beat=clock.machine() - timedelta(seconds=seconds))


def test_a_job_is_done_for_its_person_and_leads_to_its_result(clerk):
    job = given(clerk, lambda *, by, report, table: f"/r/{by.code}/{table}/", table="projects")
    assert (job.state, job.is_over, job.percent) == (State.WAITING, False, None)
    assert [Worker().work(), Worker().work()] == [True, False]
    assert stands(job, "state", "told", "attempts", "phrase") == (State.DONE, "/r/clerk/projects/", 1, "")
    assert Job.objects.get(pk=job.pk).is_over


def test_the_jobs_that_have_waited_longest_come_first(clerk):
    done = []
    for name in ("甲", "乙", "丙"):
        given(clerk, lambda *, by, report, name: done.append(name) or "", name=name)
    worker = Worker()
    while worker.work():
        pass
    assert done == ["甲", "乙", "丙"]


def test_progress_is_written_while_the_work_goes_on(clerk, monkeypatch):
    monkeypatch.setattr(working, "PAUSE", 60)
    seen = []

    def work(*, by, report):
        for phrase, done in (("读取", 1), ("读取", 2), ("检查", 7)):  # the second comes too soon to be read by anybody
            report(phrase, done, 10)
            seen.append(stands(job, "phrase", "done", "total"))
        seen.append(Job.objects.get(pk=job.pk).percent)
        return ""

    job = given(clerk, work)
    Worker().work()
    assert seen == [("读取", 1, 10), ("读取", 1, 10), ("检查", 7, 10), 70]


@pytest.mark.parametrize(("problem", "told"), [
    (ValidationError(["第 2 行不对。", "第 3 行不对。"]), "第 2 行不对。\n第 3 行不对。"),
    (PermissionDenied("没有登记「项目」的权限。"), "没有登记「项目」的权限。"),
    (OSError(28, "No space left on device", "/srv/private/rows.part"),
     "磁盘或数据库不能写入（No space left on device），什么也没有写入。请检查磁盘空间后重试。"),
    (OperationalError("database or disk is full"),
     "磁盘或数据库不能写入（database or disk is full），什么也没有写入。请检查磁盘空间后重试。"),
    (OperationalError("could not extend file\nHINT: Check free disk space."),
     "磁盘或数据库不能写入（could not extend file），什么也没有写入。请检查磁盘空间后重试。"),
    (MemoryError(), "内存不足，什么也没有写入。请把表格分成几份再试。"),
    (ZeroDivisionError("division by zero"), "出现意外错误，什么也没有写入。请把编号 {job} 交给管理员。"),
])
def test_what_goes_wrong_ends_in_a_sentence_and_the_worker_goes_on(clerk, problem, told):
    def work(*, by, report):
        raise problem

    job, worker = given(clerk, work), Worker()
    worker.work()
    assert stands(job, "state", "told") == (State.FAILED, told.format(job=job.pk))
    after = given(clerk, lambda *, by, report: "/")
    worker.work()
    assert stands(after, "state") == (State.DONE,)


def test_a_job_of_an_unknown_kind_ends_in_a_sentence(clerk):
    job = Job.objects.create(kind="gone", person=clerk, made_at=clock.now())
    Worker().work()
    assert stands(job, "state", "told") == (State.FAILED, f"出现意外错误，什么也没有写入。请把编号 {job.pk} 交给管理员。")
    with pytest.raises(LookupError):
        working.submit("gone", by=clerk)


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_at_its_next_report(clerk):
    reached = []

    def work(*, by, report):
        report("第一步")
        reached.append(1)
        working.cancel(job)
        report("第二步")
        reached.append(2)

    waiting = given(clerk, work)
    working.cancel(waiting)
    assert (stands(waiting, "state"), Worker().work()) == ((State.CANCELLED,), False)
    job = given(clerk, work)
    Worker().work()
    assert (reached, stands(job, "state", "told")) == ([1], (State.CANCELLED, ""))
    working.cancel(job)  # once more does no harm
    assert stands(job, "state", "stop") == (State.CANCELLED, True)


@pytest.mark.parametrize(("attempts", "stop", "silent", "state", "told"), [
    (1, False, SILENCE.total_seconds() - 5, State.RUNNING, ""),
    (1, False, SILENCE.total_seconds() + 5, State.WAITING, ""),
    (ATTEMPTS, False, SILENCE.total_seconds() + 5, State.FAILED,
     "多次中断，已全部撤回，什么也没有写入。请联系管理员查看本机内存和磁盘后再试。"),
    (1, True, SILENCE.total_seconds() + 5, State.CANCELLED, ""),
])
def test_what_a_silent_worker_had_is_put_back_or_given_up(clerk, attempts, stop, silent, state, told):
    job = given(clerk, lambda *, by, report: "")
    Job.objects.filter(pk=job.pk).update(state=State.RUNNING, worker="dead", attempts=attempts, stop=stop)
    pass_time(job, silent)
    Worker().recover()
    assert stands(job, "state", "told") == (state, told)


def test_a_job_that_kills_its_workers_is_tried_so_often_and_not_more(clerk):
    tried = []

    def work(*, by, report):
        tried.append(by.code)
        raise SystemExit  # as if the process had been killed: nothing is written any more

    job = given(clerk, work)
    for _attempt in range(ATTEMPTS + 2):
        worker = Worker()
        worker.recover()
        try:
            worker.work()
        except SystemExit:
            pass_time(job, SILENCE.total_seconds() + 1)
    assert (len(tried), stands(job, "state", "attempts")) == (ATTEMPTS, (State.FAILED, ATTEMPTS))


def test_two_workers_that_see_the_same_job_do_it_once(clerk, monkeypatch):
    done, machine = [], clock.machine
    given(clerk, lambda *, by, report: done.append(1) or "")
    first, second = Worker(), Worker()

    def interleaved():  # asked between looking at the queue and taking the job: there the other one comes first
        monkeypatch.setattr(clock, "machine", machine)
        second.work()
        return machine()

    monkeypatch.setattr(clock, "machine", interleaved)
    first.work()
    assert done == [1]


def test_a_worker_whose_job_was_given_to_another_stops_and_says_nothing(clerk):
    reached = []

    def work(*, by, report):
        Job.objects.filter(pk=job.pk).update(worker="another")
        report("还在做")
        reached.append(1)

    job = given(clerk, work)
    Worker().work()
    assert (reached, stands(job, "state", "worker")) == ([], (State.RUNNING, "another"))


def test_a_worker_that_is_told_to_stop_gives_its_job_back(clerk):
    stopping = threading.Event()

    def work(*, by, report):
        stopping.set()
        report("还在做")

    job, worker = given(clerk, work), Worker(stopping)
    worker.run()
    assert stands(job, "state", "worker", "attempts") == (State.WAITING, "", 0)


def test_a_lock_or_a_lost_connection_is_tried_again_before_it_is_told(clerk):
    def work(*, by, report):
        raise OperationalError("database is locked")

    job, found = given(clerk, work), []
    while Worker().work():
        found.append(stands(job, "state"))
    assert found == [(State.WAITING,)] * (ATTEMPTS - 1) + [(State.FAILED,)]


def test_an_end_that_cannot_be_written_is_written_later_and_the_work_is_not_done_again(clerk, monkeypatch):
    done, refused, update = [], [], models.QuerySet.update

    def full(rows, **facts):
        if facts.get("state") == State.DONE and len(refused) < 2:
            refused.append(1)
            raise OperationalError("database or disk is full")
        return update(rows, **facts)

    monkeypatch.setattr(models.QuerySet, "update", full)
    job = given(clerk, lambda *, by, report: done.append(1) or "/")
    Worker().work()
    assert (done, len(refused), stands(job, "state")) == ([1], 2, (State.DONE,))


def test_progress_that_cannot_be_written_does_not_end_the_work(clerk, monkeypatch):
    update = models.QuerySet.update

    def locked(rows, **facts):
        if "phrase" in facts and "state" not in facts:
            raise OperationalError("database is locked")
        return update(rows, **facts)

    monkeypatch.setattr(models.QuerySet, "update", locked)
    job = given(clerk, lambda *, by, report: report("读取") or "/")
    Worker().work()
    assert stands(job, "state", "told") == (State.DONE, "/")


def test_a_database_that_is_away_does_not_end_the_worker(clerk, monkeypatch):
    job, away = given(clerk, lambda *, by, report: "/"), []
    worker = Worker()

    def recover():
        if not away:
            away.append(1)
            raise OperationalError("the database system is starting up")
        if stands(job, "state") == (State.DONE,):
            worker.stopping.set()

    monkeypatch.setattr(worker, "recover", recover)
    worker.run()
    assert stands(job, "state") == (State.DONE,)


def test_a_clock_that_stands_on_a_demo_day_does_not_disturb_the_beats(clerk, zone):
    installation = Installation.objects.get()
    move = actions.find("installations.move_day").plan
    commit([move(installation, by=SYSTEM, version=installation.row_version, demo_day=date(2044, 5, 14))], by=SYSTEM)
    clock.release()
    states = []

    def work(*, by, report):
        report("读取")
        Worker().recover()
        states.append(stands(job, "state"))
        return ""

    job = given(clerk, work)
    Worker().work()
    assert (clock.today(), states, stands(job, "state")) == (date(2044, 5, 14), [(State.RUNNING,)], (State.DONE,))
    beat = Job.objects.get(pk=job.pk).beat
    assert abs(clock.machine() - beat) < SILENCE


def test_what_fills_the_time_between_jobs_is_done_again_and_again_unless_it_has_a_fault(clerk, monkeypatch):
    def fail():
        done.append("丙")
        raise ZeroDivisionError

    done, worker = [], Worker()
    monkeypatch.setattr(working, "_idle", [lambda: done.append("甲"), fail])
    worker.idle()
    worker.idle()
    assert done == ["甲", "丙", "甲"]


def test_a_database_that_is_away_is_tried_again_between_jobs(clerk, monkeypatch):
    def fail():
        raise OperationalError("database is locked")

    monkeypatch.setattr(working, "_idle", [fail])
    with pytest.raises(OperationalError):
        Worker().idle()
    assert working._idle == [fail]


def test_a_worker_that_has_only_just_started_knows_everything_that_can_be_given_to_it():
    """Nobody has opened a page yet in its process, so that what only a page imports is not there."""
    room = Path(settings.BASE_DIR) / "kaifaqu"
    declared = Counter(found for path in room.rglob("*.py") if "tests" not in path.parts
                       for found in re.findall(r"^@working\.(kind|daily|idle)\b", path.read_text(encoding="utf-8"), re.MULTILINE))
    tell = "import django; django.setup(); from kaifaqu.jobs import working as w; print(len(w._kinds), len(w._daily), len(w._idle))"
    told = subprocess.run([sys.executable, "-c", tell], stdout=subprocess.PIPE, check=True, text=True, cwd=settings.BASE_DIR).stdout
    assert [declared[each] for each in ("kind", "daily", "idle")] == [int(count) for count in told.split()]
