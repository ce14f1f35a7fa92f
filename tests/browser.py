"""The demo zone, served as it is to everybody, and a real Chromium that walks its pages.

    with browser.office() as office, browser.chromium() as chrome:
        page = office.enter(chrome.new_context(), "projects")
        for address in office.addresses("projects"):
            page.goto(address)
"""

import io
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.error import URLError

from tests import laboratory
from tests.postgres import free_port

PATIENCE = 60  # seconds
QUIET = (  # no connection of the browser's own
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-default-apps", "--no-pings",
)  # fmt: skip


class BrowserMissing(Exception):
    """There is no Chromium on this machine; the text says what to do."""


@dataclass
class Office:
    """A served demo zone."""

    base: str
    password: str

    def enter(self, context: Any, account: str) -> Any:
        """Sign somebody in at a new page, and return it."""
        return self.sign_in(context.new_page(), account)

    def sign_in(self, page: Any, account: str) -> Any:
        """Sign somebody in at a page where nobody is, and return it."""
        page.goto(f"{self.base}/")
        page.fill("input[name=account]", account)
        page.fill("input[name=password]", self.password)
        page.click("button.main")
        return page

    def addresses(self, account: str, most: int | None = None) -> Iterator[tuple[str, str]]:
        """Yield the pages of the route table that the person may open, each with the name of its route; of a route `most` at most.

        They are those that bar S6 asks about, so that a new address cannot be forgotten here: S6 fails without a rule.
        """
        from django.test import Client

        from kaifaqu.kernel.access import User
        from tests.rights import Walk

        person = User.objects.get_by_natural_key(account)
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(person)
        asked: Counter[str] = Counter()
        yield "sign-in", f"{self.base}/sign-in/"
        for visit in Walk({account: person}, 1).visits(person):
            if visit.status == 200 and (most is None or asked[visit.name] < most):
                asked[visit.name] += 1
                answer = client.get(visit.address, visit.asked)
                is_page = answer.headers["Content-Type"].startswith("text/html") and b"<!doctype html>" in answer.content[:20]  # whole
                if answer.status_code == 200 and is_page:
                    yield visit.name, self.base + answer.wsgi_request.get_full_path()


@contextmanager
def office(*, before: Any = None) -> Iterator[Office]:
    """Load the demo zone, with something attached and something handed in, and serve it as long as the block lasts."""
    def attached() -> None:
        from kaifaqu.files import store
        from kaifaqu.kernel import actions
        from kaifaqu.kernel.access import SYSTEM
        from kaifaqu.kernel.commit import commit
        from kaifaqu.registers.projects.models import Project

        kept = store.keep(io.BytesIO(b"%PDF-1.7"), "演示施工许可证.pdf")
        [project] = Project.objects.filter(code="P0017")
        attach = actions.find("projects.attach").plan
        commit([attach(project, by=SYSTEM, version=project.row_version, kept=kept, purpose="started_evidence")], by=SYSTEM)
        if before is not None:
            before()

    with served("demo", attached) as office:
        yield office


@contextmanager
def served(edition: str, before: Any) -> Iterator[Office]:
    """Load the demo of an edition, do something more in it, and serve it as long as the block lasts."""
    with laboratory.database():
        laboratory.enter()
        from django.db import connection
        from django.test.utils import setup_test_environment

        from kaifaqu.web import sample

        setup_test_environment()
        laboratory.demo(edition)
        before()
        connection.close()
        port = free_port()
        environment = {**os.environ, "KAIFAQU_PORT": str(port), "PYTHONPATH": str(laboratory.ROOT), "PYTHONUTF8": "1"}
        server = subprocess.Popen([sys.executable, "-m", "kaifaqu", "serve"], env=environment, stdout=subprocess.DEVNULL)
        try:
            yield Office(_answering(f"http://127.0.0.1:{port}"), sample.PASSWORD)
        finally:
            server.terminate()
            server.wait()
            connection.close()


def _answering(base: str) -> str:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{base}/sign-in/"):
                return base
        except URLError:
            time.sleep(0.2)
    raise TimeoutError(base)


def program() -> str:
    """Return the path of the system's Chromium. Raise BrowserMissing where there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        raise BrowserMissing("本机没有 Chromium。请先执行 apt-get install chromium，再重新运行。")
    return found


@contextmanager
def chromium() -> Iterator[Any]:
    """Start the system's Chromium as long as the block lasts.

    Close no context of it: now and then it never answers, and Playwright waits for that without end. They close with it.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the driver has a loop of its own in this thread
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program(), args=[*QUIET])
        try:
            yield browser
        finally:
            browser.close()
