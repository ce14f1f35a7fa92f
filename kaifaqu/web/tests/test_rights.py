"""Every address, action and figure, asked for each kind of person in a small zone; bar S6 asks the same of the demo."""

from unittest.mock import patch

import pytest

from kaifaqu.kernel import testing
from tests import rights


@pytest.fixture
def people(zone, clerk, stranger, projects):
    """Return a person of each kind: every right, some, only figures, none here, none at all, and nobody."""
    return {
        "clerk": clerk, "stranger": stranger, rights.ANONYMOUS: None,
        "desk": testing.employ(zone, "desk", "projects.view projects.edit enterprises.view"),
        "reader": testing.employ(zone, "reader", "projects.figures leads.figures"),
        "auditor": testing.employ(zone, "auditor", "events.view"),
    }  # fmt: skip


def test_nobody_sees_does_or_learns_what_his_rights_do_not_give(people):
    walk = rights.Walk(people, sample=1).run()
    assert walk.findings == []
    assert walk.asked.keys() == {"addresses", "pages", "texts", "lists", "posts", "actions", "figures"}


def test_an_address_without_a_rule_is_found(people):
    with patch.object(rights, "UNASKED", {}):
        assert rights.Walk(people, sample=1).unknown() == {"sign-in", "sign-out", "set_language"}
