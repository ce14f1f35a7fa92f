"""Fixtures that all tests share: a founded zone, a clerk with every right in it, and a stranger from elsewhere."""

import pytest

from kaifaqu.kernel import clock, testing
from kaifaqu.kernel.access import Party, User


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
