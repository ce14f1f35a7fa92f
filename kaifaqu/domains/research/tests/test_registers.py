"""The registers of research keep what every register keeps."""

from kaifaqu.domains.research.models import (
    FusionLink,
    InstituteCooperation,
    InstituteDelivery,
    InstituteOrder,
    MineRobot,
    MiningVehicle,
    MiningVehicleUse,
    ProductionRun,
    ProductTest,
    RDAward,
    RDExpenditure,
    RDFunding,
    RDMember,
    RDPatent,
    RDProduct,
    RDProject,
    RDResult,
    RobotFault,
    RobotTask,
    TestReport,
)
from kaifaqu.kernel import testing
from kaifaqu.registers.organisations.models import Enterprise


def made(register, zone, heads, row, **facts):
    """Enter one record."""
    return testing.enter(register, zone, f"{heads}\n{row}", **facts)[0]


def product(zone, code="C1", name="掘进机"):
    """Enter a product."""
    return made(RDProduct, zone, "code | name | direction", f"{code} | {name} | 掘进")


def order(zone, line="equipment"):
    """Enter an order of a line."""
    return made(InstituteOrder, zone, "code | line | title | customer_name | accepted_on", f"D1 | {line} | 订单 | 某矿 | 2024-01-05")


class TestProjects(testing.RegisterTests):
    register = RDProject

    def facts(self, zone):
        return {"name": "课题", "level": "national", "direction": "智能掘进", "field": "heading", "approved_on": "2020-05", "budget": "80"}


class TestResults(testing.RegisterTests):
    register = RDResult

    def facts(self, zone):
        project = made(RDProject, zone, "code | name | level", "P1 | 课题 | national")
        return {"name": "成果", "level": "domestic", "project": project, "appraised_on": "2022"}


class TestAwards(testing.RegisterTests):
    register = RDAward

    def facts(self, zone):
        result = made(RDResult, zone, "code | name | level", "R1 | 果 | other")
        return {"name": "科技奖", "level": "provincial", "year": 2021, "result": result}


class TestPatents(testing.RegisterTests):
    register = RDPatent

    def facts(self, zone):
        return {"number": "ZL 2020 1 0123456.7", "name": "一种截割头", "kind": "invention", "filed_on": "2020-01-09"}


class TestExpenditures(testing.RegisterTests):
    register = RDExpenditure

    def facts(self, zone):
        return {"year": 2023, "amount": "45000", "revenue": "900000"}


class TestProducts(testing.RegisterTests):
    register = RDProduct

    def facts(self, zone):
        return {"name": "掘进机", "direction": "掘进", "line": "equipment", "transformation": "intelligent", "flagship": True}


class TestFundings(testing.RegisterTests):
    register = RDFunding

    def facts(self, zone):
        return {"name": "专项资金", "kind": "fiscal", "amount": "300", "granted_on": "2022-06-01"}


class TestMembers(testing.RegisterTests):
    register = RDMember

    def facts(self, zone):
        return {"role": "总体设计", "person": "演示人员 001", "since": "2020-01-01"}


class TestLinks(testing.RegisterTests):
    register = FusionLink

    def facts(self, zone):
        return {"product": product(zone), "project": made(RDProject, zone, "code | name | level", "P1 | 课题 | national")}


class TestOrders(testing.RegisterTests):
    register = InstituteOrder

    def facts(self, zone):
        customer = made(Enterprise, zone, "code | name", "Q1 | 某矿")
        return {"line": "service", "title": "大修", "product": product(zone), "customer": customer, "amount": "1", "accepted_on": "2024-01"}


class TestReports(testing.RegisterTests):
    register = TestReport

    def facts(self, zone):
        return {"number": "JC-2024-001", "order": order(zone, "testing"), "sample": "液压支架", "passed": True, "issued_on": "2024-02-01"}


class TestCooperations(testing.RegisterTests):
    register = InstituteCooperation

    def facts(self, zone):
        partner = made(Enterprise, zone, "code | name", "Q1 | 某国矿业公司")
        return {"partner": partner, "title": "合作协议", "signed_on": "2023-05-01", "since": "2023-05-01", "country": "某国"}


class TestRuns(testing.RegisterTests):
    register = ProductionRun

    def facts(self, zone):
        return {"line": "一号线", "run_on": "2024-03-01", "shift": "白班", "product": product(zone), "units": 2}


class TestTests(testing.RegisterTests):
    register = ProductTest

    def facts(self, zone):
        return {"product": product(zone), "serial": "S001", "tested_on": "2024-03-02", "passed": True}


class TestDeliveries(testing.RegisterTests):
    register = InstituteDelivery

    def facts(self, zone):
        made(ProductTest, zone, "serial | tested_on | passed", "S001 | 2024-03-02 | True", product=(one := product(zone)))
        return {"product": one, "serial": "S001", "order": order(zone), "delivered_on": "2024-03-05"}


class TestRobots(testing.RegisterTests):
    register = MineRobot

    def facts(self, zone):
        return {"name": "一号机器人", "product": product(zone), "in_use_on": "2024-01-01"}


class TestRobotTasks(testing.RegisterTests):
    register = RobotTask

    def facts(self, zone):
        return {"robot": made(MineRobot, zone, "code | name", "R1 | 一号"), "worked_on": "2024-03-01", "task": "运料", "hours": "6.5"}


class TestRobotFaults(testing.RegisterTests):
    register = RobotFault

    def facts(self, zone):
        return {"robot": made(MineRobot, zone, "code | name", "R1 | 一号"), "found_on": "2024-03-01", "down": "1.5", "cause": "漏油"}


class TestVehicles(testing.RegisterTests):
    register = MiningVehicle

    def facts(self, zone):
        return {"name": "一号车", "mine": made(Enterprise, zone, "code | name", "Q1 | 某矿")}


class TestVehicleUses(testing.RegisterTests):
    register = MiningVehicleUse

    def facts(self, zone):
        vehicle = made(MiningVehicle, zone, "code | name", "V1 | 一号车")
        return {"vehicle": vehicle, "used_on": "2024-03-01", "hours": "7.5", "energy": "120"}
