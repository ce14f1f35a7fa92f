"""The dated rules of this room: how often an enterprise may be visited, and how soon a project should be spoken with."""

from pathlib import Path

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.dated import RuleKind
from kaifaqu.registers.visits.kinds import CHOICES
from kaifaqu.shapes import Choice, Shape, Whole

DATA = Path(__file__).parent / "data"
YES, NO = "yes", "no"

CEILING = RuleKind("visits.ceiling", _("走访上限和免打扰日"), DATA / "ceiling.json", Shape((
    Whole(path="yearly", label=_("每家企业每年至多几次"), unit=_("次"), help=_("各部门合计；不设上限写 0。"),
          told=_("每家企业每年至多 {value}"), none=_("不设每年上限")),
    Whole(path="merge_within_days", label=_("相隔几天以内提示合并"), unit=_("天"), help=_("别的部门也计划走访同一家企业时。"),
          told=_("相隔 {value}以内的走访提示合并")),
    Whole(path="quiet.from_day", label=_("每月免打扰日从几日起"), unit=_("日"), help=_("企业安静生产的日子；不设写 0。"),
          told=_("每月 {value}起免打扰"), none=_("不设每月的免打扰日")),
    Whole(path="quiet.to_day", label=_("每月免打扰日到几日止"), unit=_("日"), help=_("含当日；不设写 0。"),
          told=_("到 {value}止"), none=_("不设")),
    *(Choice(path=f"counted.{kind}", label=format_lazy(_("「{kind}」计入上限"), kind=label), choices={YES: _("计入"), NO: _("不计")},
             help=_("计入的也受免打扰日限制。")) for kind, label in CHOICES),
), ascending=(("quiet.from_day", "quiet.to_day"),)))
CONTACT = RuleKind("visits.contact", _("包联项目联系间隔"), DATA / "contact.json", Shape((
    Whole(path="days", label=_("几天以内应有走访、电话或进展"), unit=_("天"), help=_("在建的包联项目；不设写 0。"),
          told=_("{value}以内应有走访、电话或进展"), none=_("不设联系间隔")),
)))
