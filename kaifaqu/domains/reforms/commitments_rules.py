"""The dated rule of commitments: how long they are publicised, which documents belong to them, when they are checked."""

import json
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from kaifaqu.clocks.calendar import Calendar
from kaifaqu.clocks.clocks import Rule, Unit, due
from kaifaqu.kernel import dated
from kaifaqu.kernel.dated import RuleKind
from kaifaqu.kernel.world import World
from kaifaqu.registers.labels import labelled
from kaifaqu.shapes import Choice, Rows, Shape, Whole, Word

DATA = Path(__file__).parent / "data"
LISTED = json.loads(resources.files(__package__).joinpath("data/commitment_items.json").read_text(encoding="utf-8"))["items"]
ITEMS = [(each["value"], labelled(each)) for each in LISTED]
OTHER = "other"
DOCUMENTS = {"notified": _("告知"), "signed": _("承诺"), "approved": _("批复")}
UNITS = {Unit.CALENDAR_DAY: _("日"), Unit.WORKING_DAY: _("个工作日")}

COMMITMENT = RuleKind("reforms.commitment", _("承诺制办理"), DATA / "commitment.json", Shape((
    Whole(path="publicity.days", label=_("公示时间"), least=1, most=365, help=_("公示之日的次日起算。")),
    Choice(path="publicity.unit", label=_("公示时间按什么算"), choices=UNITS),
    Rows(path="documents", label=_("文书"), key=Choice(path="step", label=_("用在哪一步"), choices=DOCUMENTS),
         help=_("办到这一步时要写明名称和文号的文书。"), entry=Shape((Word(path="label", label=_("文书名称")),))),
    Whole(path="verify_days", label=_("批复后几日内核查"), unit=_("日"), least=1, most=3650,
          help=_("办理批复时没有另写核查期限的，照此计算。")),
    Rows(path="items", label=_("可以承诺的事项"), key=Choice(path="item", label=_("事项"), choices=dict(ITEMS)),
         help=_("没有写在这里的事项不能按承诺制办理。"),
         entry=Shape((Whole(path="check_days", label=_("批复后几日内检查"), unit=_("日"), least=1, most=3650),))),
)))  # fmt: skip


def held(owner_id: int, on: date) -> dict[str, Any]:
    """Return the content of the owner's rule of the day."""
    return dated.resolve(COMMITMENT.code, owner_id, on, World()).content


def publicity_end(owner_id: int, on: date) -> date:
    """Return the last day of a publicity that begins on the day, counted by the owner's rule and calendar."""
    publicity = held(owner_id, on)["publicity"]
    ends = due(Rule(publicity["days"], Unit(publicity["unit"])), on, Calendar.of(owner_id, on, World())).at
    assert isinstance(ends, date)  # days are counted, without a pause
    return ends
