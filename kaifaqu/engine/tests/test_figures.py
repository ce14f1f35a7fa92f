"""Figures on the engine: the same as in the database, measured where size and the installation say, or refused.

Whatever the engine cannot do, the database does.
"""

import os
import threading
from datetime import date, timedelta

import duckdb
import pyarrow
import pytest
from django.db import connection, connections
from django.db.models import Avg, Count, F, Q, Sum
from django.db.models.functions import Substr

from kaifaqu.engine import parquet
from kaifaqu.engine.backend import base
from kaifaqu.engine.backend.statements import translated
from kaifaqu.engine.checking import check
from kaifaqu.engine.choice import AUTO, OFF, ON, ONLY, EngineFailed, place, using
from kaifaqu.engine.world import ColumnarWorld, opened
from kaifaqu.kernel import actions, events, figures
from kaifaqu.kernel.access import SYSTEM, Membership, Party, Role, User
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.guard import NotPortable
from kaifaqu.kernel.indicators import Dimension, Indicator, Ratio
from kaifaqu.kernel.onepass import asked_once
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.testing import employ, enter, party
from kaifaqu.kernel.world import World

pytestmark = pytest.mark.django_db(databases=["default", "columnar"])
H1 = Period.parse("2024-H1")
ROLE = Dimension("role", "角色", "role__name", lambda column: Substr(column, 1, 2))


@pytest.fixture
def asked():
    """Return the statements that DuckDB was asked."""
    heard: list[str] = []

    def listen(execute, sql, *rest):
        heard.append(sql)
        return execute(sql, *rest)

    with connections["columnar"].execute_wrapper(listen):
        yield heard


@pytest.fixture
def staff(zone):
    """Enter memberships of two roles, one that has ended, one that is archived, and one corrected since."""
    employ(zone, "reader", "parties.view users.view")
    employ(zone, "writer", "parties.view")
    made = enter(Membership, zone, """
        code   | user   | party | role        | since      | until      | below
        M1     | reader | ZONE  | role-reader | 2023-01-01 |            | False
        M'2%_\\ | reader | ZONE  | role-writer | 2023-06-30 |            | True
        M3     | writer | ZONE  | role-reader | 2023-05-01 | 2024-06-30 | False
        M4     | writer | ZONE  | role-writer | 2024-02-01 |            | True
        M5     | reader | ZONE  | role-reader | 2024-06-30 |            | False
    """)
    known = events.last_seq()
    commit([actions.find("memberships.archive").plan(made[0], by=SYSTEM, version=1, reason="重复")], by=SYSTEM)
    facts = {"since": date(2025, 1, 1)}
    commit([actions.find("memberships.correct").plan(made[4], by=SYSTEM, version=1, facts=facts, reason="核对")], by=SYSTEM)
    return known


@asked_once
def holds_below(on: date, world: World) -> Q:
    below = world.rows(Membership).filter(Membership.on(on), below=True)
    return Q(id__in=below.values("user_id"))


def definitions() -> list:
    """Define figures of every kind, by role where they are of memberships."""
    def membership(code: str, where, measure=None) -> Indicator:
        measured = {"measure": measure} if measure else {}
        return Indicator(code=code, label=code, unit="个", basis="", register=Membership, where=where, by=(ROLE,), **measured)

    held = membership("held", lambda period, world: Membership.on(period.end))
    odd = membership("odd", lambda period, world: Q(code="M'2%_\\") | ~Q(until=None))
    empty = membership("empty", lambda period, world: Q(user_id__in=[]))
    users = membership("users", lambda period, world: Q(), Count("user_id", distinct=True))
    active = membership("active", lambda period, world: Q(user_id__in=world.rows(User).filter(is_active=True).values("id")))
    return [held, odd, empty, users, active, Ratio(code="r", label="r", unit="%", basis="", numerator=odd, denominator=held, by=(ROLE,))]


def told(figure: figures.Figure) -> tuple:
    return figure.status, figure.value, figure.incomplete, figure.reason, figure.groups, [row.code for row in figure.records]


def both(asked_for: list, **options) -> tuple[list, list]:
    """Return what the database says, and what the engine says."""
    found = []
    for mode in (OFF, ONLY):
        with using(mode):
            found.append([told(figure) for figure in figures.evaluate(asked_for, **options)])
    return found[0], found[1]


@pytest.mark.parametrize("by", [None, ROLE])
@pytest.mark.parametrize("today", [True, False])
def test_figures_are_the_same(zone, staff, asked, by, today):
    wanted = [(each, Period.parse(text)) for each in definitions() for text in ("2024-H1", "2024-07")]
    here, there = both(wanted, scope={zone}, by=by, known=None if today else staff)
    assert here == there
    assert asked


def test_what_cannot_be_computed_says_the_same(zone, asked):
    party(zone, "A", "甲", parent=zone)
    number = Indicator(code="n", label="n", unit="个", basis="", register=Party, where=lambda period, world: Q(), measure=Sum("parent_id"))
    number.measure.set_source_expressions([F("parent"), *number.measure.get_source_expressions()[1:]])
    here, there = both([(number, H1)], scope={zone})
    assert here == there
    assert (here[0][0], asked != []) == (figures.NOT_COMPUTABLE, True)


def test_conditions_shared_by_many_are_answered_bit_by_bit(zone, staff, asked):
    """A question asked of another register stands in several conditions, also denied; seventy of them need two columns of bits."""
    kinds = {
        "yes": lambda period, world: holds_below(period.end, world),
        "no": lambda period, world: ~holds_below(period.end, world),
        "and": lambda period, world: holds_below(period.end, world) & Q(is_active=True),
    }
    held = [Indicator(code=code, label=code, unit="个", basis="", register=User, where=where) for code, where in kinds.items()]
    days = [date(2023, 1, 20) + timedelta(days=10 * number) for number in range(70)]
    here, there = both([(each, Period.parse(str(day))) for each in held for day in days], scope={zone})
    assert here == there
    assert {(code, value) for code, (_status, value, *_rest) in zip(sorted([*kinds] * 70, key=[*kinds].index), here, strict=True)} == {
        ("yes", 0), ("yes", 1), ("yes", 2), ("no", 2), ("no", 1), ("no", 0), ("and", 0), ("and", 1), ("and", 2)}
    assert any('"bits1"' in sql for sql in asked)


def test_every_way_of_asking_works(zone, staff):
    manifest = parquet.refresh().manifest
    world = World(staff)
    with opened(manifest, staff) as there:
        assert isinstance(there, ColumnarWorld)
        assert [row.code for row in there.rows(Membership).order_by("code")] == [
            row.code for row in world.rows(Membership).order_by("code")]
        assert there.rows(Membership).filter(since=date(2023, 5, 1)).exists()
        assert not there.rows(Membership).filter(since=date(1999, 5, 1)).exists()
        assert list(there.rows(Role).order_by("code").values_list("code", flat=True)) == [
            *world.rows(Role).order_by("code").values_list("code", flat=True)]
        assert there.rows(Membership).aggregate(n=Count("id"), m=Sum("row_version")) == {"n": 7, "m": 7}
        assert there.rows(Membership).order_by("-until").values_list("until", flat=True)[0] is None  # as PostgreSQL has it
        made = Party.objects.get(pk=zone.pk)
        assert there.rows(Party).get(pk=zone.pk).archived_at == made.archived_at is None


def test_worlds_may_be_opened_within_each_other(zone, staff):
    manifest = parquet.refresh().manifest

    def count(world):
        return world.rows(Membership).count()

    with opened(manifest, staff) as earlier:
        with opened(manifest, manifest.seq) as later:
            assert count(later) == 6
        assert count(earlier) == 7
    with pytest.raises(NotPortable, match="No world is open"):
        count(later)
    with pytest.raises(ValueError, match="lies after"), opened(manifest, manifest.seq + 1):
        pass


def test_each_thread_sees_its_own_world(zone, staff):
    manifest = parquet.refresh().manifest
    both_are_open, found = threading.Barrier(2), {}

    def ask(known):
        with opened(manifest, known) as world:
            both_are_open.wait()
            found[known] = [world.rows(Membership).count() for _time in range(5)]
        connections["columnar"].close()

    threads = [threading.Thread(target=ask, args=[known]) for known in (staff, manifest.seq)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {staff: [7] * 5, manifest.seq: [6] * 5}


def test_moments_come_back_with_their_zone(zone, staff):
    manifest = parquet.refresh().manifest
    with opened(manifest, manifest.seq):
        [here] = Membership.objects.using("columnar").exclude(archived_at=None)
        assert not Membership.objects.using("columnar").filter(archived_at__lt=here.archived_at).exists()
    assert here.archived_at == Membership.objects.get(pk=here.pk).archived_at


@pytest.mark.parametrize("ask", [
    lambda rows: rows.filter(code__contains="M"),
    lambda rows: rows.filter(code__istartswith="m"),
    lambda rows: rows.filter(code__regex="M.*"),
    lambda rows: rows.annotate(x=F("id") / 2),
    lambda rows: rows.annotate(x=F("id") % 2),
    lambda rows: rows.order_by("owner_id").distinct("owner_id"),
    lambda rows: rows.annotate(x=Avg("id")),
    lambda rows: rows.filter(archived_at__year__gt=2020, archived_at__month=2),
])
def test_what_engines_answer_differently_is_refused(zone, ask):
    manifest = parquet.refresh().manifest
    with opened(manifest, manifest.seq) as world, pytest.raises(NotPortable):
        list(ask(world.rows(Membership)))


@pytest.mark.parametrize("sql", [
    "UPDATE x SET y = 1", "COPY x TO 'y'", "SELECT 1; DELETE FROM x", "SELECT a::double precision", "SET x = 1"])
def test_nothing_but_reading(sql):
    with pytest.raises(NotPortable):
        translated(sql, {})


def test_a_name_is_not_a_word_of_the_language():
    assert translated('SELECT "t"."round", "t"."update" FROM "t" WHERE "t"."like" = %s', {}) == (
        'SELECT "t"."round", "t"."update" FROM "t" WHERE "t"."like" = ?')


def test_filters_become_cases():
    sql = 'SELECT SUM("t"."a") FILTER (WHERE ("t"."b" = %s OR ("t"."c"))), COUNT(DISTINCT "t"."d") FILTER (WHERE TRUE) FROM "t"'
    assert translated(sql, {}) == (
        'SELECT SUM(CASE WHEN ("t"."b" = ? OR ("t"."c")) THEN "t"."a" END), COUNT(DISTINCT CASE WHEN TRUE THEN "t"."d" END) FROM "t"')


def taken(register, known: int | None = None) -> World | None:
    there = place(register, World(known))
    if there is None:
        return None
    with there as world:
        return world


def test_small_registers_stay_in_the_database(zone, staff):
    assert taken(Membership) is None
    parquet.refresh()
    assert taken(Membership) is None


def test_large_ones_are_measured_here_once_there_are_files(zone, staff, settings):
    settings.ENGINE_ROWS = 5
    assert taken(Membership) is None
    parquet.refresh()
    assert (taken(Membership), taken(Membership, staff), taken(Role)) == (ColumnarWorld(events.last_seq()), ColumnarWorld(staff), None)


def test_for_today_a_small_gap_is_closed_first_and_a_large_one_is_not(zone, staff, settings):
    settings.ENGINE_ROWS, settings.ENGINE_LAG = 5, 2
    before = parquet.refresh().manifest.seq
    party(zone, "A", "甲")
    assert taken(Membership, before) == ColumnarWorld(before)
    assert parquet.current().seq == before
    assert taken(Membership) == ColumnarWorld(before + 1)
    for code in "BCD":
        party(zone, code, "乙")
    assert taken(Membership) is None
    assert taken(Membership, before + 3) is None
    assert taken(Membership, before) == ColumnarWorld(before)
    settings.ENGINE = "on"
    assert taken(Membership) == ColumnarWorld(before + 4)


def test_files_of_another_database_are_not_used(zone, staff, settings):
    settings.ENGINE_ROWS = 5
    manifest = parquet.refresh().manifest
    parquet.publish(parquet.Manifest(manifest.seq, "0" * 64, manifest.tables))
    assert (taken(Membership), taken(Membership, staff)) == (None, None)


def test_an_installation_can_switch_it_off_or_always_on(zone, settings):
    settings.ENGINE_ROWS = 1
    parquet.refresh()
    settings.ENGINE = "off"
    assert taken(Membership) is None
    settings.ENGINE, settings.ENGINE_ROWS = "on", 1_000_000
    assert taken(Membership) == ColumnarWorld(events.last_seq())


def test_a_full_disk_leaves_the_figure_to_the_database(zone, settings, monkeypatch):
    settings.ENGINE = "on"
    monkeypatch.setattr(parquet, "refresh", lambda: (_ for _ in ()).throw(OSError("no space left")))
    assert taken(Membership) is None


# Trouble


@pytest.fixture
def parties(zone):
    """Return a figure of three parties, which the engine measures."""
    party(zone, "A", "甲")
    party(zone, "B", "乙")
    parquet.refresh()
    return Indicator(code="n", label="数", unit="个", basis="", register=Party, where=lambda period, world: Q())


def files_of(register) -> list:
    """Return the paths of the register's files."""
    return [*(parquet.folder() / register.Version._meta.db_table).glob("*.parquet")]


def change_a_byte(monkeypatch):
    [path] = files_of(Party)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def truncate(monkeypatch):
    [path] = files_of(Party)
    path.write_bytes(path.read_bytes()[:-10])


def truncate_after_a_look(monkeypatch):
    truncate(monkeypatch)
    monkeypatch.setattr(parquet, "is_whole", lambda name, file: True)


def delete(monkeypatch):
    [path] = files_of(Party)
    path.unlink()


def hide_the_manifest(monkeypatch):
    path = parquet.folder() / parquet.MANIFEST
    path.unlink()
    path.mkdir()


def take_the_memory(monkeypatch):
    def execute(*arguments):
        raise duckdb.OutOfMemoryException("failed to allocate")

    monkeypatch.setattr(base.Cursor, "execute", execute)


def write_what_no_file_holds(monkeypatch):
    def grown(*arguments):
        raise pyarrow.ArrowInvalid("too large")

    monkeypatch.setattr(parquet, "_grown", grown)
    party(Party.objects.get(code="ZONE"), "C", "丙")


@pytest.mark.parametrize("mode", [AUTO, ON])
@pytest.mark.parametrize("harm", [
    change_a_byte, truncate, truncate_after_a_look, delete, hide_the_manifest, take_the_memory, write_what_no_file_holds])
def test_no_figure_is_lost_because_the_engine_is(zone, parties, settings, monkeypatch, harm, mode):
    settings.ENGINE, settings.ENGINE_ROWS = mode, 1
    assert parties.figure(H1, scope={zone}).value == 3
    harm(monkeypatch)
    assert parties.figure(H1, scope={zone}).value == Party.objects.count()


def test_a_check_is_told_what_the_engine_cannot_do(zone, parties, monkeypatch):
    take_the_memory(monkeypatch)
    with using(ONLY), pytest.raises(EngineFailed, match="failed to allocate"):
        parties.figure(H1, scope={zone})
    assert ["failed to allocate" in problem for problem in check()["problems"]] == [True]


def test_a_damaged_file_is_not_believed_and_soon_replaced(zone, parties, settings, asked):
    settings.ENGINE_ROWS = 1
    change_a_byte(None)
    assert not parquet.current().belongs()
    settings.ENGINE_LAG = 1  # fewer than it takes to write the file anew
    assert taken(Party) is None
    settings.ENGINE_LAG = 100
    assert taken(Party) == ColumnarWorld(events.last_seq())
    assert parquet.current().belongs()


@pytest.mark.only_on("sqlite")  # other databases refuse the number
def test_a_number_that_only_sqlite_takes_stops_nothing(zone, parties):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_party_version SET row_version = 3000000000")
    assert parquet.refresh(anew=True).rows["kernel_party_version"] == 3


def test_the_name_of_a_folder_above_is_no_column(zone, home, settings):
    settings.HOME = home / "owner_id=7"
    settings.HOME.mkdir()
    number = Indicator(code="n", label="数", unit="个", basis="", register=Party, where=lambda period, world: Q())
    with using(ONLY):
        assert number.figure(H1, scope={zone}).value == 1


def test_a_reader_keeps_its_files_for_a_day_from_when_they_left(zone, parties, home):
    yesterday = files_of(Party)[0].stat().st_mtime - parquet.KEPT - 60
    for path in home.rglob("*.parquet"):
        os.utime(path, (yesterday, yesterday))
    before = parquet.current()
    party(zone, "C", "丙")
    with opened(before, before.seq) as world:
        parquet.refresh()
        assert world.rows(Party).count() == 3
    parquet.publish(before)  # as another process does that has taken its time
    assert parquet.current().belongs()
