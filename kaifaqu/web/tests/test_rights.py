"""Every address, action and figure, for each kind of person in a small zone; bar S6 asks more, of the demo."""

import io
from unittest.mock import patch

import pytest

from kaifaqu.files import store
from kaifaqu.jobs import working
from kaifaqu.kernel import actions, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.sheets import answering, collecting, sending
from tests import rights


@pytest.fixture
def files(clerk, projects, tmp_path, settings):
    """Attach a file to two projects."""
    settings.HOME = tmp_path
    kept = store.keep(io.BytesIO(b"%PDF-1.7"), "演示施工许可证.pdf")
    attach = actions.find("projects.attach").plan
    commit([attach(each, by=clerk, version=1, kept=kept, purpose="started_evidence") for each in projects[:2]], by=clerk)


@pytest.fixture
def collection(zone, clerk, stranger, projects, files):
    """Ask one unit for the progress of a project, and take in its answer, in which something is wrong."""
    facts = {"name": "七月月报", "target": "progress", "period": "2024-07"}
    made = sending.start(zone, clerk, facts, [{"name": "演示甲新材料有限公司", "records": "P1"}])
    answering.receive(made, [("演示甲新材料有限公司.csv", io.BytesIO("项目,月份,本月完成投资（万元）\nP1,2024-07,1.2亿".encode()))], clerk)
    answering.check_all(made, clerk)
    [answer] = collecting.board(made).unmatched
    answering.assign(answer, sending.units_of(made)[0], clerk)
    working.submit("collections.check", by=stranger, collection=made.pk)


@pytest.fixture
def people(zone, clerk, stranger, projects, files, collection):
    """Return a person of each kind: every right, some, only figures, none here, none at all, and nobody."""
    return {
        "clerk": clerk, "stranger": stranger, rights.ANONYMOUS: None,
        "desk": testing.employ(zone, "desk", "projects.view projects.edit enterprises.view"),
        "reader": testing.employ(zone, "reader", "projects.figures leads.figures"),
        "auditor": testing.employ(zone, "auditor", "events.view"),
        "lister": testing.employ(zone, "lister", "attachments.view attachments.edit leads.view"),
        "collector": testing.employ(
            zone, "collector", "collections.view collections.edit collection_units.view progress.view projects.view"),
        "builder": testing.employ(zone, "builder", "projects.view projects.advance attachments.view"),
    }  # fmt: skip


def test_nobody_sees_does_or_learns_what_his_rights_do_not_give(people):
    walk = rights.Walk(people, sample=1, share=72).run()
    assert walk.findings == []
    assert walk.asked.keys() == {"addresses", "pages", "texts", "lists", "files", "posts", "actions", "figures", "references", "searches"}


def test_an_address_without_a_rule_is_found(people):
    with patch.object(rights, "UNASKED", {}):
        assert rights.Walk(people, sample=1).unknown() == {
            "sign-in", "sign-out", "set_language", "looked", "keep-view", "drop-view", "revoke-calendar", "inbox-read"}
