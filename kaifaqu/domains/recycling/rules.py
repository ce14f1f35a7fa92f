"""The dated rules of this room: codes of hazardous waste and their exemptions, how long waste may be stored, and the process."""

from datetime import date
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import dated
from kaifaqu.kernel.dated import RuleKind
from kaifaqu.kernel.world import World
from kaifaqu.shapes import Choice, Rows, Shape, Whole, Word, Yes

DATA = Path(__file__).parent / "data"

WASTE_CODES = RuleKind("recycling.waste_codes", _("危险废物代码"), DATA / "waste_codes.json", Shape((
    Rows(path="codes", label=_("代码"), key=Word(path="code", label=_("废物代码"), help=_("如 900-052-31。")), entry=Shape((
        Word(path="category", label=_("废物类别"), help=_("如 HW31。")), Word(path="category_name", label=_("类别名称")),
        Word(path="summary", label=_("废物说明")), Word(path="hazard", label=_("危险特性"), help=_("如 T,C。")),
        Choice(path="relevance", label=_("与拆解的关系"), choices={
            "direct": _("拆解直接产生"), "process": _("厂区作业产生"), "related": _("相关工序产生")}),
        Word(path="item", label=_("常见物品"), optional=True),
    ))),
)))
WASTE_EXEMPTIONS = RuleKind("recycling.waste_exemptions", _("危险废物豁免"), DATA / "waste_exemptions.json", Shape((
    Rows(path="exemptions", label=_("豁免"), key=Word(path="number", label=_("豁免序号")), entry=Shape((
        Word(path="code", label=_("废物代码")), Word(path="item", label=_("豁免的废物")), Word(path="link", label=_("豁免环节")),
        Word(path="condition", label=_("豁免条件")), Word(path="effect", label=_("豁免内容")),
    ))),
)))
WASTE_STORAGE = RuleKind("recycling.waste_storage", _("危险废物贮存期限"), DATA / "waste_storage.json", Shape((
    Whole(path="days", label=_("贮存超过几天列出"), unit=_("天"), least=1, help=_("从入库那天算起。"), told=_("贮存超过 {value}列出")),
)))
PROCESS = RuleKind("recycling.process", _("回收拆解业务流程"), DATA / "process.json", Shape((
    Rows(path="segments", label=_("业务段"), key=Word(path="name", label=_("业务段名称")), entry=Shape((
        Yes(path="used", label=_("采用")),))),
    Rows(path="steps", label=_("拆解加工环节"), key=Word(path="name", label=_("环节名称")), entry=Shape((
        Yes(path="used", label=_("采用")),))),
)))


def waste_codes(owner_id: int, day: date) -> list[str]:
    """Return the codes of hazardous waste that the owner's list of the day has."""
    return [*dated.resolve(WASTE_CODES.code, owner_id, day, World()).content["codes"]]
