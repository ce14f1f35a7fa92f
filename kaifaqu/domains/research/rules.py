"""The dated rules of this room: which directions there are, how many people a task of a robot saves, what a diesel vehicle burns."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.dated import RuleKind
from kaifaqu.shapes import Rows, Shape, Whole, Word, Words, Yes

DATA = Path(__file__).parent / "data"
INDUSTRY, RESEARCH = "industry", "research"


def _directions(table: str, label: Words) -> Rows:
    return Rows(path=table, label=label, key=Word(path="direction", label=_("名称")), entry=Shape((
        Yes(path="listed", label=_("现行"), help=_("不再做的方向不勾，原来登记的仍按它分组。")),
        Word(path="remark", label=_("说明"), optional=True))))


DIRECTIONS = RuleKind("research.directions", _("产业方向和科研方向"), DATA / "directions.json", Shape((
    _directions(INDUSTRY, _("产业方向")), _directions(RESEARCH, _("科研方向")))))
PEOPLE_SAVED = RuleKind("research.people_saved", _("机器人任务替代人数"), DATA / "people_saved.json", Shape((
    Rows(path="tasks", label=_("任务种类"), key=Word(path="task", label=_("名称")), entry=Shape((
        Whole(path="people", label=_("一次任务替代几人"), unit=_("人"), told=_("一次替代 {value}")),
        Word(path="remark", label=_("说明"), optional=True)))),
)))
DIESEL = RuleKind("research.diesel", _("柴油车对照系数"), DATA / "diesel.json", Shape((
    Whole(path="litres_per_100_hours", label=_("同类柴油车每百小时耗油"), unit=_("升"), least=1,
          help=_("新能源车辆的工时乘以它，就是同类柴油车要烧的油。"), told=_("同类柴油车每百小时耗油 {value}")),
)))
