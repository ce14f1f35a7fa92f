"""The demo zone's chains: the one in focus with its segments, what feeds what, the firms that are there and those that are aimed at,
and the chain of high-end equipment, which the institute leads, with what is to be done along it.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from kaifaqu.kernel.access import Party, User
from kaifaqu.registers.chains.models import Chain, ChainNode
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.organisations.sample import wrong_credit_code
from kaifaqu.registers.story import Ref, Scene, moment

BEGUN, BY = date(2022, 2, 24), "attraction"
CHAIN = "LT0001"
NODES = (  # code, name, position, what is wanted
    ("LH0001", "固废收集分选", "1", ""),
    ("LH0002", "再生资源利用", "2", "strengthen"),
    ("LH0003", "环保装备制造", "2", "strengthen"),
    ("LH0004", "水处理提标改造", "2", "fill"),
    ("LH0005", "绿色食品加工", "3", "extend"),
    ("LH0006", "清洁燃料添加剂", "2", "fill"),
    ("LH0007", "循环包装托盘", "3", "fill"),
    ("LH0008", "环保精细化学品", "1", "strengthen"),
    ("LH0009", "过滤催化材料", "1", "fill"),
    ("LH0010", "环境监测服务", "3", "extend"),
)
LINKS = (  # the last two digits of the segment that feeds, and of the one that is fed
    "0102", "0107", "0205", "0803", "0806", "0903", "0304", "0310", "0410",
)
PRESENT = (  # segment, enterprise, since, whether it is the anchor
    ("LH0001", "Q0008", date(2022, 7, 25), False), ("LH0002", "Q0015", date(2024, 1, 16), False),
    ("LH0003", "Q0009", date(2022, 7, 28), True), ("LH0005", "Q0002", BEGUN, False), ("LH0008", "Q0028", date(2024, 4, 11), False),
)
TARGETS = (  # segment, name of a firm that is aimed at
    ("LH0009", "演示外地甲膜材料公司"), ("LH0009", "演示外地乙催化剂公司"), ("LH0010", "演示外地丙环境监测公司"),
    ("LH0004", "演示外地丁水务公司"),
)
SUPPLIES = (  # buyer, segment, product, supplier on record or its name, 万元
    ("Q0009", "LH0008", "防腐涂料", "Q0020", "860"), ("Q0009", "LH0003", "钢结构件", "Q0022", "1340"),
    ("Q0009", "LH0009", "过滤元件", "演示外地甲膜材料公司", "1750"), ("Q0002", "LH0007", "周转托盘", "演示外地戊包装公司", "250"),
)
EQUIPMENT, LED = "LT0002", date(2023, 3, 15)
EQUIPMENT_NODES = (
    ("LH0011", "电控和零部件", "1", "fill"), ("LH0012", "采掘装备制造", "2", "strengthen"), ("LH0013", "运维和检测服务", "3", "extend"))
EQUIPMENT_SUPPLIES = (("电控箱", "Q3002", "900"), ("截割电机", "演示外地己电机公司", "600"))
EQUIPMENT_FIRMS = (("Q3001", "演示采掘装备研究院", "LH0012", True), ("Q3002", "演示电控部件有限公司", "LH0011", False))
TASKS = (  # what, kind, mode, role, firm, due, done
    ("本地电控箱替代外购", "fill", "chain", "control", "Q3002", date(2024, 12, 31), None),
    ("快速掘进系统联合攻关", "joint", "fusion", "innovation", "Q3001", date(2024, 10, 31), None),
    ("人员接近防护系统试用", "strengthen", "cluster", "safety", "Q3001", date(2024, 6, 30), date(2024, 6, 20)),
)


def scenes() -> Iterator[Scene]:
    """Yield everything that happened to the chains."""
    yield from _in_focus()
    yield from _of_equipment()


def _of_equipment() -> Iterator[Scene]:
    yield entry(LED, 5, "chains", code=EQUIPMENT, name="高端装备制造", lead_unit=Ref(Party, "DEMO-CY"),
                document="演示开发区〔2023〕6号：产业链链主")
    for number, (code, name, position, wanted) in enumerate(EQUIPMENT_NODES):
        yield entry(LED, 6 + number, "chain_nodes", code=code, chain=Ref(Chain, EQUIPMENT), name=name, position=position, wanted=wanted)
    for number, pair in enumerate((("LH0011", "LH0012"), ("LH0012", "LH0013"))):
        feeder, fed = (Ref(ChainNode, code) for code in pair)
        yield entry(LED, 10 + number, "chain_links", feeder=feeder, fed=fed)
    for number, (code, name, node, anchor) in enumerate(EQUIPMENT_FIRMS):
        yield entry(LED, 20 + number, "enterprises", code=code, name=name, synthetic=True, credit_code=wrong_credit_code(9001 + number))
        yield entry(LED, 30 + number, "node_firms", node=Ref(ChainNode, node), enterprise=Ref(Enterprise, code), standing="present",
                    anchor=anchor, since=LED, basis="演示：链主名单")
    for number, (title, kind, mode, role, firm, due, done) in enumerate(TASKS):
        yield entry(date(2024, 7, 18), 30 + number, "chain_tasks", chain=Ref(Chain, EQUIPMENT), title=title, kind=kind, mode=mode,
                    role=role, enterprise=Ref(Enterprise, firm), office=Ref(Party, "DEMO-CY"), set_on=date(2024, 1, 18), due_on=due,
                    done_on=done)
    for number, (product, supplier, amount) in enumerate(EQUIPMENT_SUPPLIES):
        local = supplier.startswith("Q")
        named: dict[str, Any] = {"supplier": Ref(Enterprise, supplier)} if local else {"supplier_name": supplier}
        yield entry(date(2024, 7, 18), 40 + number, "supplies", year=2024, buyer=Ref(Enterprise, "Q3001"), node=Ref(ChainNode, "LH0011"),
                    product=product, local=local, amount=amount, **named)


def _in_focus() -> Iterator[Scene]:
    yield entry(BEGUN, 5, "chains", code=CHAIN, name="节能环保", focus=True, lead_unit=Ref(Party, "DEMO-ZS"),
                document="演示开发区〔2022〕2号：产业链招商方案")
    for number, (code, name, position, wanted) in enumerate(NODES):
        yield entry(
            BEGUN, 6 + number, "chain_nodes", code=code, chain=Ref(Chain, CHAIN), name=name, position=position, wanted=wanted)
    for number, pair in enumerate(LINKS):
        feeder, fed = (Ref(ChainNode, f"LH00{part}") for part in (pair[:2], pair[2:]))
        yield entry(BEGUN, 20 + number, "chain_links", feeder=feeder, fed=fed)
    yield Scene(moment(date(2022, 3, 1), 30), BY, "chains.appoint", CHAIN, {
        "role": "head", "person": Ref(User, "person001"), "since": date(2022, 3, 1), "document": "演示开发区〔2022〕2号：产业链招商方案",
    })
    for node, enterprise, since, anchor in PRESENT:
        yield entry(since, 400, "node_firms", node=Ref(ChainNode, node), enterprise=Ref(Enterprise, enterprise), standing="present",
                    anchor=anchor, since=since)
    listed = date(2024, 2, 20)
    for number, (node, name) in enumerate(TARGETS):
        yield entry(listed, 30 + number, "node_firms", node=Ref(ChainNode, node), name=name, standing="target", since=listed,
                    basis="演示：产业图谱研究")
    for number, (buyer, node, product, supplier, amount) in enumerate(SUPPLIES):
        is_known = supplier.startswith("Q")
        named: dict[str, Any] = {"supplier": Ref(Enterprise, supplier)} if is_known else {"supplier_name": supplier}
        yield entry(date(2024, 7, 16), 30 + number, "supplies", year=2024, buyer=Ref(Enterprise, buyer), node=Ref(ChainNode, node),
                    product=product, local=is_known, amount=amount, **named)


def entry(day: date, minutes: int, register: str, **facts: Any) -> Scene:
    """Return the entry of one record."""
    return Scene(moment(day, minutes), BY, f"{register}.create", facts={"facts": facts})
