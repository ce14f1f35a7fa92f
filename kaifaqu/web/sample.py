"""The demo: an invented zone, and the parties in it, whose people keep their ledgers from February 2022 to the day it stands on."""

import json
from collections.abc import Iterator
from datetime import date
from importlib import resources
from random import Random
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t

from kaifaqu.cases.models import Case, CaseStep
from kaifaqu.domains.attraction import sample as attraction
from kaifaqu.domains.capital import sample as capital
from kaifaqu.domains.college import sample as college
from kaifaqu.domains.company import sample as company
from kaifaqu.domains.infrastructure import sample as infrastructure
from kaifaqu.domains.lowaltitude import sample as lowaltitude
from kaifaqu.domains.minesafety import sample as minesafety
from kaifaqu.domains.outreach import sample as outreach
from kaifaqu.domains.party import sample as party
from kaifaqu.domains.property import sample as parks_run
from kaifaqu.domains.recycling import sample as recycling
from kaifaqu.domains.reforms import sample as reforms
from kaifaqu.domains.research import sample as research
from kaifaqu.domains.subsidies import claims_sample as claims
from kaifaqu.domains.subsidies import examples_sample as examples
from kaifaqu.domains.subsidies import sample as subsidies
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import SYSTEM, Grant, Installation, Party, Role, User
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.fields import PersonalField
from kaifaqu.kernel.founding import begin
from kaifaqu.kernel.records import registers
from kaifaqu.pages import editions
from kaifaqu.pages.editions import DEMO as DEMO_EDITION
from kaifaqu.registers.chains import sample as chains
from kaifaqu.registers.feeds import sample as feeds
from kaifaqu.registers.holdings import sample as holdings
from kaifaqu.registers.issues import sample as issues
from kaifaqu.registers.meetings import sample as meetings
from kaifaqu.registers.organisations import sample as organisations
from kaifaqu.registers.places import sample as places
from kaifaqu.registers.premises import sample as premises
from kaifaqu.registers.projects import sample as projects
from kaifaqu.registers.story import Batch, Ref, Scene, moment, tell
from kaifaqu.registers.targets import sample as targets
from kaifaqu.registers.vehicles import sample as vehicles
from kaifaqu.registers.visits import sample as visits
from kaifaqu.reporting.briefs import sample as briefs
from kaifaqu.reporting.dispatch import sample as dispatch
from kaifaqu.reporting.overview.rules import FIGURES as FIGURES_SHOWN
from kaifaqu.reporting.scoring import sample as scoring
from kaifaqu.reporting.upper import sample as upper
from kaifaqu.web.actions import give_password, move_day
from kaifaqu.web.founding import ROLES, rights_of

DEMO = json.loads(resources.files(__package__).joinpath("data/demo.json").read_text(encoding="utf-8"))
FOUNDED, DAY = date.fromisoformat(DEMO["founded_on"]), date.fromisoformat(DEMO["day"])
ZONE = "DEMO"  # the party whose story is told whole
PASSWORD = "kaifaqu-demo-2024"  # of every demo account; no productive installation has any of them

PARTIES = {  # code: name, party above
    "DEMO-BG": ("综合办公室", "DEMO"),
    "DEMO-XM": ("项目建设服务部", "DEMO"),
    "DEMO-ZS": ("招商部", "DEMO"),
    "DEMO-GH": ("规划建设部", "DEMO"),
    "BUREAU": ("演示县统计局", ""),
    "ENT-0001": ("演示甲一精细化工有限公司", ""),
    "POWER": ("演示县供电公司", ""),
    "DEMO-CY": ("产业发展部", "DEMO"),
    "DEMO-FLY": ("演示通航运营有限公司", ""),
    "DEMO-XY": ("演示通用航空学院", ""),
    "DEMO-YJ": ("演示采掘装备研究院", ""),
    "DEMO-CO": ("演示园区运营有限公司", ""),
    "DEMO-ELV": ("演示再生资源回收有限公司", ""),
    "DEMO-4S": ("演示汽车销售服务有限公司", ""),
    **reforms.PARTIES,
}
FIGURES = ("projects", "leads", "suspensions", "period_classes", "cohorts", "cohort_entries", "rules", "targets")
ADMINISTRATORS = {"security": ("security", 24, ""), "sysadmin": ("system", 25, ""), "audit": ("audit", 26, "")}
PEOPLE = {  # account: role, number of the 演示人员, party of work; "" is the party whose installation this is
    **ADMINISTRATORS,
    "director": ("director", 21, "DEMO"), "projects": ("projects", 22, "DEMO"), "attraction": ("attraction", 23, "DEMO"),
    "bureau": ("bureau", 27, "BUREAU"), "enterprise": ("enterprise", 28, "ENT-0001"),
    "planning": ("department", 29, "DEMO-GH"),
    "industry": ("industry", 30, "DEMO"), "flight": ("flight", 31, "DEMO-FLY"), "college": ("college", 32, "DEMO-XY"),
    "institute": ("institute", 33, "DEMO-YJ"), "company": ("company", 34, "DEMO-CO"), "recycler": ("recycler", 35, "DEMO-ELV"),
    "dealer": ("dealer", 36, "DEMO-4S"),
}
AVIATION = ("lowaltitude", "qualifications", "college", "places", "projects")  # the airport's company and the school count together
LENT = {  # party: the lines of work that it lets the zone look at; of what keeps something of persons, or names it, the figures only
    "DEMO-FLY": AVIATION, "DEMO-XY": AVIATION, "DEMO-YJ": ("research", "minesafety"),
    "DEMO-CO": ("company", "property", "capital", "holdings", "premises", "places"),
    "DEMO-ELV": ("vehicles", "recycling", "subsidies", "outreach", "holdings", "qualifications", "premises", "places"),
}
RULES = {  # kind: content, document with the zone's choice in words
    "projects.rate.signing": ({"variant": "negotiation"}, "演示开发区〔2024〕1号：签约率以曾进入洽谈的线索为分母"),
    "projects.rate.start": ({"variant": "cohort", "grace": 0}, "演示开发区〔2024〕1号：开工率以各期签约一批为分母，不设宽限"),
    "projects.rate.production": (
        {"variant": "cohort", "grace": 0}, "演示开发区〔2024〕1号：投产率以各期开工一批为分母，不设宽限"),
    "projects.rate.full_capacity": (
        {"variant": "value", "grace": 0, "actual": "annualised"},
        "演示开发区〔2024〕1号：达效率为各期投产一批实际年产值（折算全年）与预计年产值之比，不设宽限"),
    "infrastructure.investment": ({"variant": "paid"}, "演示开发区〔2024〕1号：基础设施累计投资以已付款计"),
    FIGURES_SHOWN.code: (
        {"figures": [*FIGURES_SHOWN.shipped().content["figures"], {
            "group": "基础设施", "figure": "infrastructure.sewage.load_rate", "period": "累计"}]},
        "演示开发区〔2024〕1号：总览在随系统发布的指标之外，加看污水处理厂负荷率"),
}


def load(edition: str = DEMO_EDITION) -> list[tuple[str, str, str]]:
    """Load the demo zone on the days of its story, or of its story what one party tells, and return the accounts.

    Raise ValidationError when the installation is not empty, or there is no such edition.
    """
    wanted = editions.find(edition)
    if Installation.objects.exists():
        raise ValidationError(_t("本安装已有数据，演示数据只能载入空的安装。"))
    code, name, name_en = wanted.party
    try:
        clock.set(moment(FOUNDED))
        root = begin(code, name, name_en=name_en, demo=True)
        for scene in employment("security", 0, code):
            scene.play(root, SYSTEM)
        tell(root, scenes() if code == ZONE else own_scenes(code))
        clock.set(moment(DAY))
        _open_accounts(wanted)
    finally:
        clock.release()
    return accounts()


def accounts() -> list[tuple[str, str, str]]:
    """Return the demo accounts that there are: role in words, code, password."""
    there = {*User.objects.current().filter(code__in=PEOPLE).values_list("code", flat=True)}
    return [(ROLES[role]["name"], account, PASSWORD) for account, (role, _number, _party) in PEOPLE.items() if account in there]


def scenes() -> Iterator[Scene | Batch]:
    """Yield the whole story."""
    yield from employment("sysadmin", 10, ZONE)
    yield from parties()
    for account in (each for each in PEOPLE if each not in ("security", "sysadmin")):
        yield from employment(account, 60, ZONE)
    yield from others()
    yield from organisations.scenes()
    yield from places.scenes()
    yield from rules()
    yield from targets.scenes()
    yield from chains.scenes()
    yield from projects.scenes(Random(DEMO["seed"]))
    yield from premises.scenes()
    yield from infrastructure.scenes()
    yield from attraction.scenes()
    yield from feeds.scenes(Random(DEMO["seed"]))
    yield from learning()
    yield from reforms.scenes()
    yield from issues.scenes()
    yield from meetings.scenes()
    yield from visits.scenes(Random(DEMO["seed"]))
    yield from dispatch.scenes()
    yield from briefs.scenes()
    yield from upper.scenes()
    yield from scoring.scenes()
    yield from of_parties()
    yield from lent()
    yield from parks_run.by_account()


def of_parties() -> Iterator[Scene | Batch]:
    """Yield what the parties in the zone tell of themselves, each of its own ledger."""
    yield from lowaltitude.scenes()
    yield from college.scenes(DEMO["seed"])
    yield from research.scenes()
    yield from minesafety.scenes()
    yield from holdings.scenes()
    yield from company.scenes(Random(DEMO["seed"]))
    yield from parks_run.scenes(Random(DEMO["seed"]))
    yield from capital.scenes()
    yield from vehicles.scenes()
    yield from recycling.scenes()
    yield from subsidies.scenes()
    yield from claims.scenes()
    yield from outreach.scenes()
    yield from examples.scenes()


def own_scenes(party: str) -> Iterator[Scene | Batch]:
    """Yield what one party tells of its own ledger, on an installation of its own."""
    yield from employment("sysadmin", 10, party)
    for account in (each for each, (_role, _number, at) in PEOPLE.items() if at == party or each == "audit"):
        yield from employment(account, 60, party)
    for each in of_parties():
        if each.owner == party:
            yield each


def entry(day: date, minutes: int, by: str, register: str, **facts: Any) -> Scene:
    """Return the entry of one record."""
    return Scene(moment(day, minutes), by, f"{register}.create", facts={"facts": facts})


def employment(account: str, minutes: int, home: str) -> Iterator[Scene]:
    """Yield how somebody gets an account, with a role in the party of work, by default that whose installation it is."""
    role, number, party = PEOPLE[account]
    yield entry(FOUNDED, minutes, "security", "roles", code=role, name=ROLES[role]["name"], rights=rights_of(role))
    yield entry(FOUNDED, minutes, "security", "users", code=account, name=f"演示人员 {number:03d}")
    yield entry(
        FOUNDED, minutes, "security", "memberships", user=Ref(User, account), party=Ref(Party, party or home),
        role=Ref(Role, role), since=FOUNDED)


def parties() -> Iterator[Scene]:
    """Yield the zone's departments and the two parties outside it."""
    for code, (name, above) in PARTIES.items():
        yield entry(FOUNDED, 30, "sysadmin", "parties", code=code, name=name, parent=Ref(Party, above) if above else None)


def others() -> Iterator[Scene]:
    """Yield people who are named but do not sign in, the bureau's grants, and the party of an enterprise's account."""
    for number in range(1, projects.LEADERS + projects.SPECIALISTS + 1):
        yield entry(FOUNDED, 90, "security", "users", code=f"person{number:03d}", name=f"演示人员 {number:03d}")
    for register in FIGURES:
        yield entry(
            date(2024, 1, 10), 0, "security", "grants", receiver=Ref(Party, "BUREAU"), right=f"{register}.figures",
            purpose="与固定资产投资统计核对数字", since="2024-01-10")
    yield entry(
        date(2024, 1, 10), 0, "security", "grants", receiver=Ref(Party, "ENT-0001"), right="issues.report",
        purpose="由企业账户提出难点堵点", since="2024-01-10")
    yield entry(
        date(2024, 1, 10), 1, "security", "grants", receiver=Ref(Party, "BUREAU"), right="enterprises.view",
        purpose="联合走访", since="2024-01-10")
    yield Scene(moment(date(2024, 1, 11)), "projects", "enterprises.correct", "Q0001", {
        "facts": {"party": Ref(Party, "ENT-0001")},
    })
    yield Scene(moment(date(2024, 1, 11)), "recycler", "enterprises.correct", outreach.WITH_ACCOUNT, {
        "facts": {"party": Ref(Party, "DEMO-4S")},
    }, "DEMO-ELV")


def lent() -> Iterator[Scene | Batch]:
    """Yield what each party lets the zone see of its ledgers: the security administrator grants it in the party's name."""
    day = date(2024, 1, 12)
    for lender, rooms in LENT.items():
        shown = ["enterprises", *(name for name, each in registers().items() if each._meta.app_label in rooms)]
        rights = [f"{name}.{'figures' if _has_people(name) else 'view'}" for name in shown if not issubclass(registers()[name], CaseStep)]
        yield entry(
            day, 0, "security", "memberships", user=Ref(User, "security"), party=Ref(Party, lender), role=Ref(Role, "security"), since=day)
        yield Batch(moment(date(2024, 1, 15)), "security", Grant, [
            {"receiver": Ref(Party, ZONE), "right": right, "purpose": "掌握运行情况", "since": day} for right in rights], owner=lender)


def _has_people(register: str) -> bool:
    """Tell whether the register keeps something of persons, names by a key a record that does, or has steps that say who spoke."""
    own = registers()[register]
    return issubclass(own, Case) or any(map(_is_of_people, (own, *(each.related_model for each in _keys(register)))))


def _keys(register: str) -> Iterator[Any]:
    yield from (each for each in registers()[register]._meta.concrete_fields if each.many_to_one)


def _is_of_people(register: type[Any]) -> bool:
    """Tell whether it has personal facts, other than whom to call at an enterprise, and of whom has an account here."""
    has = any(isinstance(each, PersonalField) for each in register._meta.concrete_fields)
    return has and register.register not in ("enterprises", "users")


def learning() -> Iterator[Scene]:
    """Yield that the director is the branch's secretary as well, and what the branches learned."""
    role, day = "secretary", date(2024, 1, 10)
    yield entry(day, 5, "security", "roles", code=role, name=ROLES[role]["name"], rights=rights_of(role))
    yield entry(
        day, 6, "security", "memberships", user=Ref(User, "director"), party=Ref(Party, "DEMO"), role=Ref(Role, role), since=day)
    yield from party.scenes("director")


def rules() -> Iterator[Scene]:
    """Yield the zone's own rules for 2024."""
    for kind, (content, document) in RULES.items():
        yield entry(
            date(2024, 1, 10), 0, "projects", "rules", kind=kind, since="2024-01-01", published_on="2024-01-10",
            source_document=document, content=json.dumps(content))


def _open_accounts(edition: editions.Edition) -> None:
    """Give every account the demo's password, choose the edition, and let the demo stand on its day."""
    security, sysadmin = (User.objects.get_by_natural_key(code) for code in ("security", "sysadmin"))
    for account in User.objects.current().filter(code__in=PEOPLE).order_by("id"):
        give_password(account, PASSWORD, by=security)
    installation = Installation.objects.select_related("owner").get()
    commit([editions.choose(installation.owner, by=sysadmin, edition=edition.code)], by=sysadmin)
    commit([move_day(installation, by=sysadmin, version=installation.row_version, demo_day=DAY)], by=sysadmin)
