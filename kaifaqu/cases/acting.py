"""What people do with a case: the actions that `provide` gives to a register of cases. Each but a correction leaves a step."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.cases import keeping
from kaifaqu.cases.lifecycle import DONE, HALTED_STAGES, WITH_HOLDER, Stage, lifecycle
from kaifaqu.cases.models import Case, CaseStep, Satisfaction, What, Word, last
from kaifaqu.clocks.clocks import Pause
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import SYSTEM, Party, User
from kaifaqu.kernel.actions import action, plan_correction
from kaifaqu.kernel.commit import Change
from kaifaqu.kernel.records import Record

On = Annotated[date | None, _("日期（不填的为今天）")]
Told = Annotated[str, _("情况说明")]
Basis = Annotated[str, _("法律或文件依据")]
Amount = Annotated[int, _("延长多少（按规定的单位）")]
OFFICE, HOLDER, REQUESTER = ("owner",), ("holder", "owner"), ("requester",)
ANYBODY = ("requester", "holder", "owner")
WORDS = {"confirmed_on", "satisfaction"}  # what a requester writes on a sheet
OWED = [stage for stage in Stage if stage not in (*DONE, *HALTED_STAGES)]


@dataclass(frozen=True)
class Moving:
    """One step that is planned: what happens to the case, who does it, and on which day."""

    case: Any
    by: Any
    what: What
    on: date | None
    text: str = ""

    def plan(self, target: str = "", facts: dict[str, Any] | None = None, **told: Any) -> Iterator[Change]:
        """Plan the case with its new facts, at its new stage where there is one, and the step beside it.

        Raise ValidationError for a day that cannot be, StepRefused where the stage does not permit it.
        """
        case, day, time = self.case, self.day, self.time
        step = type(case).Step(owner_id=case.owner_id)
        described = {"kind": self.what, "on": day, "time": time, "text": self.text, "actor": self.by.code, **told}
        case.pending = [type(case).Step(**described)]
        try:
            if target:
                change = case.lifecycle.plan(case, target, facts=facts or {}, reason=self.text)
            else:
                change = Change(case, facts or {}, reason=self.text)
        finally:
            del case.pending
        yield change
        yield Change(step, {"subject": case, **described})

    @cached_property
    def day(self) -> date:
        """Return the day of the step, by default today. Raise ValidationError for one to come or before the last step."""
        day, today = self.on or clock.today(), clock.today()
        steps = self.case.steps()
        first = max([self.case.opened_on, *(step.on for step in steps)])
        if day > today:
            raise ValidationError(_t("{case}：日期 {day} 还没有到（今天是 {today}）。").format(case=self.case, day=day, today=today))
        if day < first:
            raise ValidationError(_t("{case}：日期 {day} 早于上一次办理的 {first}，请按先后办理。").format(
                case=self.case, day=day, first=first))
        return day

    @cached_property
    def time(self) -> str:
        """Return the time of day where the step is taken today: then it is now."""
        return f"{clock.now().astimezone(clock.ZONE):%H:%M}" if self.day == clock.today() else ""


def demand(case: Any, text: str, asked: str) -> None:
    """Raise ValidationError where nothing is written."""
    if not text.strip():
        raise ValidationError(_t("{case}：请写明{asked}。").format(case=case, asked=asked))


def provide(register: type[Case], step: type[CaseStep]) -> None:
    """Give a register of cases its steps, its actions but those that it goes `without`, and where it has none a table of steps.

    To be called once, beside the two classes.
    """
    register.Step = step
    register.lifecycle = register.lifecycle or lifecycle(register.register, confirmed=register.confirmed)
    for give in (_assigning, _handling, _timing, _checking, *([_answering] if register.confirmed else []), _setting_right):
        give(register)


def _declare(register: type[Case], verb: str, right: str, label: Any, of: tuple[str, ...]) -> Callable[..., Any]:
    if verb in register.without:
        return lambda planned: planned
    return action(f"{register.register}.{verb}", right=register.right_to(right), label=label, on=register, of=of)


def _assigning(register: type[Case]) -> None:
    """The office takes a case in and gives it to somebody, who may give it back."""

    @_declare(register, "accept", "edit", _("受理"), OFFICE)
    def accept(case: Any, *, by: User, version: int, on: On = None, text: Told = "") -> Iterator[Change]:
        return Moving(case, by, What.ACCEPTED, on, text).plan(Stage.ACCEPTED)

    @_declare(register, "assign", "edit", _("交办"), OFFICE)
    def assign(
        case: Any, *, by: User, version: int, holder: Party, person: User | None = None, agreed_on: date | None = None,
        on: On = None, text: Told = "",
    ) -> Iterator[Change]:
        if case.stage in WITH_HOLDER:
            demand(case, text, _t("改派的原因"))
        facts = {"holder": holder, "person": person, "agreed_on": agreed_on or case.agreed_on}
        return Moving(case, by, What.ASSIGNED, on, text).plan(Stage.ASSIGNED, facts, holder=holder)

    @_declare(register, "object", "handle", _("退回改派"), ("holder",))
    def object_(case: Any, *, by: User, version: int, text: Told, on: On = None) -> Iterator[Change]:
        demand(case, text, _t("退回的理由和建议的承办单位"))
        return Moving(case, by, What.OBJECTED, on, text).plan(Stage.ACCEPTED, {"holder": None, "person": None}, holder=case.holder)

    @_declare(register, "refuse", "edit", _("不予受理"), OFFICE)
    def refuse(case: Any, *, by: User, version: int, text: Told, on: On = None) -> Iterator[Change]:
        demand(case, text, _t("不予受理的理由"))
        return Moving(case, by, What.REFUSED, on, text).plan(Stage.REFUSED, {"result": text, "asked": None})


def _handling(register: type[Case]) -> None:
    """The holder answers, reports and is done; anybody concerned may ask how it stands."""

    @_declare(register, "respond", "handle", _("回应"), HOLDER)
    def respond(case: Any, *, by: User, version: int, text: Told, on: On = None) -> Iterator[Change]:
        demand(case, text, _t("答复的内容"))
        move = Moving(case, by, What.RESPONDED, on, text)
        first = {} if case.responded_on else {"responded_on": move.day, "responded_time": move.time}
        return move.plan(Stage.HANDLING, first)

    @_declare(register, "update", "handle", _("记录进展"), HOLDER)
    def update(case: Any, *, by: User, version: int, text: Told, on: On = None) -> Iterator[Change]:
        demand(case, text, _t("有什么进展"))
        _refuse_unless(case, OWED)
        return Moving(case, by, What.UPDATED, on, text).plan()

    @_declare(register, "remind", "remind", _("催办"), ANYBODY)
    def remind(case: Any, *, by: User, version: int, text: Told = "", on: On = None) -> Iterator[Change]:
        _refuse_unless(case, OWED)
        return Moving(case, by, What.REMINDED, on, text).plan()

    @_declare(register, "resolve", "handle", _("办结"), HOLDER)
    def resolve(case: Any, *, by: User, version: int, result: str, on: On = None) -> Iterator[Change]:
        demand(case, result, _t("办理结果"))
        move = Moving(case, by, What.RESOLVED, on, result)
        done = {"resolved_on": move.day, "resolved_time": move.time, "result": result, "asked": None}
        first = {} if case.responded_on else {"responded_on": move.day, "responded_time": move.time}
        return move.plan(Stage.RESOLVED, {**first, **done})


def _timing(register: type[Case]) -> None:
    """Pauses with a reason and a basis, more time that is asked for before expiry, and what cannot be done now."""

    @_declare(register, "pause", "edit", _("挂起"), OFFICE)
    def pause(case: Any, *, by: User, version: int, text: Told, basis: Basis, on: On = None) -> Iterator[Change]:
        move = Moving(case, by, What.PAUSED, on, text)
        Pause(move.day, None, text, basis)  # refuses one without reason or basis
        return move.plan(Stage.SUSPENDED, basis=basis)

    @_declare(register, "resume", "edit", _("恢复办理"), OFFICE)
    def resume(case: Any, *, by: User, version: int, on: On = None, text: Told = "") -> Iterator[Change]:
        return Moving(case, by, What.RESUMED, on, text).plan(Stage.HANDLING)

    @_declare(register, "ask", "handle", _("申请延期"), HOLDER)
    def ask(case: Any, *, by: User, version: int, amount: Amount, text: Told, basis: Basis = "", on: On = None) -> Iterator[Change]:
        demand(case, text, _t("延期的理由"))
        _refuse_unless(case, OWED)
        move = Moving(case, by, What.ASKED, on, text)
        keeping.refuse_extension(case, case.steps(), amount, move.day, basis or text)
        return move.plan(facts={"asked": amount}, amount=amount, basis=basis)

    @_declare(register, "grant", "edit", _("同意延期"), OFFICE)
    def grant(case: Any, *, by: User, version: int, on: On = None, text: Told = "") -> Iterator[Change]:
        asked = _asked(case)
        _refuse_own(case, by, asked, _t("申请延期"))
        told = {"amount": asked.amount, "asked_on": asked.on, "basis": asked.basis or asked.text}
        return Moving(case, by, What.GRANTED, on, text).plan(facts={"asked": None}, **told)

    @_declare(register, "decline", "edit", _("不同意延期"), OFFICE)
    def decline(case: Any, *, by: User, version: int, text: Told, on: On = None) -> Iterator[Change]:
        demand(case, text, _t("不同意的理由"))
        return Moving(case, by, What.DECLINED, on, text).plan(facts={"asked": None}, amount=_asked(case).amount)

    @_declare(register, "put_off", "edit", _("转长期事项"), OFFICE)
    def put_off(case: Any, *, by: User, version: int, text: Told, basis: Basis, on: On = None) -> Iterator[Change]:
        move = Moving(case, by, What.PUT_OFF, on, text)
        Pause(move.day, None, text, basis)
        return move.plan(Stage.LONG_TERM, basis=basis)

    @_declare(register, "take_up", "edit", _("重新办理"), OFFICE)
    def take_up(case: Any, *, by: User, version: int, on: On = None, text: Told = "") -> Iterator[Change]:
        return Moving(case, by, What.TAKEN_UP, on, text).plan(Stage.HANDLING)


def _checking(register: type[Case]) -> None:
    """The office looks whether it is done, sends it back, and opens it again."""

    @_declare(register, "verify", "edit", _("核实"), OFFICE)
    def verify(case: Any, *, by: User, version: int, on: On = None, text: Told = "") -> Iterator[Change]:
        return Moving(case, by, What.VERIFIED, on, text).plan(Stage.VERIFIED if register.confirmed else Stage.CLOSED)

    @_declare(register, "send_back", "edit", _("退回重办"), OFFICE)
    def send_back(case: Any, *, by: User, version: int, text: Told, on: On = None) -> Iterator[Change]:
        demand(case, text, _t("退回的原因"))
        undone = {"resolved_on": None, "resolved_time": ""}
        return Moving(case, by, What.SENT_BACK, on, text).plan(Stage.HANDLING, undone)

    @_declare(register, "reopen", "edit", _("重新交办"), OFFICE)
    def reopen(case: Any, *, by: User, version: int, text: Told, agreed_on: date | None = None, on: On = None) -> Iterator[Change]:
        demand(case, text, _t("重新交办的原因"))
        return Moving(case, by, What.REOPENED, on, text).plan(Stage.ASSIGNED, _anew(case, agreed_on))


def _answering(register: type[Case]) -> None:
    """The requester says whether it is solved, and how satisfied he is; nobody says it for him without a proof."""

    @_declare(register, "confirm", "confirm", _("确认解决"), REQUESTER)
    def confirm(
        case: Any, *, by: User, version: int, satisfaction: Satisfaction, text: Annotated[str, _("评价")] = "", on: On = None,
    ) -> Iterator[Change]:
        return confirmed(case, by, Word.ACCOUNT, satisfaction, text, on)

    @_declare(register, "dispute", "confirm", _("没有解决，重办"), REQUESTER)
    def dispute(case: Any, *, by: User, version: int, text: Told, on: On = None) -> Iterator[Change]:
        return disputed(case, by, text, on)

    @_declare(register, "take_word", "edit", _("记录回访"), OFFICE)
    def take_word(
        case: Any, *, by: User, version: int, word: Word, satisfaction: Satisfaction,
        contact: Annotated[str, _("对方答复人")], text: Annotated[str, _("对方的原话或书面意见")], on: On = None,
    ) -> Iterator[Change]:
        if word not in (Word.SHEET, Word.CALL):
            raise ValidationError(_t("{case}：回访只能记录书面意见或电话答复。").format(case=case))
        demand(case, contact, _t("对方答复人"))
        demand(case, text, _t("对方的原话或书面意见"))
        _refuse_own(case, by, last(case.steps(), What.RESOLVED), _t("办结"))
        return confirmed(case, by, Word(word), satisfaction, text, on, contact=contact)


def confirmed(
    case: Any, by: Any, word: Word, satisfaction: str, text: str, on: date | None, **told: Any
) -> Iterator[Change]:
    """Plan that the requester has said it is solved, and how satisfied he is."""
    move = Moving(case, by, What.CONFIRMED, on, text)
    facts = {"confirmed_on": move.day, "word": word, "satisfaction": satisfaction}
    return move.plan(Stage.CLOSED, facts, **told)


def disputed(case: Any, by: Any, text: str, on: date | None, **told: Any) -> Iterator[Change]:
    """Plan that the requester has said it is not solved: it is done again, and counted."""
    demand(case, text, _t("还有什么没有解决"))
    return Moving(case, by, What.DISPUTED, on, text).plan(Stage.ASSIGNED, _anew(case, None), **told)


def _setting_right(register: type[Case]) -> None:
    """Corrections of what is no step, and what the worker does when a moment has come."""

    @_declare(register, "correct", "edit", _("更正"), OFFICE)
    def correct(case: Any, *, by: User, version: int, facts: dict, reason: str = "") -> Change:
        if case.confirmed and facts.keys() <= WORDS and case.stage in (Stage.RESOLVED, Stage.VERIFIED) and facts.get("satisfaction"):
            return _written_word(case, by, facts, reason)
        stated = [name for name in facts if name in (*case.STATED, "holder") and facts[name] != getattr(case, name)]
        if stated and not case.historical:
            labels = "、".join(str(case._meta.get_field(name).verbose_name) for name in stated)
            raise ValidationError(_t("{case}：「{labels}」由办理动作记录，不能直接更正。请办理交办、回应、办结或由提出单位确认。").format(
                case=case, labels=labels))
        return plan_correction(case, facts, reason=reason)

    provide_recount(register)


def provide_recount(register: type[Record]) -> None:
    """Let the system count anew what a register keeps of its clocks; nobody else does."""

    @action(f"{register.register}.recount", right="", label=_("重新计算期限"), on=register)
    def recount(row: Any, *, by: Any, version: int) -> Change:
        if by is not SYSTEM:
            raise PermissionDenied
        return Change(row, {})


def _written_word(case: Any, by: Any, facts: dict[str, Any], reason: str) -> Change:
    """Return the change that closes a case by what its requester has written on a sheet, which came back as a table."""
    _refuse_own(case, by, last(case.steps(), What.RESOLVED), _t("办结"))
    demand(case, reason, _t("书面意见的来源"))
    told = {"confirmed_on": clock.today(), **facts, "word": Word.SHEET}
    return case.lifecycle.plan(case, Stage.CLOSED, facts=told, reason=reason)


def _anew(case: Any, agreed_on: date | None) -> dict[str, Any]:
    """Return the facts of a case that begins again; the days of before stay in its steps and versions."""
    empty = {"responded_on": None, "responded_time": "", "resolved_on": None, "resolved_time": ""}
    return {**empty, "confirmed_on": None, "word": "", "satisfaction": "", "agreed_on": agreed_on, "reopened": case.reopened + 1}


def _asked(case: Any) -> Any:
    """Return the step that asks for more time and waits for a decision."""
    if case.asked is None:
        raise ValidationError(_t("{case}：没有等待批准的延期申请。").format(case=case))
    return last(case.steps(), What.ASKED)


def _refuse_unless(case: Any, stages: list[Stage]) -> None:
    if case.stage not in stages:
        raise ValidationError(_t("{case}：状态是「{stage}」，现在不在办理。").format(case=case, stage=case.get_stage_display()))


def _refuse_own(case: Any, by: Any, step: Any, what: str) -> None:
    """Raise ValidationError where somebody would decide about what he did himself."""
    if step is not None and by is not SYSTEM and step.actor == by.code:
        raise ValidationError(_t("{case}：「{what}」由本人办理，请由另一人核定。").format(case=case, what=what))
