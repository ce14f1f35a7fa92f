"""A zone with two projects under construction, the clock of a summer morning, and a mail server of the tests' own."""

from collections.abc import Callable
from datetime import datetime

import pytest
from aiosmtpd.controller import Controller

from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.access import Party
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Project
from kaifaqu.reporting.subscriptions.models import Subscription
from tests.postgres import free_port


def set_to(text: str) -> None:
    """Set the clock to a day at eight in the morning, or to a moment; it only goes forward."""
    moment = datetime.fromisoformat(text if " " in text else f"{text} 08:00")
    clock._set.set(moment.replace(tzinfo=clock.ZONE))


@pytest.fixture
def zone(db) -> Party:
    """Return the party of a zone that was founded on 3 June 2024."""
    set_to("2024-06-03")
    return testing.found()


@pytest.fixture
def at(zone) -> Callable[[str], None]:
    """Return what sets the clock."""
    return set_to


@pytest.fixture
def projects(zone, clerk, at) -> list[Project]:
    """Return two projects under construction, both entered on Friday 14 June 2024."""
    at("2024-06-14")
    testing.enter(Enterprise, zone, "code | name | industry\nQ1 | 演示甲新材料有限公司 | 2614", by=clerk)
    return testing.enter(Project, zone, """
        code | name         | enterprise | nature | total_investment | signed_on  | started_on
        P1   | 演示光伏组件 | Q1         | new    | 12000.5          | 2023-01-10 | 2023-03-01
        P2   | 演示碳纤维   | Q1         | new    | 8000             | 2023-01-10 | 2024-02-01
    """, by=clerk)


@pytest.fixture
def start(zone, clerk, projects) -> Callable[[str], Project]:
    """Return what enters one more project under construction: the count becomes one more."""
    def enter(code: str, investment: str = "100") -> Project:
        return testing.enter(Project, zone, f"""
            code   | name       | enterprise | nature | total_investment | signed_on  | started_on
            {code} | 演示{code} | Q1         | new    | {investment}     | 2023-01-10 | 2024-03-01
        """, by=clerk)[0]

    return enter


@pytest.fixture
def subscribe(zone, projects) -> Callable[..., Subscription]:
    """Return what makes a subscription of a person to the number of projects under construction."""
    def make(person, /, **facts) -> Subscription:
        asked = {} if "brief" in facts else {"figure": "projects.under_construction.count"}
        plan = actions.find("subscriptions.create").plan
        owner = facts.pop("owner", zone)
        return commit([plan(owner, by=person, facts={**asked, **facts})], by=person)[0]

    return make


class Post:
    """A mail server that keeps what it is given, or answers as it is told."""

    def __init__(self) -> None:
        self.got: list = []
        self.answers: dict[str, str] = {}  # by address
        self.controller: Controller | None = None
        self.port = free_port()

    def start(self) -> None:
        """Begin to listen."""
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        """Stop listening."""
        if self.controller is not None:
            self.controller.stop()
            self.controller = None

    async def handle_RCPT(self, server, session, envelope, address, options):
        """Take the address, or refuse it."""
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        """Keep the mail."""
        self.got.append(envelope)
        return self.answers.get("data", "250 OK")


@pytest.fixture
def mail_server(settings) -> Post:
    """Return a mail server that the installation sends by."""
    server = Post()
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.DEFAULT_FROM_EMAIL, settings.ADDRESS = "kaifaqu@example.cn", "https://zone.example.cn"
    yield server
    server.stop()
