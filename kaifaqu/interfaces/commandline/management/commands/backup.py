"""`kaifaqu backup`: one file with everything that this installation knows, verified."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kaifaqu.files import backup
from kaifaqu.interfaces.commandline.command import Command as BaseCommand


class Command(BaseCommand):
    """Take a backup while others go on writing, and read it back; or verify one taken before."""

    help = "备份数据库和附件到一个文件，并读回核对；--verify 核对以前的备份。服务不必停止。"

    def add_arguments(self, parser) -> None:
        """Take the file or folder, and what to do with it."""
        parser.add_argument("path", nargs="?", type=Path, metavar="文件", help="备份文件或存放的文件夹，默认 KAIFAQU_HOME/backups")
        parser.add_argument("--verify", action="store_true", help="只核对这个已有的备份：哈希、事件链、附件")
        parser.add_argument("--unverified", action="store_true", help="备份后不读回核对（以后用 --verify 核对）")

    def run(self, *, path: Path | None, verify: bool, unverified: bool, **options: Any) -> dict[str, Any]:
        """Return what the backup holds and what is wrong with it."""
        if verify and path is None:
            self.fail("请写明要核对的备份文件，例如 kaifaqu backup --verify var/backups/….zip", 2, options["json"])
        done = backup.verify(path) if verify and path else backup.take(path, told(self))
        if not verify and not unverified:
            done = backup.verify(done.path)
        return {"verified": not unverified, **answer(done)}

    def show(self, answer: dict[str, Any]) -> Iterator[str]:
        """Yield where it is and what to write down, then each problem."""
        yield f"备份：{answer['path']}（{answer['size'] / 2**20:.1f} MB），附件 {answer['files']} 个"
        if answer["head"]:
            yield f"链头 {answer['head']}"
        yield f"备份文件 SHA-256 {answer['sha256']}"
        yield from answer["problems"] or ["哈希、事件链和附件都已核对，无问题。" if answer["verified"] else "未读回核对。"]

    def exit_code(self, answer: dict[str, Any]) -> int:
        """Return 1 when something is wrong with the backup."""
        return 1 if answer["problems"] else 0


def answer(done: backup.Backup) -> dict[str, Any]:
    """Return a backup as --json tells it."""
    manifest = done.manifest
    return {
        "path": str(done.path), "sha256": done.sha256, "size": done.path.stat().st_size, "head": done.head,
        "moment": manifest.moment if manifest else "", "version": manifest.version if manifest else "",
        "files": sum(name.startswith(backup.FILES) for name in manifest.entries) if manifest else 0, "problems": done.problems,
    }  # fmt: skip


def told(command: BaseCommand) -> backup.Progress | None:
    """Return what shows the progress on a terminal; in a file or a pipe it would only be in the way."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        command.stderr.write(f"\r{done} / {total}", ending="\n" if done == total else "")

    return show
