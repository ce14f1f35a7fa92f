"""Fixtures: the two documents that were out on 5 August 2024, and six vehicles, four of them with an application."""

import json
from datetime import date
from typing import Any

import pytest

from kaifaqu.domains.subsidies.models import PolicyDocument, SubsidyApplication, SubsidyPayment
from kaifaqu.domains.subsidies.schemes import SCHEMES
from kaifaqu.kernel import access, clock, testing
from kaifaqu.kernel.periods import Period
from kaifaqu.registers.story import moment
from kaifaqu.registers.vehicles.models import RecyclingCertificate, Vehicle

PRINTED = {"handed_over_on": "2024-05-01", "deregistered_on": "2024-05-09", "registered_on": "2024-05-12"}


@pytest.fixture
def zone(db):
    """Return a test zone on 5 August 2024."""
    clock.set(moment(date(2024, 8, 5)))
    return testing.found()


def told(definition, period: str, by=None, **asked: Any) -> Any:
    """Return a figure's value; grouped, that of each group by its name."""
    figure = definition.figure(Period.parse(period), scope=access.scope(), by=by, **asked)
    return {group.label: group.value for group in figure.groups} if by else figure.value


@pytest.fixture
def documents(zone):
    """Return the rules of April and the measures of July."""
    return testing.enter(PolicyDocument, zone, """
        code | number               | title    | kind     | issuer | issuers | issued_on  | announced_on | raises
        R75  | 商消费函〔2024〕75号   | 实施细则 | rules    | 商务部 | 7       | 2024-04-24 |              |
        M    | 发改环资〔2024〕1104号 | 若干措施 | measures | 发改委 | 2       | 2024-07-24 | 2024-07-25   | True
    """)


@pytest.fixture
def vehicles(zone):
    """Return six vehicles with certificates; that of V5 was voided and issued anew, that of V6 voided only."""
    made = testing.enter(Vehicle, zone, "code | vin\n" + "\n".join(f"V{number} | DEM{number:014}" for number in range(1, 7)),
                         category="passenger_car", power="1", owner_kind="individual", channel="own", synthetic=True)
    testing.enter(RecyclingCertificate, zone, """
        code | vehicle | number | issued_on  | voided_on  | void_reason
        H1   | V1      | N1     | 2024-05-02 |            |
        H2   | V2      | N2     | 2024-05-02 |            |
        H3   | V3      | N3     | 2024-05-02 |            |
        H4   | V4      | N4     | 2024-05-02 |            |
        H5   | V5      | N5     | 2024-05-02 | 2024-05-03 | 写错
        H6   | V6      | N6     | 2024-05-02 | 2024-08-02 | 写错
    """, handed_over_on="2024-05-01")
    testing.enter(RecyclingCertificate, zone, "code | vehicle | number | issued_on\nH7 | V5 | N7 | 2024-05-03", handed_over_on="2024-05-01")
    return made


@pytest.fixture
def applications(zone, vehicles):
    """Return five applications: of two electric cars and two fuel cars, and one whose certificate is not valid any more."""
    made = testing.enter(SubsidyApplication, zone, """
        code | vehicle | submitted_on | power | displacement | price | city | invoiced_on
        A1   | V1      | 2024-06-30   | nev   |              | 14.8  | 太原 | 2024-05-10
        A2   | V2      | 2024-07-24   | fuel  | 2.0          | 9.6   | 太原 | 2024-06-10
        A3   | V3      | 2024-07-25   | nev   |              | 16    | 晋中 | 2024-06-11
        A5   | V5      | 2024-08-05   | fuel  | 1.498        | 8.5   | 太原 | 2024-06-12
        A6   | V6      | 2024-07-01   | nev   |              | 20    | 太原 | 2024-06-01
    """, **PRINTED | {"registered_on": "2024-06-15"})
    testing.enter(SubsidyPayment, zone, "code | application | paid_on | amount\nF1 | A1 | 2024-07-20 | 1\nF2 | A2 | 2024-08-01 | 0.7")
    return made


# The form of the rule, as a clerk has it

ADDRESS = f"/r/rules/new/?kind={SCHEMES.code}"
NEXT = {  # of the row that follows 2026: the notice's own, a cut-off later by a year, and other amounts
    "document": "商消费函〔2026〕9号", "announced_on": "2026-12-30", "notice": "商消费函〔2026〕9号", "published_on": "2026-12-30",
    "since": "2027-01-01", "until": "2027-12-31", "documents_since": "2027-01-01"}
NOTICE = {"since": "2024-08-01", "published_on": "2024-08-05", "source_document": "商消费函〔2026〕9号"}


@pytest.fixture
def desk(zone, clerk, client):
    """Return the client of a person with every right."""
    client.force_login(clerk)
    return client


def typed(page) -> dict[str, str | list[str]]:
    """Return what stands in the fields of the rule's form, as a browser would send it."""
    form = page.context["form"]
    sent = {"token": form.token, "kind": SCHEMES.code, "owner": form["owner"].value(), "reason": ""}
    rows = json.loads(form["content"].value())["rows"]
    for number, row in enumerate(rows):
        words = {name: "yes" if value is True else value if isinstance(value, list) else str(value) for name, value in row.items()}
        sent |= {f"content-rows-{number}-{name}": value for name, value in words.items()}
    return {**sent, "content-rows-rows": str(len(rows)), **NOTICE}


@pytest.fixture
def following(desk):
    """Return what is sent of a form in which 2027 follows the last scheme, its notice typed in."""
    page = desk.post(ADDRESS, {**typed(desk.get(ADDRESS)), "change-rows": "follow content-rows"})
    return {**typed(page), **{f"content-rows-5-{name}": value for name, value in NEXT.items()}}
