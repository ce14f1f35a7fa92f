"""`kaifaqu restore`: a backup in the place of this installation's database and files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kaifaqu.files import backup
from kaifaqu.interfaces.commandline.command import Command as BaseCommand
from kaifaqu.interfaces.commandline.management.commands.backup import answer as as_json
from kaifaqu.interfaces.commandline.management.commands.backup import told


class Command(BaseCommand):
    """Restore a backup, after verifying all of it; on any failure the installation stays as it was."""

    help = "从备份恢复数据库和附件：先核对全部内容；有任何问题，本安装保持原样。"

    def add_arguments(self, parser) -> None:
        """Take the backup, and whether it may replace an installation that holds records."""
        parser.add_argument("path", type=Path, metavar="文件", help="备份文件")
        parser.add_argument("--replace", action="store_true", help="替换已有记录的安装；替换前先备份现有内容")

    def run(self, *, path: Path, replace: bool, **options: Any) -> dict[str, Any]:
        """Return what was restored, and where the backup of the replaced installation is."""
        done = backup.restore(path, replace=replace, progress=told(self))
        return {**as_json(done.backup), "saved": as_json(done.saved) if done.saved else None, "again": done.again}

    def show(self, answer: dict[str, Any]) -> Iterator[str]:
        """Yield what was restored, up to which event, and where the replaced installation is kept."""
        yield f"已恢复到 {answer['moment'][:16].replace('T', ' ')} 的备份：{answer['path']}，附件 {answer['files']} 个"
        yield f"链头 {answer['head']}；事件链、记录和附件都已核对。"
        if answer["saved"]:
            yield f"替换前的内容已备份：{answer['saved']['path']}（链头 {answer['saved']['head']}）"
        yield from answer["problems"]
        if answer["again"]:
            yield answer["again"]
        yield "登录状态不在备份中，请所有人重新登录。"

    def exit_code(self, answer: dict[str, Any]) -> int:
        """Return 1 when the backup was taken after files had been lost."""
        return 1 if answer["problems"] else 0
