"""A zone whose clock stands in August 2024."""

from datetime import datetime

import pytest

from kaifaqu.kernel import clock, testing


@pytest.fixture
def zone(db):
    """Return the party of a zone on the day of the demo."""
    clock.set(datetime(2024, 8, 5, 9, 30, tzinfo=clock.ZONE))
    return testing.found()
