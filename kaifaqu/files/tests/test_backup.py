"""A backup brings back all of an installation, or says in a sentence what is wrong with it and touches nothing."""

import errno
import json
import os
import sqlite3
import zipfile
from unittest.mock import patch

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError

from kaifaqu.files import backup, databases, store
from kaifaqu.files.models import Attachment
from kaifaqu.files.tests.conftest import attach, erase, kept
from kaifaqu.files.tests.test_store import sqlite
from kaifaqu.kernel import audit, clock, testing
from kaifaqu.kernel.access import Party, Role, User

# Each test ends with empty tables, instead of a transaction taken back: a backup asks by a connection of its own.
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def taken(zone, clerk, role, home):
    """Return a backup of a zone with one attachment; since then, the zone has another party."""
    attach(role, clerk)
    Session.objects.create(session_key="k", session_data="", expire_date=clock.now())
    done = backup.take(home / "zone.zip")
    testing.party(zone, "LATER", "后来的单位")
    return done


def rewrite(path, change):
    """Write the backup anew with its entries changed by `change`, and hashes that fit."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(entries.pop(backup.MANIFEST))
    change(manifest, entries)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
        archive.writestr(backup.MANIFEST, json.dumps(manifest))


def test_a_round_trip_brings_back_rows_files_and_chain_and_no_session(taken, home):
    assert backup.verify(taken.path) == taken
    done = backup.restore(taken.path, replace=True)
    result = audit.verify()
    assert (result.problems, result.head, done.backup.problems) == ([], taken.head, [])
    assert not Session.objects.exists()
    assert not Party.objects.filter(code="LATER").exists()
    assert backup.verify(done.saved.path).problems == []
    assert done.saved.head != taken.head
    assert testing.party(Party.objects.get(code="ZONE"), "NEXT", "再来的单位").pk  # the chain goes on
    assert audit.verify().problems == []


def test_a_lost_file_is_brought_back(taken):
    [name] = [name.removeprefix(backup.FILES) for name in taken.manifest.entries if name.startswith(backup.FILES)]
    store.path_of(name).unlink()
    done = backup.restore(taken.path, replace=True)
    assert store.verify(name)
    assert [name in problem for problem in done.saved.problems] == [True]  # the backup of what was replaced lacks it


def test_an_installation_with_records_is_not_replaced_unasked(taken):
    before = audit.verify().head
    with pytest.raises(ValidationError, match="--replace"):
        backup.restore(taken.path)
    assert audit.verify().head == before


def test_an_existing_file_is_not_overwritten(taken):
    with pytest.raises(ValidationError, match="不会覆盖"):
        backup.take(taken.path)


def _forged(manifest, entries):
    manifest["head"] = f"#9999 {'0' * 64}"


def _of_another_structure(manifest, entries):
    manifest["migrations"].append("kernel.9999_later")


def _of_another_engine(manifest, entries):
    manifest["engine"] = "oracle"


def _of_another_format(manifest, entries):
    manifest["format"] = "kaifaqu-backup/9"


def _without_a_file(manifest, entries):
    name = next(name for name in entries if name.startswith(backup.FILES))
    del entries[name], manifest["entries"][name]


def _with_a_stranger(manifest, entries):
    entries["../evil"] = b""


def _with_other_bytes(manifest, entries):
    name = next(name for name in entries if name.startswith(backup.FILES))
    entries[name] = entries[name] + b" "


@pytest.mark.parametrize(("change", "told"), [
    (_forged, "清单上是 #9999"), (_of_another_structure, "请装上备份时的版本"), (_of_another_engine, "oracle"),
    (_of_another_format, "kaifaqu-backup/9"), (_without_a_file, "缺少附件的文件"), (_with_a_stranger, "与清单不符"),
    (_with_other_bytes, "哈希不符"),
])  # fmt: skip
def test_a_broken_backup_is_named_and_restores_nothing(taken, change, told):
    rewrite(taken.path, change)
    before = audit.verify().head
    assert told in backup.verify(taken.path).problems[0]
    with pytest.raises(ValidationError, match="本安装保持原样") as refusal:
        backup.restore(taken.path, replace=True)
    assert told in refusal.value.messages[0]
    assert audit.verify().head == before


@pytest.mark.parametrize("keep", [0, 10, -1, -30])
def test_a_truncated_backup_is_named(taken, keep):
    content = taken.path.read_bytes()
    taken.path.write_bytes(content[:keep])
    assert "被截断" in backup.verify(taken.path).problems[0]


def test_a_file_that_the_store_has_lost_is_named_and_the_rest_is_there(zone, clerk, role, home):
    lost = attach(role, clerk)
    store.path_of(lost.sha256).unlink()
    done = backup.take(home)
    assert [lost.sha256 in problem for problem in done.problems] == [True]
    assert backup.verify(done.path).problems == done.problems


def test_a_full_disk_leaves_nothing(zone, home):
    with patch.object(os, "fsync", side_effect=OSError(errno.ENOSPC, "No space left")), pytest.raises(ValidationError, match="磁盘已满"):
        backup.take(home / "zone.zip")
    assert list(home.iterdir()) == []


def test_the_secret_key_is_not_in_it(taken, settings):
    with zipfile.ZipFile(taken.path) as archive:
        contents = b"".join(archive.read(name) for name in archive.namelist())
    assert settings.SECRET_KEY.encode() not in contents
    assert Role.objects.exists()


def test_an_erased_file_is_in_no_later_backup_and_none_is_missed(zone, clerk, role, home):
    made = attach(role, clerk)
    erase(made, clerk)
    done = backup.take(home / "zone.zip")
    assert (done.problems, backup.verify(done.path).problems) == ([], [])
    with zipfile.ZipFile(done.path) as archive:
        assert backup.FILES + made.sha256 not in archive.namelist()


def test_what_a_restore_brings_back_is_to_be_erased_again(taken, clerk):
    before = backup.restore(taken.path, replace=True)
    assert before.again == ""
    person = testing.employ(Party.objects.get(code="ZONE"), "LATER", "parties.view")
    later = backup.take()
    erase(person, clerk)
    erase(Attachment.objects.get(), clerk)
    for path, told in ((later.path, "人员 LATER、附件 FJ0001"), (taken.path, "附件 FJ0001")):
        done = backup.restore(path, replace=True)
        assert told in done.again
        assert store.verify(Attachment.objects.get().sha256)
        erase(Attachment.objects.get(), User.objects.get(code="clerk"))


def test_into_an_empty_installation_it_is_said_that_later_erasures_are_not_in_it(taken):
    with patch.object(backup, "_make_room", return_value=None):
        assert "如办理过，请重新办理" in backup.restore(taken.path).again


@pytest.mark.parametrize(("problem", "told"), [
    (sqlite(sqlite3.SQLITE_FULL), "磁盘已满"), (sqlite3.DatabaseError("database disk image is malformed"), "先把它移走"),
])
def test_what_sqlite_cannot_do_is_a_sentence(zone, home, problem, told):
    with patch.object(databases, "dump", side_effect=problem), pytest.raises(ValidationError, match=told):
        backup.take(home / "zone.zip")
    assert list(home.iterdir()) == []


@pytest.mark.only_on("sqlite")
def test_a_full_disk_does_not_send_a_healthy_database_away(taken):
    class Full:
        def backup(self, *arguments, **options):
            raise sqlite(sqlite3.SQLITE_FULL)

        def close(self):
            pass

    with (
        patch.object(databases, "_look_sqlite", return_value=[]),
        patch.object(databases.sqlite3, "connect", return_value=Full()),
        pytest.raises(ValidationError, match="磁盘已满"),
    ):
        databases.load(taken.path.parent, {}, list)


def test_what_killed_runs_have_left_goes_a_day_later(taken, home):
    yesterday = taken.path.stat().st_mtime - store.DAY - 60
    for place, prefix in ((home / "backups", backup.TAKING), (home, backup.UNPACKED), (home / "files", store.INCOMING)):
        for name in ("old", "young"):
            path = place / f"{prefix}{name}"
            path.mkdir(parents=True)
            (path / "backup.zip").touch()
            if name == "old":
                os.utime(path, (yesterday, yesterday))
    assert len(backup.unfinished()) == 6
    backup.verify(backup.take().path)
    kept()
    assert [path.name.rpartition("-")[2] for path in backup.unfinished()] == ["young"] * 3
