"""`kaifaqu doctor`: whether this installation is well."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import run_checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from kaifaqu.clocks.calendar import Calendar, lacking
from kaifaqu.engine import checking
from kaifaqu.files import backup, store
from kaifaqu.files.erasing import named
from kaifaqu.files.models import Attachment
from kaifaqu.interfaces.commandline.command import Command as BaseCommand
from kaifaqu.kernel import audit, clock, guard, indicators
from kaifaqu.kernel.access import Installation
from kaifaqu.kernel.commit import scrub
from kaifaqu.kernel.events import Event
from kaifaqu.kernel.records import registers
from kaifaqu.kernel.world import World
from kaifaqu.pages.calendars import missing


class Command(BaseCommand):
    """Check settings, database, clock, definitions, pointers and chain."""

    help = "检查本安装：设置、数据库、时钟、定义、指向和事件链。"

    def run(self, **options: Any) -> list[dict[str, Any]]:
        """Return each finding: what was looked at, whether it is well, and the words."""
        return [{"check": name, "well": well, "detail": detail} for name, well, detail in self._look()]

    def _look(self) -> Iterator[tuple[str, bool, str]]:
        problems = [str(each.msg) for each in run_checks()]
        yield _("系统检查"), not problems, "；".join(problems) or _("无问题")
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        yield _("数据库结构"), not waiting, (
            _("{count} 个迁移未执行，请运行 start.py setup").format(count=len(waiting)) if waiting else _("最新"))
        if waiting:
            return
        yield _("数据库"), *self._database()
        installation = Installation.objects.first()
        yield _("安装"), installation is not None, _("未建立，请运行 start.py setup") if installation is None else str(installation.owner)
        yield _("时钟"), True, f"{clock.now():%Y-%m-%d %H:%M}" + (_("（演示日期，可移动）") if installation and installation.demo else "")
        yield _("工作日历"), *self._calendar(installation)
        yield _("主机名"), settings.ALLOWED_HOSTS != ["*"], "、".join(settings.ALLOWED_HOSTS)
        parts = {part: definition for definition in indicators.catalogue().values() for part in definition.parts()}
        broken = []
        for part, definition in parts.items():
            try:
                for by in (None, *definition.by):
                    guard.registers_read(part, by)
            except TypeError as problem:
                broken.append(str(problem))
        yield _("指标定义"), not broken, (
            "；".join(broken) or _("{count} 个，只读取各自的世界").format(count=len(indicators.catalogue())))
        labels = {register._meta.label_lower for register in registers().values()}
        lost = set(Event.objects.values_list("subject", flat=True).distinct()) - labels
        yield _("事件指向"), not lost, _("没有这些台账：{names}").format(names="、".join(sorted(lost))) if lost else _("都能找到")
        yield _("列式引擎"), *checking.status()
        yield _("个人信息"), scrub(), _("删除的内容已不在数据库文件和文件库中；若为「坏」，请在无人使用时再运行一次")
        yield _("附件"), *self._files()
        copies = backup.unfinished()
        yield _("未完成的副本"), not copies, (
            _("若没有备份、恢复或上传正在进行，请删除：{paths}（满一天的，下次备份、恢复或上传时自动删除）").format(
                paths="、".join(map(str, copies))) if copies else _("没有"))
        result = audit.verify()
        yield _("事件链"), not result.problems, (
            "；".join(result.problems[:3]) or _("{count} 个事件相接，链头 {head}").format(count=result.events, head=result.head))

    def _database(self) -> tuple[bool, str]:
        if connection.vendor != "sqlite":
            return True, connection.vendor
        with connection.cursor() as cursor:
            found = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "secure_delete")}
        well = found["journal_mode"] == "wal" and found["synchronous"] == 2 and bool(found["secure_delete"])
        return well, "SQLite " + "、".join(f"{name}={value}" for name, value in found.items())

    def _calendar(self, installation: Installation | None) -> tuple[bool, str]:
        """Return whether this year is laid down for the installation's owner; that next year is not yet is no fault."""
        today, world = clock.today(), World()
        if installation is None:
            return True, "—"
        years = lacking(installation.owner_id, today, world)
        last = max(Calendar.of(installation.owner_id, today, world).years)
        return today.year not in years, " ".join(map(missing, years)) or _("录入到 {year} 年").format(year=last)

    def _files(self) -> tuple[bool, str]:
        stored = set(named().values_list("sha256", flat=True))  # those taken off, too: what was known can be opened
        broken = sorted(sha256 for sha256 in stored if not store.verify(sha256))
        if not broken:
            return True, _("{count} 个文件都在文件库里，内容与哈希相符").format(count=len(stored))
        attachments = Attachment.objects.filter(sha256__in=broken[:3]).order_by("id")[:3]
        return False, _("{count} 个文件缺少或已损坏，请从备份恢复：{codes}").format(
            count=len(broken), codes="、".join(each.code for each in attachments))

    def show(self, answer: list[dict[str, Any]]) -> Iterator[str]:
        """Yield a line a check."""
        for each in answer:
            yield f"{'好' if each['well'] else '坏'}  {each['check']}：{each['detail']}"

    def exit_code(self, answer: list[dict[str, Any]]) -> int:
        """Return 1 when something is not well."""
        return 0 if all(each["well"] for each in answer) else 1
