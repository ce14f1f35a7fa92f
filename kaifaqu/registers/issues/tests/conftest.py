"""A zone whose clock stands at the beginning of July 2024, with a department that handles and an enterprise that asks."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from kaifaqu.kernel import actions, clock, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.issues.models import Issue
from kaifaqu.registers.organisations.models import Enterprise


def at(written: str) -> datetime:
    """Return a moment in Asia/Shanghai that is written as 07-01 09:30 of 2024, or with its year."""
    full = written if len(written) > 11 else f"2024-{written}"
    return datetime.strptime(full, "%Y-%m-%d %H:%M").replace(tzinfo=clock.ZONE)


def act(case: Any, verb: str, by: Any = SYSTEM, **facts: Any) -> Any:
    """Take an action on the case as it stands, and return it as it stands then."""
    case = type(case).objects.get(pk=case.pk)
    commit([actions.find(f"{case.register}.{verb}").plan(case, by=by, version=case.row_version, **facts)], by=by)
    return type(case).objects.get(pk=case.pk)


@pytest.fixture
def office(db: Any) -> Any:
    """Return the zone, its people, the department and the enterprise, and `opened`, which opens an issue of the enterprise."""
    clock.set(at("07-01 09:30"))
    zone = testing.found()
    department = testing.party(zone, "DEP", "规划部", zone)
    firm_party = testing.party(zone, "FIRM", "某企业")
    other_party = testing.party(zone, "OTHER", "另一企业")
    [firm] = testing.enter(Enterprise, zone, """
        code | name   | party
        Q1   | 某企业 | FIRM
    """)

    def opened(code: str = "N1", **facts: Any) -> Any:
        [issue] = testing.enter(Issue, zone, f"""
            code   | title | category | enterprise
            {code} | 用地  | land     | Q1
        """, **{"opened_on": clock.today(), **facts})  # fmt: skip
        return issue

    kept: dict[str, Callable] = {"opened": opened}
    return SimpleNamespace(
        zone=zone, department=department, firm=firm, firm_party=firm_party, rival_party=other_party,
        clerk=testing.employ(zone, "clerk"), second=testing.employ(zone, "second"),
        handler=testing.employ(zone, "handler", at=department), owner=testing.employ(zone, "owner", at=firm_party),
        rival=testing.employ(zone, "rival", at=other_party), **kept)
