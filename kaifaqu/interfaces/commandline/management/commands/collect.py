"""`kaifaqu collect send|receive|status CODE`: the workbooks of a collection out, the answers in, and where it stands."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from kaifaqu.interfaces.commandline.command import Command as BaseCommand
from kaifaqu.interfaces.commandline.command import person
from kaifaqu.kernel.access import User
from kaifaqu.sheets import answering, collecting, sending
from kaifaqu.sheets.models import Collection, Upload


class Command(BaseCommand):
    """Send out the workbooks of a collection, take in what came back, or say where it stands. Merging is for a person to confirm."""

    help = "收表：send 生成各家的表，receive 收进交回的表，status 查看进度。汇总请在页面上确认。"

    def add_arguments(self, parser) -> None:
        """Take what to do, the collection, and files, a target or the person in whose name it is done."""
        parser.add_argument("what", choices=["send", "receive", "status"])
        parser.add_argument("collection", help="收表编号，如 SB0001")
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="receive：交回的表，可以是 .zip")
        parser.add_argument("--by", required=True, metavar="ACCOUNT", help="经办人账号，权限以此为准")
        parser.add_argument("--output", type=Path, metavar="FILE", help="send：写到这个文件；默认为收表名称")
        parser.add_argument("--forward", action="store_true", help="send：不分单位，生成一张总表")

    def run(
        self, *, what: str, collection: str, files: list[Path], by: str, output: Path | None, forward: bool, **options: Any,
    ) -> dict[str, Any]:  # fmt: skip
        """Return what was done, and where the collection stands now."""
        asking = person(by)
        found = Collection.objects.visible_to(asking).filter(code=collection)
        if len(found) != 1:
            raise LookupError(_("没有收表「{code}」，或 {by} 无权查看。").format(code=collection, by=by))
        told: dict[str, Any] = {}
        if what == "send":
            told = self._send(found[0], asking, output, forward)
        elif what == "receive":
            told = self._receive(found[0], asking, files)
        return {**told, **self._status(found[0])}

    def _send(self, collection: Collection, by: User, output: Path | None, forward: bool) -> dict[str, Any]:
        target = output or Path(f"{sending.plain(collection.name)}.{'xlsx' if forward else 'zip'}")
        part = target.with_name(f".{target.name}.part")
        try:
            with part.open("wb") as stream:
                count = (sending.forward if forward else sending.send)(collection, by, stream)
            part.replace(target)
        except OSError as problem:
            raise ValueError(_("不能写入 {file}：{problem}。请换一个文件夹，或检查磁盘空间。").format(
                file=target, problem=problem.strerror)) from None
        finally:
            part.unlink(missing_ok=True)
        return {"file": str(target), "written": count}

    def _receive(self, collection: Collection, by: User, files: list[Path]) -> dict[str, Any]:
        with ExitStack() as stack:
            try:
                opened = [(path.name, stack.enter_context(path.open("rb"))) for path in files]
            except OSError as problem:
                raise ValueError(_("不能读取 {file}：{problem}。").format(file=problem.filename, problem=problem.strerror)) from None
            told = answering.receive(collection, opened, by)
        answering.check_all(collection, by)
        answers = Upload.objects.filter(pk__in=[each.pk for each in told.answers]).select_related("unit")
        return {"repeated": told.repeated, "not_taken": told.refused, "received": [
            {"file": each.name, "unit": each.unit and each.unit.name, "state": each.state, "problem": each.problem} for each in answers]}

    def _status(self, collection: Collection) -> dict[str, Any]:
        now = collecting.board(collection)
        return {
            "collection": str(collection), "period": collection.period, "counts": now.counts,
            "units": [
                {"unit": line.unit.name, "state": line.state, "label": line.label, "files": [each.name for each in line.answers],
                 "rows": line.counts} for line in now.lines],
            "unmatched": [each.name for each in now.unmatched],
            "refused": [{"file": each.name, "problem": each.problem} for each in now.refused],
        }  # fmt: skip

    def show(self, answer: dict[str, Any]) -> Iterator[str]:
        """Yield what was done, then a line a unit."""
        if "file" in answer:
            yield _("{file}：{count}").format(file=answer["file"], count=answer["written"])
        for name in answer.get("repeated", ()):
            yield _("{file}：以前已经收过").format(file=name)
        yield from answer.get("not_taken", ())
        yield f"{answer['collection']} {answer['period']}".strip()
        for unit in answer["units"]:
            yield f"  {unit['label']}\t{unit['unit']}\t{'、'.join(unit['files'])}"
        for name in answer["unmatched"]:
            yield _("还不知道是哪家交的：{files}。").format(files=name)
        for each in answer["refused"]:
            yield f"{each['file']}：{each['problem']}"
