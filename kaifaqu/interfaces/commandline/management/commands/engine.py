"""`kaifaqu engine refresh|check`: the Parquet files from which large figures are measured."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from kaifaqu.engine import parquet
from kaifaqu.engine.checking import check
from kaifaqu.interfaces.commandline.command import Command as BaseCommand
from kaifaqu.kernel.records import registers


class Command(BaseCommand):
    """Bring the files up to the last event, or hold them against the database."""

    help = "列式引擎：更新（refresh）或核对（check）大台账的列式文件。"

    def add_arguments(self, parser) -> None:
        """Take what to do."""
        parser.add_argument("what", choices=["refresh", "check"])
        parser.add_argument("--anew", action="store_true", help="（refresh）不用现有文件，全部重写")

    def run(self, *, what: str, anew: bool, **options: Any) -> dict[str, Any]:
        """Return what was written, or what was looked at and the problems. Raise ValueError when nothing can be written."""
        if what == "check":
            return check()
        try:
            done = parquet.refresh(anew=anew)
        except OSError as problem:
            raise ValueError(_("列式文件写不下去，原有文件保持不变：{problem}。请检查磁盘空间和权限。").format(problem=problem)) from None
        names = {register.Version._meta.db_table: name for name, register in registers().items()}
        return {
            "seq": done.manifest.seq, "hash": done.manifest.hash,
            "rows": {names[table]: rows for table, rows in done.rows.items() if rows},
            "rebuilt": sorted(names[table] for table in done.rebuilt),
            "files": sum(len(table.files) for table in done.manifest.tables.values()),
        }

    def show(self, answer: dict[str, Any]) -> Iterator[str]:
        """Yield what was written, or the counts and each problem."""
        if "problems" in answer:
            if answer["seq"] is not None:
                yield (f"核对：文件 {answer['files']}、版本 {answer['rows']}、数 {answer['figures']}；"
                       f"到事件 #{answer['seq']}，共 {answer['last']} 个事件")
            yield from answer["problems"] or ["与数据库一致。"]
            return
        for register, rows in answer["rows"].items():
            yield f"{register}  {rows} 个版本" + ("（重建）" if register in answer["rebuilt"] else "")
        yield f"列式文件到事件 #{answer['seq']}，共 {answer['files']} 个文件。"

    def exit_code(self, answer: dict[str, Any]) -> int:
        """Return 1 when something is wrong."""
        return 1 if answer.get("problems") else 0
