"""A backup brings back all of an installation, or says in a sentence what is wrong with it and touches nothing."""

import errno
import json
import os
import zipfile
from unittest.mock import patch

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError

from kaifaqu.files import backup, store
from kaifaqu.files.tests.test_attachments import attach
from kaifaqu.kernel import audit, clock, testing
from kaifaqu.kernel.access import Party, Role

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
