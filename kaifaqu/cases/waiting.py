"""What waits for one person among all cases: what he holds, what the office is to do, what his unit is to confirm."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kaifaqu.cases.lifecycle import HALTED_STAGES, Stage
from kaifaqu.cases.models import Case, registers_of_cases
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import User
from kaifaqu.kernel.records import registers

NEVER = date(9999, 12, 31)  # stands behind every due day


class Queue(NamedTuple):
    """One list of what waits: its name in the address and its label."""

    name: str
    label: str | Promise


QUEUES = (
    Queue("held", _("我承办的")), Queue("office", _("等受理、核实或批准")), Queue("back", _("等回访")), Queue("confirm", _("等本单位确认")),
    Queue("overdue", _("超期")), Queue("raised", _("黄牌、红牌和督办")), Queue("halted", _("挂起和长期")), Queue("open", _("全部在办")),
)


class Waiting:
    """The cases of all registers that one person may see, by queue; rights and units are asked once."""

    def __init__(self, user: User):
        self.user = user
        self.units = user.units()
        self.registers = [each for each in registers_of_cases() if user.owners(each.right_to("view"))]

    def condition(self, queue: str, register: type[Case]) -> Q:
        """Return what is in the queue, of the cases that the person may see."""
        office = Q(owner__in=self.user.owners(register.right_to("edit")))
        mine = register.held_by(self.user.pk, self.units)
        own = Q(requester__in=self.user.owners(register.right_to("confirm"))) if register.confirmed else Q(pk__in=[])
        return {
            "held": register.open() & mine, "office": office & register.asked_of_office(), "back": office & Q(stage=Stage.VERIFIED),
            "confirm": own & Q(stage__in=(Stage.RESOLVED, Stage.VERIFIED)), "overdue": register.overdue(clock.now()),
            "raised": register.raised(clock.now()),
            "halted": Q(stage__in=HALTED_STAGES), "open": register.open(),
        }[queue]

    def counts(self, *queues: str) -> dict[str, int]:
        """Return how many cases are in each queue, in one statement that reads each register once."""
        parts = [
            each.objects.visible_to(self.user).order_by().annotate(of=Value(each.register)).values("of").annotate(
                **{name: Count("id", filter=self.condition(name, each)) for name in queues}).values_list(*queues)
            for each in self.registers]
        counted = parts[0].union(*parts[1:], all=True) if parts else []
        return dict(zip(queues, (sum(column) for column in zip(*counted, strict=True)), strict=True)) if parts else dict.fromkeys(queues, 0)

    def keys(self, queue: str) -> QuerySet:
        """Return the register, the number and the due day of every case in the queue, what is due first in front."""
        parts = [
            each.objects.visible_to(self.user).filter(self.condition(queue, each)).order_by().annotate(
                of=Value(each.register), due=Coalesce("resolution_due_on", NEVER)).values_list("of", "id", "due")
            for each in self.registers
        ]
        nothing: Any = User.objects.none().annotate(of=Value(""), due=Value(NEVER)).values_list("of", "id", "due")
        first, *others = parts or [nothing]
        return (first.union(*others, all=True) if others else first).order_by("due", "id")


def rows(keys: list[tuple[str, int, date]]) -> Iterator[Any]:
    """Yield the cases of these keys in their order, each with `is_late`, read in one statement a register."""
    wanted: dict[str, list[int]] = {}
    for name, pk, _due in keys:
        wanted.setdefault(name, []).append(pk)
    found: dict[tuple[str, int], Any] = {}
    for name, pks in wanted.items():
        register: Any = registers()[name]
        asked = register.objects.filter(pk__in=pks).annotate(is_late=register.overdue(clock.now()))
        found |= {(name, each.pk): each for each in asked.select_related("holder", "person")}
    yield from (found[name, pk] for name, pk, _due in keys)
