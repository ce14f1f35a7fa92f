"""A small zone with something in it, for the tests of the frame."""

import pytest
from django.db import transaction

from kaifaqu.kernel import clock, testing
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Lead, Project
from kaifaqu.web import sample


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """Load the demo once for all tests of a module."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield sample.load()
        clock.release()
        transaction.set_rollback(True)


@pytest.fixture
def projects(zone, clerk) -> list[Project]:
    """Return four projects of the zone: two under construction, one in production, one signed."""
    testing.enter(Enterprise, zone, """
        code | name                 | industry
        Q1   | 演示甲新材料有限公司 | 2614
        Q2   | 演示乙装备有限公司   | 3484
    """, by=clerk)
    testing.enter(Lead, zone, """
        code | name         | first_contact_on
        L1   | 演示丙有色项目 | 2023-05-01
    """, by=clerk)
    return testing.enter(Project, zone, """
        code | name           | enterprise | nature    | total_investment | signed_on  | started_on | production_on
        P1   | 演示光伏组件   | Q1         | new       | 12000.5          | 2023-01-10 | 2023-03-01 |
        P2   | 演示碳纤维     | Q2         | new       | 8000             | 2023-01-10 | 2024-02-01 |
        P3   | 演示仓储物流   | Q1         | expansion | 5000             | 2022-01-10 | 2022-05-01 | 2024-06-29
        P4   | 演示陶瓷       | Q2         | new       |                  | 2024-01-10 |            |
    """, by=clerk)
