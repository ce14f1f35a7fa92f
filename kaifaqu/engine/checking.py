"""Whether the files are whole, hold what the database holds, and give its figures."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import Count, Max
from django.utils.translation import gettext as _

from kaifaqu.engine import parquet
from kaifaqu.engine.choice import OFF, ONLY, EngineFailed, using
from kaifaqu.engine.parquet import File, Manifest
from kaifaqu.kernel import clock, events, indicators
from kaifaqu.kernel.access import Party
from kaifaqu.kernel.figures import evaluate
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import registers

OWNERS = 10  # whose figures are compared, taken evenly from all


def check() -> dict[str, Any]:
    """Return seq and hash up to which the files reach, what was looked at (files, rows, figures), and the problems as sentences."""
    manifest = parquet.current()
    told: dict[str, Any] = {"seq": None, "hash": "", "last": events.last_seq(), "files": 0, "rows": 0, "figures": 0, "problems": []}
    if manifest is None:
        told["problems"] = [_("还没有列式文件，请运行 kaifaqu engine refresh。")]
        return told
    told |= {
        "seq": manifest.seq, "hash": manifest.hash, "files": sum(len(table.files) for table in manifest.tables.values()),
        "rows": sum(table.rows for table in manifest.tables.values()),
    }
    lost = [*_broken_files(manifest)]
    if not lost and not manifest.belongs():
        told["problems"] = [_stale(manifest)]
        return told
    problems = lost or [*_missing_rows(manifest)]
    if not problems:
        told["figures"], problems = _different_figures(manifest)
    told["problems"] = problems
    return told


def status() -> tuple[bool, str]:
    """Return whether the engine is as it should be, and its state in a sentence."""
    manifest, last = parquet.current(), events.last_seq()
    if settings.ENGINE == OFF:
        return True, _("未启用（KAIFAQU_ENGINE=off）")
    if manifest is None:
        if last > settings.ENGINE_ROWS:
            return True, _("记录已多，可运行 kaifaqu engine refresh 建立列式文件，大台账的数会算得更快")
        return True, _("没有列式文件；记录不多时不需要")
    try:
        belongs = manifest.belongs()
    except parquet.NotExportable as problem:
        return False, str(problem)
    if not belongs:
        return False, _stale(manifest)
    return True, _("列式文件到事件 #{seq}，共 {last} 个事件").format(seq=manifest.seq, last=last)


def _stale(manifest: Manifest) -> str:
    return _("列式文件（到 #{seq}）与本数据库不符：数据库可能恢复过，台账的栏目已改变，或有文件被删除、损坏。数仍由数据库计算；"
             "服务运行时每小时自动重建，也可运行 kaifaqu engine refresh。").format(seq=manifest.seq)


def _broken_files(manifest: Manifest) -> Iterator[str]:
    for name, table in manifest.tables.items():
        for file in table.files:
            if problem := _broken(name, file):
                yield problem


def _broken(name: str, file: File) -> str:
    path = parquet.folder() / name / file.name
    try:
        whole = parquet.sha256(path) == file.sha256
    except OSError:
        return _("列式文件 {file} 读不到；请运行 kaifaqu engine refresh 重建。").format(file=path)
    return "" if whole else _("列式文件 {file} 的内容与其哈希不符；请运行 kaifaqu engine refresh --anew 重建。").format(file=path)


def _missing_rows(manifest: Manifest) -> Iterator[str]:
    for register in registers().values():
        table = manifest.tables[register.Version._meta.db_table]
        there = register.Version.objects.filter(seq__lte=manifest.seq).aggregate(rows=Count("seq"), last=Max("seq"))
        here = {"rows": table.rows, "last": max((_last_of(register, file) for file in table.files if file.rows), default=None)}
        if here != there:
            yield _("台账「{register}」：数据库有 {there} 个版本（到 #{last}），列式文件有 {here} 个（到 #{end}）；"
                    "请运行 kaifaqu engine refresh --anew 重建。").format(
                register=register._meta.verbose_name, there=there["rows"], last=there["last"], here=here["rows"], end=here["last"])


def _last_of(register: Any, file: File) -> int:
    """Return the greatest seq in the file, as its own statistics say."""
    import pyarrow.parquet

    with pyarrow.parquet.ParquetFile(parquet.folder() / register.Version._meta.db_table / file.name) as read:
        at = read.schema_arrow.get_field_index("seq")
        return max(read.metadata.row_group(n).column(at).statistics.max for n in range(read.metadata.num_row_groups))


def _different_figures(manifest: Manifest) -> tuple[int, list[str]]:
    """Return how many figures were compared, and the problems: the whole catalogue for this year, as known at the manifest's end."""
    owners = sorted(Party.objects.current().values_list("id", flat=True))
    scope = owners[::max(1, len(owners) // OWNERS)][:OWNERS]
    asked = [(definition, Period.parse(str(clock.today().year))) for definition in indicators.catalogue().values()]
    with using(OFF):
        here = evaluate(asked, scope=scope, known=manifest.seq)
    try:
        with using(ONLY):
            there = evaluate(asked, scope=scope, known=manifest.seq)
    except EngineFailed as problem:
        return 0, [_("列式引擎算不出数，现由数据库计算：{problem}").format(problem=problem)]
    return len(asked), [
        _("「{label}」在数据库中是 {there}，在列式文件中是 {here}。").format(
            label=one.indicator.label, there=one.value or one.reason, here=other.value or other.reason)
        for one, other in zip(here, there, strict=True)
        if (one.status, one.value, one.reason) != (other.status, other.value, other.reason)
    ]
