"""The dated rules of this room: on which basis the cumulative investment is told, which kinds of works there are,
and how long before its end a reservation is pointed out."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.dated import RuleKind
from kaifaqu.shapes import Choice, Rows, Shape, Whole, Word

DATA = Path(__file__).parent / "data"

INVESTMENT = RuleKind(
    "infrastructure.investment", _("基础设施累计投资口径"), DATA / "investment.json", Shape((
        Choice(path="variant", label=_("口径"), help=_("两种口径不可相互比较。"), choices={
            "contracted": _("按合同价"), "paid": _("按已付款")}),
    )))
WORK_KINDS = RuleKind("infrastructure.work_kinds", _("工程类别"), DATA / "work_kinds.json", Shape((
    Rows(path="kinds", label=_("类别"), key=Word(path="kind", label=_("名称"), help=_("如道路；工程按这个名称登记和分组。")), entry=Shape((
        Word(path="remark", label=_("说明"), optional=True),
    ))),
)))
ENDING = RuleKind("infrastructure.ending", _("要素预留到期提醒"), DATA / "ending.json", Shape((
    Whole(path="days", label=_("提前几天列出"), unit=_("天"), least=1, help=_("要素容量页上的「快到期的预留」。"),
          told=_("到期以前 {value}列出")),
)))
