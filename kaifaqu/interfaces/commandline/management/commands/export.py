"""`kaifaqu export REGISTER`: the records of a register as a file that can be imported again."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from kaifaqu.interfaces.commandline.command import Command as BaseCommand
from kaifaqu.kernel import clock, events
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.records import Record, registers, related
from kaifaqu.kernel.world import World
from kaifaqu.sheets.columns import Column, shown
from kaifaqu.sheets.exporting import FORMATS, export, formats_of

YES, NO = ("是", "True", "true", "1"), ("否", "False", "false", "0")


class Command(BaseCommand):
    """Write the records of a register, today's or those known on an earlier day, to a file."""

    help = "把一本台账的记录导出为文件，可以原样导入。"

    def add_arguments(self, parser) -> None:
        """Take the register, the kind of file, and what the list is narrowed to."""
        parser.add_argument("register", help="台账，如 projects")
        parser.add_argument("--format", choices=[*FORMATS, "geojson"],
                            help="文件格式；默认由文件名的后缀决定，否则为 xlsx；geojson 只用于有边界的台账")
        parser.add_argument("--output", type=Path, metavar="FILE", help="文件；默认为当前文件夹中的「台账_日期」")
        parser.add_argument("--filter", action="append", default=[], metavar="栏目=值",
                            help="只要这一栏为此值的记录，可写多次：stage=在建、enterprise=Q1、historical=否、park=（空）")
        parser.add_argument("--known", help="当时所知：2024-05-14 日终，或事件序号 #120")

    def run(
        self, *, register: str, format: str | None, output: Path | None, filter: list[str], known: str | None, **options: Any,
    ) -> dict[str, Any]:  # fmt: skip
        """Return what was written where; the file appears only when it is whole."""
        if register not in registers():
            raise LookupError(_("没有台账「{register}」。现有：{registers}。").format(
                register=register, registers="、".join(sorted(registers()))))
        model = registers()[register]
        suffix = output.suffix.removeprefix(".").lower() if output else ""
        format = format or (suffix if suffix in formats_of(model) else "xlsx")
        target = output or Path(f"{register}_{clock.today()}.{format}")
        seq = events.known_on(known)
        conditions = [Condition(model, text, World(seq)) for text in filter]
        rows = World(seq).rows(model).order_by("code", "id")
        for condition in conditions:
            rows = rows.filter(**{condition.column.field.attname: condition.value})
        part = target.with_name(f".{target.name}.part")
        try:
            with part.open("wb") as stream:
                told = export(rows, model, SYSTEM, format, stream, filters="，".join(map(str, conditions)), known=seq)
            part.replace(target)
        except OSError as problem:
            raise ValueError(_("不能写入 {file}：{problem}。请换一个文件夹，或检查磁盘空间。").format(
                file=target, problem=problem.strerror)) from None
        finally:
            part.unlink(missing_ok=True)
        return {**asdict(told), "known": seq, "file": str(target)}

    def show(self, answer: dict[str, Any]) -> Iterator[str]:
        """Yield what was written."""
        yield _("{file}：{count} 条，链头 {head}").format(**answer)


class Condition:
    """`column=value`: a column by its name or label, and a value as people write it; nothing after = asks for an empty one."""

    def __init__(self, model: type[Record], text: str, world: World):
        name, equals, value = text.partition("=")
        columns = {each.field.name: each for each in shown(model, owners=True)}
        labels = {str(each.field.verbose_name): each for each in columns.values()}
        column = columns.get(name) or labels.get(name)
        if not equals or column is None or column.is_personal:
            usable = "、".join(name for name, each in columns.items() if not each.is_personal)
            raise ValueError(_("「{text}」：请写「栏目=值」。可用的栏目：{names}。").format(text=text, names=usable))
        self.column: Column = column
        self.text = value
        self.value = self._value(world)

    def __str__(self) -> str:
        return _("{label}：{value}").format(label=self.column.field.verbose_name, value=self.text or _("（空）"))

    def _value(self, world: World) -> Any:
        """Return what the column must hold. Raise ValueError or ValidationError for a value that it cannot hold."""
        field, text = self.column.field, self.text
        if self.column.kind == "reference":
            found = world.rows(related(field)).filter(code=text).values_list("id", flat=True)
            if text and len(found) != 1:
                raise ValueError(_("没有{register}「{code}」，或不止一条。").format(register=related(field)._meta.verbose_name, code=text))
            return found[0] if text else None
        if self.column.kind == "choice":
            values = {str(label): value for value, label in field.flatchoices} | {str(value): value for value, _label in field.flatchoices}
            if text and text not in values:
                labels = "、".join(str(label) for _value, label in field.flatchoices)
                raise ValueError(_("{label}没有「{value}」。可选：{labels}。").format(label=field.verbose_name, value=text, labels=labels))
            return values.get(text, "")
        if self.column.kind == "truth":
            if text not in (*YES, *NO):
                raise ValueError(_("{label}：请写 是 或 否。").format(label=field.verbose_name))
            return text in YES
        if not text and isinstance(field, models.CharField | models.TextField):
            return ""
        return field.to_python(text) if text else None
