"""`kaifaqu import REGISTER FILE`: a table for a register, looked at first, written wholly or not at all."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from kaifaqu.interfaces.commandline.command import OK, REFUSED, person
from kaifaqu.interfaces.commandline.command import Command as BaseCommand
from kaifaqu.kernel import actions
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.records import Record, field_of, registers
from kaifaqu.pages import trying
from kaifaqu.registers.places import datums
from kaifaqu.sheets import importing
from kaifaqu.sheets.checking import ALIKE, CHANGED, NEW, SAME, WRONG
from kaifaqu.sheets.models import Mapping, Upload, UploadState

KINDS = (NEW, CHANGED, SAME, ALIKE, WRONG)


class Command(BaseCommand):
    """Import a table in the name of a person; where a row is wrong or unsettled, nothing is written and everything is said."""

    help = "把一张表导入台账：先全部检查，有一处不对就什么也不写入，并一次列出全部错误。以经办人的名义和权限办理。"

    def add_arguments(self, parser) -> None:
        """Take the register, the file, the person, and what a person would decide on the page."""
        parser.add_argument("register", help="台账，如 projects")
        parser.add_argument("file", type=Path, metavar="FILE", help=".xlsx、.xls、.ods、.et、.csv、.json、.parquet 或 .geojson")
        parser.add_argument("--by", "--as", required=True, metavar="ACCOUNT", help="经办人账号：每条变更记在此人名下，权限以此人为准")
        parser.add_argument("--owner", metavar="PARTY", help="记录所属单位的编号；经办人只能登记一个单位时可不写")
        parser.add_argument("--reason", default="", help="说明，如「6 月月报」，记入每一条变更")
        parser.add_argument("--datum", choices=[*datums.DATUMS],
                            help="图形的坐标基准，导入 .geojson 时必写；只收 CGCS2000 和 WGS-84 的经纬度")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
        parser.add_argument("--map", action="append", default=[], metavar="表头=栏目", help="这一列是哪一栏，可写多次；「表头=」不读这一列")
        parser.add_argument("--accept", action="store_true", help="采纳全部建议的改法，如 1.2亿 改为 12000")
        parser.add_argument("--confirm", action="store_true", help="与现有记录相似的行，确认就是那条记录")
        parser.add_argument("--errors", type=Path, metavar="FILE", help="有错时，把原表加上「错误说明」一列写到这个 .xlsx")

    def run(
        self, *, register: str, file: Path, by: str, owner: str | None, reason: str, datum: str | None, dry_run: bool,
        map: list[str], accept: bool, confirm: bool, errors: Path | None, **options: Any,
    ) -> dict[str, Any]:  # fmt: skip
        """Return what the table would do or has done, and everything that is wrong with it."""
        model = register_of(register)
        mapping = dict(_pair(model, text) for text in map)
        upload = _received(model, owner, person(by), file, reason, datum)
        try:
            upload.choices |= {"mapping": mapping, "accept": accept}
            importing.check(upload)
            if confirm and upload.found["counts"].get(ALIKE):
                importing.choose(upload, confirmed=[row["record"] for row in importing.rows(upload, ALIKE)])
                importing.check(upload)
            told = _told(upload)
            if errors and told["counts"][WRONG]:
                told["errors"] = _handed_back(upload, errors)
            if model is DatedRule:
                trying.refuse_untried(importing.rows(upload, NEW, CHANGED))
            if told["ready"] and not dry_run and told["counts"][NEW] + told["counts"][CHANGED]:
                told["changeset"] = importing.write(upload, upload.person).code
                Mapping.remember(upload.owner, register, mapping)
        finally:
            if upload.state != UploadState.COMMITTED:  # nobody will come back to it
                shutil.rmtree(upload.folder, ignore_errors=True)
                upload.delete()
        return {"dry_run": dry_run, **told}

    def show(self, answer: dict[str, Any]) -> Iterator[str]:
        """Yield the counts, everything that stands in the way, and what became of it."""
        counts = _("{file}：新增 {new}，变更 {changed}，相同 {same}，待确认 {alike}，有错 {wrong}")
        yield counts.format(file=answer["file"], **answer["counts"])
        if answer["problem"]:
            yield answer["problem"]
        for name in answer["passed"]:
            yield _("工作表「{sheet}」没有读。").format(sheet=name)
        for row in answer["alike"]:
            yield _("{sheet} 第 {row} 行像是 {name}。是同一条请加 --confirm，不是请填写编号。").format(**row).strip()
        for fault in answer["faults"]:
            where = _("{sheet} 第 {row} 行「{heading}」：") if fault["heading"] else _("{sheet} 第 {row} 行：")
            yield where.format(**fault).strip() + fault["message"]
        if answer["errors"]:
            yield _("错误说明已写到 {file}，改好后可直接再导入。").format(file=answer["errors"])
        if answer["changeset"]:
            yield _("已导入，变更批 {changeset}。").format(changeset=answer["changeset"])
        elif not answer["ready"]:
            yield _("什么也没有写入。")
        elif answer["dry_run"]:
            yield _("检查通过，没有写入（--dry-run）。")
        else:
            yield _("与台账完全相同，没有需要写入的。")

    def exit_code(self, answer: dict[str, Any]) -> int:
        """Return 0 for a table that is right, 4 for one that is refused."""
        return OK if answer["ready"] else REFUSED


def register_of(name: str) -> type[Record]:
    """Return the register of this name into which people import. Raise LookupError for any other."""
    usable = {each.register: each for each in registers().values() if each.right_to("import") in actions.registry()}
    if name not in usable:
        raise LookupError(_("没有可导入的台账「{register}」。现有：{registers}。").format(
            register=name, registers="、".join(sorted(usable))))
    return usable[name]


def _pair(model: type[Record], text: str) -> tuple[str, str]:
    """Return a heading with the name of its column, given by name or label; "" for a column that is not read."""
    heading, equals, name = (part.strip() for part in text.rpartition("="))
    names = {column: column for column in ("code", *model.columns)}
    names |= {str(field_of(model, column).verbose_name): column for column in names} | {"": ""}
    if not equals or not heading or name not in names:
        raise ValueError(_("「{text}」：请写「表头=栏目」。可用的栏目：{names}。").format(
            text=text, names="、".join(column for column in dict.fromkeys(names.values()) if column)))
    return heading, names[name]


def _received(model: type[Record], owner: str | None, by: User, file: Path, reason: str, datum: str | None) -> Upload:
    """Return the file as taken in for the owner. Raise ValueError where it cannot be read, or where nobody says for whom."""
    owners = Party.objects.current().filter(pk__in=by.owners(model.right_to("edit")))
    if not owners:
        raise PermissionDenied(_("{by} 没有登记「{register}」的权限（{right}）。").format(
            by=by.code, register=model._meta.verbose_name, right=model.right_to("edit")))
    meant = list(owners.filter(code=owner) if owner else owners)
    if len(meant) != 1:
        raise ValueError(_("请用 --owner 写明所属单位：{codes}。").format(codes="、".join(sorted(each.code for each in owners))))
    try:
        content = file.open("rb")
    except OSError as problem:
        raise ValueError(_("不能读取 {file}：{problem}。").format(file=file, problem=problem.strerror)) from None
    with content:
        if datum or datums.is_asked(file.name, content.read(datums.START)):
            datums.check(datum or "")
            reason = datums.noted(reason, datum or "")
        content.seek(0)
        return importing.receive(model, meant[0], by, file.name, content, reason=reason)


def _told(upload: Upload) -> dict[str, Any]:
    """Return the checked upload as --json tells it."""
    counts = {kind: upload.found["counts"].get(kind, 0) for kind in KINDS}
    return {
        "file": upload.name, "register": upload.register, "owner": upload.owner.code, "counts": counts, "problem": upload.problem,
        "passed": upload.found["passed"], "ready": upload.state == UploadState.CHECKED and not counts[WRONG] + counts[ALIKE],
        "alike": [
            {"sheet": row["sheet"], "row": row["number"], "name": row["name"], "record": row["record"]}
            for row in importing.rows(upload, ALIKE)],
        "faults": [
            {"sheet": row["sheet"], "row": row["number"], **{name: fault[name] for name in ("heading", "value", "message", "suggestion")}}
            for row in importing.rows(upload, WRONG) for fault in row["faults"]],
        "errors": None, "changeset": None,
    }  # fmt: skip


def _handed_back(upload: Upload, target: Path) -> str:
    """Write the workbook with the errors to the file, and return its name."""
    try:
        shutil.copyfile(importing.mark_errors(upload), target)
    except OSError as problem:
        raise ValueError(_("不能写入 {file}：{problem}。请换一个文件夹，或检查磁盘空间。").format(
            file=target, problem=problem.strerror)) from None
    return str(target)
