"""From a subscription to a mail: the real worker, an installation of its own, and a server that is down at first."""

import os
import signal
import subprocess
import sys
import time

import pytest

from kaifaqu.reporting.subscriptions.tests.conftest import Post

PATIENCE = 60  # seconds; only a broken worker takes so long
MAKE = """
from kaifaqu.kernel import actions, testing
from kaifaqu.kernel.commit import commit
zone = testing.found()
clerk = testing.employ(zone, "clerk")
plan = actions.find("subscriptions.create").plan
terms = {"rhythm": "crossed", "side": "above", "border": "1", "by_mail": True, "address": "zhang@example.cn"}
commit([plan(zone, by=clerk, facts={"figure": "projects.under_construction.count", "period": "2024", **terms})], by=clerk)
"""
ENTER = """
from kaifaqu.kernel import testing
from kaifaqu.kernel.access import Party, User
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Project
zone, clerk = Party.objects.get(code="ZONE"), User.objects.get(code="clerk")
testing.enter(Enterprise, zone, "code | name\\nQ1 | 演示甲新材料有限公司", by=clerk)
testing.enter(Project, zone, '''
    code | name         | enterprise | nature | total_investment | signed_on  | started_on
    P1   | 演示光伏组件 | Q1         | new    | 12000.5          | 2023-01-10 | 2023-03-01
    P2   | 演示碳纤维   | Q1         | new    | 8000             | 2023-01-10 | 2024-02-01
''', by=clerk)
"""
COUNT = "from kaifaqu.reporting.subscriptions.models import Notice; print(Notice.objects.count())"


@pytest.fixture
def house(tmp_path):
    """Return a mail server that is down, and what runs a command, or a script, of an installation that sends by it."""
    post = Post()
    environment = {
        **os.environ, "KAIFAQU_HOME": str(tmp_path), "KAIFAQU_DATABASE_URL": f"sqlite:///{tmp_path / 'db'}", "KAIFAQU_DEMO": "False",
        "KAIFAQU_SMTP_URL": f"smtp://127.0.0.1:{post.port}", "KAIFAQU_MAIL_FROM": "kaifaqu@example.cn",
        "KAIFAQU_ADDRESS": "https://zone.example.cn/", "PYTHONUTF8": "1",
    }

    def run(*words: str, wait: bool = True):
        if not wait:
            return subprocess.Popen([sys.executable, "-m", "kaifaqu", *words], env=environment, stdout=subprocess.DEVNULL)
        return subprocess.run([sys.executable, "-m", "kaifaqu", *words], env=environment, check=True, capture_output=True, text=True).stdout

    yield post, run
    post.stop()


def test_a_crossing_reaches_the_reader_once_though_the_server_was_down_and_the_worker_killed(house):
    post, run = house
    run("migrate")
    run("shell", "-v0", "-c", MAKE)
    first = run("work", wait=False)
    workers = [first]
    try:
        run("shell", "-v0", "-c", ENTER)
        end = time.monotonic() + PATIENCE
        while run("shell", "-v0", "-c", COUNT).strip() != "1" and time.monotonic() < end:
            time.sleep(0.5)
        first.send_signal(signal.SIGKILL)
        first.wait()
        post.start()
        run("shell", "-v0", "-c", "from kaifaqu.kernel import clock\nfrom kaifaqu.reporting.subscriptions.models import Mail\n"
                          "Mail.objects.update(state='queued', next_at=clock.machine())")  # the minute has gone
        workers += [run("work", wait=False), run("work", wait=False)]
        while not post.got and time.monotonic() < end:
            time.sleep(0.2)
        time.sleep(3)  # for a second mail, which must not come
    finally:
        for each in workers:
            each.kill()
            each.wait()
    [envelope] = post.got
    assert envelope.rcpt_tos == ["zhang@example.cn"]
    assert run("shell", "-v0", "-c", COUNT).strip() == "1"
