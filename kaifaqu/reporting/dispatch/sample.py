"""The demo zone's weekly dispatch: one meeting held and signed, with what became of its decisions, and one that is coming."""

from collections.abc import Iterator
from datetime import date, timedelta

from kaifaqu.kernel.access import Party, User
from kaifaqu.registers.meetings.models import Meeting, MeetingPlan, PlanComponent
from kaifaqu.registers.projects.models import Project
from kaifaqu.registers.story import Ref, Scene, moment

OFFICE, LEADER = "projects", "director"
PLAN, COMPONENT, HELD, COMING = "HJ0002", "HZ0005", "HY0020", "HY0021"
BEGUN, SITTING, NEXT = date(2024, 7, 22), date(2024, 7, 29), date(2024, 8, 5)
SLOTS = ((HELD, 30, "2024-07-28", SITTING, "2024-07-31"), (COMING, 31, "2024-08-04", NEXT, "2024-08-07"))  # weeks of the year
DECISIONS = (  # about which project, what is to be done, by whom, until; when it was done, and how
    ("P0011", "核对应支付工程款并补付差额", "DEMO-XM", "2024-07-31", "2024-07-31", "差额已补付，凭证已归档"),
    ("P0020", "报送入库资料", "DEMO-XM", "2024-08-09", "", ""),
    ("P0022", "协调场外道路施工许可", "DEMO-GH", "2024-08-16", "", ""),
)


def scenes() -> Iterator[Scene]:
    """Yield how weekly dispatch began, its first meeting, and what was decided there."""
    yield Scene(moment(BEGUN, 40), OFFICE, "meeting_plans.create", facts={"facts": {
        "code": PLAN, "name": "项目每周调度", "kind": "weekly_dispatch", "year": 2024, "document": "演示开发区〔2024〕9号"}})
    yield Scene(moment(BEGUN, 41), OFFICE, "meeting_components.create", facts={"facts": {
        "code": COMPONENT, "plan": Ref(MeetingPlan, PLAN), "name": "每周调度", "cadence": "weekly", "planned_days": 1, "due_days": 3,
        "agenda": "项目进展\n需要协调的问题", "indicators": "projects.under_construction.count"}})
    for minutes, (code, number, period, planned, due) in enumerate(SLOTS, 42):
        yield Scene(moment(BEGUN, minutes), OFFICE, "meetings.create", facts={"facts": {
            "code": code, "component": Ref(PlanComponent, COMPONENT), "number": number, "period": period, "planned_on": planned,
            "due_on": due}})
    yield from sitting()
    yield from decisions()


def sitting() -> Iterator[Scene]:
    """Yield the first meeting: its agenda on the Friday before, who was there, its minutes and the leader's signature."""
    yield Scene(moment(SITTING - timedelta(days=3), 300), OFFICE, "meetings.draft_agenda", HELD)
    yield Scene(moment(SITTING, 30), OFFICE, "meetings.hold", HELD, {
        "held_on": SITTING, "place": "演示会议室", "chair": Ref(User, LEADER)})
    for minutes, (party, person) in enumerate((("DEMO", LEADER), ("DEMO-XM", OFFICE), ("DEMO-GH", "planning")), 31):
        yield Scene(moment(SITTING, minutes), OFFICE, "attendances.create", facts={"facts": {
            "meeting": Ref(Meeting, HELD), "party": Ref(Party, party), "person": Ref(User, person)}})
    yield Scene(moment(SITTING, 180), OFFICE, "meetings.minute", HELD, {
        "minutes": "演示：听取红灯项目情况，议定三件事，下周会上逐件报告。"})
    yield Scene(moment(SITTING, 240), LEADER, "meetings.sign", HELD)


def decisions() -> Iterator[Scene]:
    """Yield what was decided about which project; one is done and verified, the others are open."""
    for place, (project, title, holder, until, done, result) in enumerate(DECISIONS, 6):
        code = f"YD{place:04d}"
        yield Scene(moment(SITTING, 40 + place), OFFICE, "decisions.create", facts={"facts": {
            "code": code, "meeting": Ref(Meeting, HELD), "project": Ref(Project, project), "title": title,
            "holder": Ref(Party, holder), "opened_on": SITTING, "agreed_on": until, "demand": f"演示：{title}，下次会上报告。"}})
        if done:
            day = date.fromisoformat(done)
            yield Scene(moment(day, 60), OFFICE, "decisions.resolve", code, {"result": f"演示：{result}"})
            yield Scene(moment(day + timedelta(days=1), 60), LEADER, "decisions.verify", code, {"text": "演示：属实"})
