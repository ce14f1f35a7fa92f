"""The demo zone's ledgers of party branches: a few invented sessions and days at the grass roots."""

from collections.abc import Iterator
from datetime import date

from kaifaqu.domains.party.models import GrassrootsActivity, Matter, Mode, StudySession
from kaifaqu.kernel.access import Party
from kaifaqu.registers.story import Ref, Scene, moment

SESSIONS = (  # day, mode, branch, topic, how many came
    (date(2024, 3, 12), Mode.GATHERED, "DEMO-XM", "全国两会精神学习", 18),
    (date(2024, 4, 9), Mode.LED, "DEMO-ZS", "优化营商环境条例领读", 11),
    (date(2024, 5, 17), Mode.PARTY_DAY, "DEMO-XM", "到园区企业问需的主题党日", 16),
    (date(2024, 6, 20), Mode.PLATFORM, "DEMO-GH", "安全生产月线上自学", 9),
    (date(2024, 7, 23), Mode.GATHERED, "DEMO-XM", "项目建设业务学习", 19),
)
VISITED = (  # day, matter, branch, place, how many went
    (date(2024, 3, 20), Matter.POLICY, "DEMO-XM", "演示园区企业服务站", 6),
    (date(2024, 5, 9), Matter.RESEARCH, "DEMO-ZS", "演示精细化工园", 4),
    (date(2024, 6, 27), Matter.OFFICE, "DEMO-GH", "演示标准化厂房工地", 5),
)


def scenes(by: str) -> Iterator[Scene]:
    """Yield the entry of each session and of each day at the grass roots by the branch's secretary, on its day."""
    for number, (day, mode, branch, topic, attendance) in enumerate(SESSIONS, 1):
        yield Scene(moment(day, 400), by, StudySession.right_to("create"), facts={"facts": {
            "code": f"XX{number:04d}", "held_on": day, "mode": mode, "branch": Ref(Party, branch), "topic": topic, "attendance": attendance,
        }})
    for number, (day, matter, branch, place, attendance) in enumerate(VISITED, 1):
        yield Scene(moment(day, 410), by, GrassrootsActivity.right_to("create"), facts={"facts": {
            "code": f"XJ{number:04d}", "held_on": day, "matter": matter, "branch": Ref(Party, branch), "place": place,
            "attendance": attendance,
        }})
