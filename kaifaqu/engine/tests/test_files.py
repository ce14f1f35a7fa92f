"""The files: they grow by what has come, are few, know their chain, hold no personal fact, and survive whoever is killed."""

import os
from itertools import pairwise

import pytest
from django.db import transaction

from kaifaqu.engine import parquet
from kaifaqu.engine.checking import check, status
from kaifaqu.kernel import actions, events
from kaifaqu.kernel.access import SYSTEM, Membership, Party, User
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.events import Event
from kaifaqu.kernel.testing import employ, party

pytestmark = pytest.mark.django_db(databases=["default", "columnar"])


def rows(register) -> list[dict]:
    """Return what the files hold of a register, in their order."""
    import pyarrow.parquet

    name = register.Version._meta.db_table
    paths = [parquet.folder() / name / file.name for file in parquet.current().tables[name].files]
    return [row for path in paths for row in pyarrow.parquet.read_table(path).to_pylist()]


def versions(register) -> list[dict]:
    """Return what the database holds of a register, personal facts and the moment of archiving left out."""
    names = [column.attname for column in register.Version._meta.concrete_fields if column.attname not in ("name", "archived_at")]
    return list(register.Version.objects.order_by("seq").values(*names))


def plain(found: list[dict]) -> list[dict]:
    return [{name: value for name, value in row.items() if name not in ("name", "archived_at")} for row in found]


def ranges(register) -> list[tuple[int, int, int]]:
    return [(file.first, file.last, file.rows) for file in parquet.current().tables[register.Version._meta.db_table].files]


def test_what_has_come_is_added(zone):
    employ(zone, "reader", "parties.view")
    first = parquet.refresh()
    party(zone, "A", "甲")
    second = parquet.refresh()
    assert (sum(first.rows.values()), second.rows["kernel_party_version"]) == (first.manifest.seq, 1)
    assert sum(second.rows.values()) == 1
    assert second.manifest.seq == events.last_seq() == first.manifest.seq + 1
    for register in (Party, User, Membership):
        assert plain(rows(register)) == versions(register)
    assert check()["problems"] == []


def test_nothing_new_writes_nothing(zone, home):
    parquet.refresh()
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    assert sum(parquet.refresh().rows.values()) == 0
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*")} == before


def test_moments_are_in_utc_and_archived_versions_are_kept(zone):
    made = party(zone, "A", "甲")
    commit([actions.find("parties.archive").plan(made, by=SYSTEM, version=1, reason="重复")], by=SYSTEM)
    parquet.refresh()
    *_earlier, last = rows(Party)
    assert last["archived_at"] == Party.objects.get(pk=made.pk).archived_at.replace(tzinfo=None)


def test_personal_facts_are_not_copied(zone, home):
    employ(zone, "reader", "parties.view")
    parquet.refresh()
    assert "name" not in rows(User)[0]
    assert "name" in rows(Party)[0]
    stored = User.Version.objects.exclude(code="").first()
    assert str(stored.name) == "演示reader"
    assert not [path for path in home.rglob("*.parquet") if "演示reader".encode() in path.read_bytes()]


def test_small_files_are_merged(zone):
    for number in range(20):
        party(zone, f"A{number}", "甲")
        parquet.refresh()
    sizes = [size for _first, _last, size in ranges(Party)]
    assert sum(sizes) == len(versions(Party)) == 21
    assert len(sizes) <= 3
    assert all(larger >= parquet.TIMES * smaller for larger, smaller in pairwise(sizes))
    assert plain(rows(Party)) == versions(Party)


def test_large_tables_are_written_in_several_files_that_follow_each_other(zone, monkeypatch):
    monkeypatch.setattr(parquet, "READ", 3)
    monkeypatch.setattr(parquet, "GROUP", 4)
    monkeypatch.setattr(parquet, "FULL", 6)
    for number in range(20):
        party(zone, f"A{number}", "甲")
    parquet.refresh()
    found = ranges(Party)
    assert [size for _first, _last, size in found] == [6, 6, 6, 3]
    assert all(first == last + 1 for (_, last, _), (first, _, _) in pairwise(found))
    assert plain(rows(Party)) == versions(Party)
    party(zone, "B", "乙")
    parquet.refresh()
    assert plain(rows(Party)) == versions(Party)


def test_killed_between_the_files_and_the_manifest(zone, monkeypatch):
    before = parquet.refresh().manifest
    party(zone, "A", "甲")
    with monkeypatch.context() as patched:
        patched.setattr(parquet, "publish", lambda manifest: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            parquet.refresh()
    assert parquet.current() == before
    parquet.refresh()
    assert plain(rows(Party)) == versions(Party)
    assert check()["problems"] == []


def test_killed_while_writing_leaves_no_half_file_behind(zone, home, monkeypatch):
    monkeypatch.setattr(parquet, "sha256", lambda path: (_ for _ in ()).throw(OSError("no space left")))
    with pytest.raises(OSError, match="no space left"):
        parquet.refresh()
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_files_that_nobody_names_stay_a_day(zone, home):
    parquet.refresh()
    folder = home / "columnar" / "kernel_party_version"
    young, old, part = folder / "1-2-young.parquet", folder / "1-2-old.parquet", folder / "x.part"
    for path in (young, old, part):
        path.write_bytes(b"")
    day_ago = young.stat().st_mtime - parquet.KEPT - 60
    os.utime(old, (day_ago, day_ago))
    os.utime(part, (day_ago, day_ago))
    party(zone, "A", "甲")
    parquet.refresh()
    assert (young.exists(), old.exists(), part.exists()) == (True, False, False)


def test_a_manifest_never_names_a_file_that_is_gone(zone, home):
    before = parquet.refresh().manifest
    party(zone, "A", "甲")
    now = parquet.refresh().manifest
    for path in parquet._paths(before) - parquet._paths(now):
        path.unlink()
    with pytest.raises(FileNotFoundError):
        parquet.publish(before)
    assert parquet.current() == now


def test_two_refreshes_at_once_do_no_harm(zone, monkeypatch):
    """Let another process refresh between this one's files and its manifest, and be overtaken by it."""
    parquet.refresh()
    party(zone, "A", "甲")
    publish = parquet.publish

    def late(manifest):
        monkeypatch.setattr(parquet, "publish", publish)
        party(zone, "B", "乙")
        parquet._refreshing.release()
        parquet.refresh()
        parquet._refreshing.acquire()
        publish(manifest)

    monkeypatch.setattr(parquet, "publish", late)
    parquet.refresh()
    assert parquet.current().seq == events.last_seq() - 1
    assert check()["problems"] == []
    parquet.refresh()
    assert plain(rows(Party)) == versions(Party)


def test_a_register_with_other_columns_is_written_anew(zone, monkeypatch):
    parquet.refresh()
    other = parquet.columns_of(Party)[:-1]
    columns_of = parquet.columns_of
    monkeypatch.setattr(parquet, "columns_of", lambda register: other if register is Party else columns_of(register))
    assert not parquet.current().belongs()
    done = parquet.refresh()
    assert done.rebuilt == ["kernel_party_version"]
    assert list(rows(Party)[0]) == [name for name, _kind in other]


def test_files_of_another_chain_are_not_this_database(zone):
    """A database restored and gone on: the same numbers, other events."""
    with transaction.atomic():
        point = transaction.savepoint()
        party(zone, "A", "甲")
        parquet.may_be_taken_back, kept = (lambda: False), parquet.may_be_taken_back
        try:
            parquet.refresh()
        finally:
            parquet.may_be_taken_back = kept
        transaction.savepoint_rollback(point)
    assert Event.objects.count() < parquet.current().seq
    assert (parquet.current().belongs(), status()[0]) == (False, False)
    party(zone, "B", "乙")
    assert not parquet.current().belongs()
    assert [problem[:5] for problem in check()["problems"]] == ["列式文件（"]
    assert len(parquet.refresh().rebuilt) == len(parquet.current().tables)
    assert plain(rows(Party)) == versions(Party)
    assert "甲" not in {row["name"] for row in rows(Party)}


def test_what_a_transaction_may_take_back_is_not_written(zone):
    with transaction.atomic(), pytest.raises(RuntimeError, match="transaction"):
        parquet.refresh()


def test_the_check_names_what_is_wrong(zone, home):
    assert check()["problems"] == ["还没有列式文件，请运行 kaifaqu engine refresh。"]
    party(zone, "A", "甲")
    parquet.refresh()
    [path] = (home / "columnar" / "kernel_party_version").glob("*.parquet")
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b"x")
    assert [problem for problem in check()["problems"] if path.name in problem and "哈希不符" in problem]
    path.unlink()
    assert [problem for problem in check()["problems"] if path.name in problem and "读不到" in problem]
    assert parquet.refresh(anew=True).rows["kernel_party_version"] == 2
    assert check()["problems"] == []


def test_the_check_counts_the_database(zone):
    party(zone, "A", "甲")
    parquet.refresh()
    manifest = parquet.current()
    table = manifest.tables["kernel_party_version"]
    short = parquet.Table(table.columns, (parquet.File(**{**vars(table.files[0]), "rows": 1}),))
    parquet.publish(parquet.Manifest(manifest.seq, manifest.hash, {**manifest.tables, "kernel_party_version": short}))
    assert ["数据库有 2 个版本" in problem and "1 个" in problem for problem in check()["problems"]] == [True]


def test_files_that_somebody_has_deleted_are_written_anew(zone, home):
    parquet.refresh()
    for path in (home / "columnar" / "kernel_party_version").glob("*.parquet"):
        path.unlink()
    assert not parquet.current().belongs()
    party(zone, "A", "甲")
    assert parquet.refresh().rebuilt == ["kernel_party_version"]
    assert plain(rows(Party)) == versions(Party)


def test_a_manifest_that_cannot_be_read_is_none(zone, home):
    parquet.refresh()
    (home / "columnar" / "manifest.json").write_text("{", encoding="utf-8")
    assert parquet.current() is None
    assert len(parquet.refresh().rebuilt) == len(parquet.current().tables)
