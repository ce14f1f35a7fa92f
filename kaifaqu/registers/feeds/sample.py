"""The demo zone's feeds: one well, one beyond its limit, one dead since July."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from kaifaqu.registers.feeds.models import Cadence, Feed
from kaifaqu.registers.story import Ref, Scene, moment

BEGUN, DAY = date(2024, 7, 1), date(2024, 8, 5)
EARLY = -30  # minutes after nine: on the day on which the demo stands, before its accounts open
FEEDS: dict[str, dict[str, Any]] = {
    "SJ0001": {"name": "园区供水总表", "measures": "日供水量", "unit": "立方米", "every": Cadence.DAILY,
               "high": "10000", "limit_basis": "供水协议约定的每日上限 1 万立方米（虚构）"},
    "SJ0002": {"name": "污水处理厂出水", "measures": "出水化学需氧量", "unit": "毫克/升", "every": Cadence.DAILY,
               "high": "50", "limit_basis": "《城镇污水处理厂污染物排放标准》（GB 18918-2002）一级 A 标准"},
    "SJ0003": {"name": "标准厂房总水表", "measures": "周用水量", "unit": "立方米", "every": Cadence.WEEKLY},
}  # fmt: skip


def scenes(chance: Random) -> Iterator[Scene]:
    """Yield the feeds, their readings day by day, and what became of the warnings."""
    for code, facts in FEEDS.items():
        yield entry(BEGUN, 300, "feeds", code=code, **facts)
    for at in range(8):
        day = DAY - timedelta(days=7 - at)
        yield reading("SJ0001", day, str(7200 + chance.randrange(900)))
        yield reading("SJ0002", day, "56.4" if day == date(2024, 7, 30) else "53.2" if day == DAY else str(31 + chance.randrange(14)))
    for week in range(3):
        yield reading("SJ0003", date(2024, 7, 1) + timedelta(days=7 * week), str(1500 + chance.randrange(300)))
    yield Scene(moment(date(2024, 7, 30), 330), "projects", "alerts.look")
    yield Scene(moment(date(2024, 8, 1), 330), "projects", "alerts.close", "YJ0001", {"outcome": "已请污水处理厂复测，次日恢复达标"})
    yield Scene(moment(DAY, EARLY + 1), "projects", "alerts.look")


def reading(feed: str, day: date, value: str) -> Scene:
    """Return the entry of a reading on its day."""
    return entry(day, 310 if day < DAY else EARLY, "readings", code=f"DS{feed[-2:]}{day:%m%d}", feed=Ref(Feed, feed), day=day, value=value)


def entry(on: date, minutes: int, register: str, /, **facts: Any) -> Scene:
    """Return the entry of one record by the project office."""
    return Scene(moment(on, minutes), "projects", f"{register}.create", facts={"facts": facts})
