"""Erasing: neither the name of an attached file nor its content is anywhere afterwards, unless another attachment needs it."""

import time

import psycopg
import pytest
from django.db import connection

from kaifaqu.files import store
from kaifaqu.files.erasing import scrub_store
from kaifaqu.files.models import Attachment
from kaifaqu.files.tests.conftest import PDF, attach, erase, kept
from kaifaqu.kernel import audit, events, testing
from kaifaqu.kernel.access import Role, User
from kaifaqu.kernel.commit import scrub
from kaifaqu.kernel.events import Event
from kaifaqu.kernel.world import World

# Each test ends with empty tables, instead of a transaction taken back: files are let go once the erasure is committed.
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
NAME = "演示张三丰身份证.pdf"


def test_the_name_stands_in_no_event_and_is_gone_with_the_file(clerk, role):
    made, known = attach(role, clerk, name=NAME), events.last_seq()
    assert str(made) == f"FJ0001 {NAME}"
    erased = erase(made, clerk)
    assert (erased.name, erased.archived_at is None, erased.warnings()) == ("", False, [])
    assert [row.name for row in World(known).rows(Attachment)] == [""]
    assert not Event.objects.filter(payload__contains="张三丰").exists()
    assert store.size_of(made.sha256) is None
    assert audit.verify().problems == []


def test_the_file_stays_as_long_as_another_attachment_names_it(zone, clerk, role):
    [other] = testing.enter(Role, zone, "code | name\nHALL | 大厅", by=clerk)
    first, second = attach(role, clerk, name=NAME), attach(other, clerk, name="另一个名字.pdf")
    erase(first, clerk)
    assert store.verify(first.sha256)
    erase(second, clerk)
    assert store.size_of(first.sha256) is None


def test_what_a_kill_has_left_goes_at_the_next_look(clerk, role):
    erased = erase(attach(role, clerk), clerk)
    kept(PDF)
    assert store.verify(erased.sha256)
    assert scrub_store()
    assert store.size_of(erased.sha256) is None


def test_the_erased_file_may_be_attached_again(clerk, role):
    erase(attach(role, clerk, name=NAME), clerk)
    again = attach(role, clerk)
    scrub()
    assert store.verify(again.sha256)


@pytest.mark.only_on("postgresql")  # SQLite's log is looked at in bar S8
def test_while_somebody_sees_what_was_postgresql_cannot_let_go_of_it(clerk):
    parameters = connection.get_connection_params()
    with psycopg.connect(**{name: parameters[name] for name in ("dbname", "user", "password", "host", "port")}, autocommit=True) as other:
        other.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        other.execute("SELECT 1 FROM kernel_user").fetchone()
        erase(clerk, clerk)
        assert (scrub(User), scrub()) == (False, False)
        other.execute("ROLLBACK")
        assert any(scrub() or time.sleep(1) for _attempt in range(20))  # the database's own upkeep, too, sees what was for a moment
