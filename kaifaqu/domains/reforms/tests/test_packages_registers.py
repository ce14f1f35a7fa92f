"""What every register is asked, of packages, their items, what these wait for, and consultations."""

from kaifaqu.domains.reforms.models import Consultation, ItemNeed, Package, PackageItem
from kaifaqu.kernel import testing
from kaifaqu.registers.projects.models import Project


class TestPackages(testing.RegisterTests):
    register = Package

    def facts(self, zone):
        return {"kind": "agency", "project": project(zone), "entrusted_on": "2024-07-01", "chosen": "filing permit"}


class TestItems(testing.RegisterTests):
    register = PackageItem

    def facts(self, zone):
        return item_facts(zone)


class TestNeeds(testing.RegisterTests):
    register = ItemNeed

    def facts(self, zone):
        facts = item_facts(zone)
        one, other = (testing.enter(PackageItem, zone, f"code | item\n{code} | {code}", **{**facts, "item": code})[0] for code in "AB")
        return {"item": one, "needs": other}


class TestConsultations(testing.RegisterTests):
    register = Consultation

    def facts(self, zone):
        return {"consulted_on": "2024-07-01", "unit": "某企业", "contact": "演示 001", "content": "怎样办环评", "answer": "已答复"}


def project(zone):
    """Return a project."""
    return testing.enter(Project, zone, "code | name | signed_on\nP1 | 新厂 | 2024-01-10")[0]


def item_facts(zone):
    """Return the facts of one item."""
    [package] = testing.enter(Package, zone, "code\nB1", kind="agency", project=project(zone), entrusted_on="2024-07-01")
    return {"package": package, "item": "filing", "title": "备案", "statutory_days": 3, "promised_days": 1, "opened_on": "2024-07-01"}
