"""Calendars and short ways to write what the tests of this floor count."""

from datetime import date

import pytest

from kaifaqu.clocks.calendar import Calendar, shipped


@pytest.fixture(scope="session")
def calendar() -> Calendar:
    """Return the shipped calendar, with every notice."""
    return Calendar.from_notices(shipped(), date(2026, 12, 31))
