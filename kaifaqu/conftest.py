"""Fixtures that all tests share: a founded zone, a clerk with every right in it, and a stranger from elsewhere."""

import gc

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings

from kaifaqu.kernel import clock, testing
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.events import Head

BLOCKER = pytest.StashKey()
settings.register_profile("no clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # no test fails on a slow machine
settings.load_profile("no clock")


def pytest_collection_modifyitems(config, items):
    """Leave out what is about the other database: `only_on("postgresql")` belongs to the run on PostgreSQL."""
    other = [each for each in items if (mark := each.get_closest_marker("only_on")) and mark.args[0] != connection.vendor]
    if other:
        config.hook.pytest_deselected(items=other)
        items[:] = [each for each in items if each not in other]


def pytest_collection_finish(session):
    """Let the collector pass over what stays to the end, modules, tables and tests, and come seldom."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_sessionfinish(session):
    gc.unfreeze()  # the libraries that count what they leave behind do so after this


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """Begin the chain again after a test that has emptied every table: tests run in any order, and the last takes them away."""
    result = yield
    if nextitem and (mark := item.get_closest_marker("django_db")) and mark.kwargs.get("transaction"):
        with item.config.stash[BLOCKER].unblock():
            Head.objects.get_or_create(pk=1)
    return result


@pytest.fixture(scope="session", autouse=True)
def _blocker(request, django_db_blocker):
    request.config.stash[BLOCKER] = django_db_blocker


@pytest.fixture(autouse=True)
def _clock():
    clock.release()
    yield
    clock.release()


@pytest.fixture
def zone(db) -> Party:
    """Return the party of a newly founded test zone."""
    return testing.found()


@pytest.fixture
def clerk(zone) -> User:
    """Return a person with every right in the zone."""
    return testing.employ(zone, "clerk")


@pytest.fixture
def other(zone) -> Party:
    """Return a party that has nothing to do with the zone's records."""
    return testing.party(zone, "OTHER", "外单位")


@pytest.fixture
def stranger(zone, other) -> User:
    """Return a person with every right, but only in the other party."""
    return testing.employ(zone, "stranger", at=other)
