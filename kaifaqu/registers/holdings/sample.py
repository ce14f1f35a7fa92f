"""The demo's two groups: the operating company with what it holds, and the recycler with those who hold it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kaifaqu.kernel import actions
from kaifaqu.kernel.access import Party
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.records import Record
from kaifaqu.registers.holdings.models import Holding
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.organisations.sample import wrong_credit_code
from kaifaqu.registers.story import Batch, Ref, moment

OPENED = date(2024, 1, 8)
OWN = {"DEMO-CO": ("company", "演示园区运营有限公司"), "DEMO-ELV": ("recycler", "演示再生资源回收有限公司")}  # party: account, its company
FIRMS = {  # party: code and name of the others of its group
    "DEMO-CO": {"GS0002": "演示园区物业服务有限公司", "GS0003": "演示园区投资有限公司", "GS0004": "演示园区数字科技有限公司",
                "GS0005": "演示数字合作有限公司"},
    "DEMO-ELV": {"GS0002": "演示物资产业集团有限责任公司", "GS0003": "演示陆港集团有限公司"},
}  # fmt: skip
HOLDINGS = {  # party: code, company, holder, share, from, until; "" is the company itself
    "DEMO-CO": (
        ("GQ0001", "GS0002", "", "100", "2022-03-01", None), ("GQ0002", "GS0003", "", "100", "2022-06-01", None),
        ("GQ0003", "GS0004", "GS0003", "51", "2023-02-01", "2023-10-01"), ("GQ0004", "GS0004", "GS0003", "60", "2023-10-01", None),
        ("GQ0005", "GS0004", "GS0005", "40", "2023-10-01", None)),
    "DEMO-ELV": (("GQ0001", "", "GS0002", "100", "2019-04-01", None), ("GQ0002", "GS0002", "GS0003", "100", "2017-08-01", None)),
}
FIRST = {"DEMO-CO": 4001, "DEMO-ELV": 4501}  # of the credit codes


@dataclass(frozen=True)
class Own(Ref):
    """The enterprise that the ledger's owner is itself."""

    register: type[Record] = Enterprise
    code: str = ""

    def find(self, owner: Party) -> Record:
        """Return the enterprise of the owner's account."""
        return Enterprise.objects.current().get(owner=owner, party=owner)


@dataclass(frozen=True)
class Opening:
    """Somebody says which enterprise of the ledger its owner is; one that is not there yet is entered."""

    at: datetime
    by: str
    owner: str
    name: str

    def play(self, owner: Party, person: Any) -> None:
        """Take the action as the person."""
        found = Enterprise.objects.current().filter(owner=owner, name=self.name).first()
        if found is None:
            facts = {"code": "GS0001", "name": self.name, "credit_code": wrong_credit_code(FIRST[self.owner]), "synthetic": True}
            plan = actions.find("enterprises.create").plan(owner, by=person, facts={**facts, "party": owner})
        else:
            plan = actions.find("enterprises.correct").plan(found, by=person, version=found.row_version, facts={"party": owner})
        commit([plan], by=person)


def scenes() -> Iterator[Any]:
    """Yield for each group its companies, and who holds them."""
    for party, (by, name) in OWN.items():
        yield Opening(moment(OPENED, 400), by, party, name)
        yield Batch(moment(OPENED, 401), by, Enterprise, [
            {"code": code, "name": each, "credit_code": wrong_credit_code(FIRST[party] + number), "synthetic": True}
            for number, (code, each) in enumerate(FIRMS[party].items(), 1)], party)
        yield Batch(moment(OPENED, 402), by, Holding, [
            {"code": code, "company": firm(company), "holder": firm(holder), "share": share, "since": since, "until": until,
             "decision": f"演示决议 {code}"} for code, company, holder, share, since, until in HOLDINGS[party]], party)


def firm(code: str) -> Ref:
    """Return a company of the group; without a code the company itself."""
    return Ref(Enterprise, code) if code else Own()
