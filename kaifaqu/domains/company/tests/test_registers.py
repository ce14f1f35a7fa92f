"""The registers of the operating company keep what every register keeps, and refuse what cannot be."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.domains.company import models
from kaifaqu.kernel import actions, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.organisations.models import Enterprise

SINCE = date(2024, 1, 1)


def firm(zone, code="E1"):
    """Return a company of the zone."""
    [one] = testing.enter(Enterprise, zone, f"code | name\n{code} | 演示公司{code}")
    return one


def one(register, zone, text, **facts):
    """Return the one record that the table has."""
    [made] = testing.enter(register, zone, text, **facts)
    return made


def asset(zone, code="Z1"):
    """Return an asset that is held from 2020 on."""
    told = f"code | name | kind | acquired_on\n{code} | 演示厂房 | workshop | 2020-01-01"
    return one(models.Asset, zone, told, holder=firm(zone, f"H{code}"))


def function(zone):
    """Return a function on the list."""
    return one(models.FunctionItem, zone, "code | name\nZ1 | 规划编制", since=SINCE)


def delegation(zone):
    """Return a contract of delegation."""
    return one(models.Delegation, zone, "code | title | signed_on\nW1 | 委托合同 | 2024-01-01", partner=firm(zone), since=SINCE)


def financing(zone):
    """Return a loan."""
    return one(models.Financing, zone, "code | kind | creditor | amount\nR1 | loan | 演示银行 | 500", borrower=firm(zone), since=SINCE)


def department(zone):
    """Return a department."""
    return one(models.CompanyDepartment, zone, "code | name\nB1 | 综合部", company=firm(zone), since=SINCE)


class TestFunctionItems(testing.RegisterTests):
    register = models.FunctionItem

    def facts(self, zone):
        return {"name": "规划编制", "since": SINCE}


class TestFunctionHolders(testing.RegisterTests):
    register = models.FunctionHolder

    def facts(self, zone):
        return {"function": function(zone), "side": "company", "since": SINCE, "delegation": delegation(zone)}


class TestDelegations(testing.RegisterTests):
    register = models.Delegation

    def facts(self, zone):
        return {"partner": firm(zone), "title": "委托合同", "signed_on": SINCE, "since": SINCE}


class TestDelegationReviews(testing.RegisterTests):
    register = models.DelegationReview

    def facts(self, zone):
        return {"delegation": delegation(zone), "year": 2024, "reviewed_on": date(2024, 12, 31), "score": "92.5", "result": "良好"}


class TestReformItems(testing.RegisterTests):
    register = models.ReformItem

    def facts(self, zone):
        return {"name": "任期考核", "category": "领导班子任期制", "set_on": SINCE}


class TestReformTasks(testing.RegisterTests):
    register = models.ReformTask

    def facts(self, zone):
        item = one(models.ReformItem, zone, "code | name | category\nG1 | 任期考核 | 领导班子任期制", set_on=SINCE)
        return {"item": item, "title": "签订任期责任书", "set_on": SINCE}


class TestStrategyPlans(testing.RegisterTests):
    register = models.StrategyPlan

    def facts(self, zone):
        return {"label": "136336", "name": "发展规划", "since": SINCE}


class TestPlanGoals(testing.RegisterTests):
    register = models.PlanGoal

    def facts(self, zone):
        plan = one(models.StrategyPlan, zone, "label | name\n136336 | 发展规划", since=SINCE)
        return {"plan": plan, "part": "一", "name": "目标", "word": "保值增值"}


class TestDepartments(testing.RegisterTests):
    register = models.CompanyDepartment

    def facts(self, zone):
        return {"company": firm(zone), "name": "综合部", "since": SINCE}


class TestPosts(testing.RegisterTests):
    register = models.CompanyPost

    def facts(self, zone):
        return {"department": department(zone), "name": "主管", "headcount": 3, "since": SINCE}


class TestAssets(testing.RegisterTests):
    register = models.Asset

    def facts(self, zone):
        return {"name": "演示厂房", "kind": "workshop", "holder": firm(zone), "area": "3500.5", "cost": "1200", "acquired_on": SINCE}


class TestAssetUses(testing.RegisterTests):
    register = models.AssetUse

    def facts(self, zone):
        return {"asset": asset(zone), "state": "idle", "since": SINCE}


class TestAssetValuations(testing.RegisterTests):
    register = models.AssetValuation

    def facts(self, zone):
        return {"asset": asset(zone), "basis": "book", "valued_on": SINCE, "amount": "800.000001"}


class TestAssetActions(testing.RegisterTests):
    register = models.AssetAction

    def facts(self, zone):
        return {"asset": asset(zone), "means": "allocation", "plan": "调剂使用", "planned_on": SINCE, "done_on": date(2024, 5, 20)}


class TestAssetTransfers(testing.RegisterTests):
    register = models.AssetTransfer

    def facts(self, zone):
        return {"asset": asset(zone), "giver": firm(zone), "receiver": firm(zone, "E2"), "price": "800", "approved_on": SINCE,
                "approval": "批复", "transferred_on": SINCE}


class TestIncome(testing.RegisterTests):
    register = models.CompanyIncome

    def facts(self, zone):
        return {"line": "租金", "asset": asset(zone), "period": "2024-Q2", "amount": "620", "cost": "0"}


class TestFinancings(testing.RegisterTests):
    register = models.Financing

    def facts(self, zone):
        return {"kind": "loan", "borrower": firm(zone), "creditor": "演示银行", "amount": "5000", "rate": "3.45", "since": SINCE}


class TestRepayments(testing.RegisterTests):
    register = models.Repayment

    def facts(self, zone):
        return {"financing": financing(zone), "due_on": date(2024, 9, 20), "amount": "260.5", "interest": "10.5"}


class TestBalanceStatements(testing.RegisterTests):
    register = models.BalanceStatement

    def facts(self, zone):
        return {"company": firm(zone), "as_of": date(2024, 6, 30), "assets": "80000", "liabilities": "27000"}


class TestEquityAdjustments(testing.RegisterTests):
    register = models.EquityAdjustment

    def facts(self, zone):
        return {"company": firm(zone), "occurred_on": SINCE, "kind": "more_invested", "amount": "1000", "document": "文件"}


def refused(register, zone, text, words, **facts):
    """Demand that the table's row is refused with these words."""
    with pytest.raises(ValidationError, match=words):
        testing.enter(register, zone, text, **facts)


def test_the_committee_delegates_to_the_company_only(zone):
    told = {"function": function(zone), "delegation": delegation(zone), "since": SINCE}
    refused(models.FunctionHolder, zone, "side\ncommittee", "只有平台公司承担", **told)


def test_one_body_bears_a_function_once_a_day_and_two_are_let_in_to_be_seen(zone):
    held = {"function": function(zone), "since": SINCE}
    testing.enter(models.FunctionHolder, zone, "side\ncommittee\ncompany", **held)
    refused(models.FunctionHolder, zone, "side\ncompany", "重叠", **held)


def test_a_review_is_of_a_year_that_has_begun(zone):
    row = "year | reviewed_on | result\n2025 | 2024-12-31 | 好"
    refused(models.DelegationReview, zone, row, "晚于考核日期", delegation=delegation(zone))


def test_groups_and_lines_are_those_of_the_rules(zone):
    refused(models.ReformItem, zone, "name | category\n甲 | 别的", "」别的。可选：三化之一、.*改革任务分组", set_on=SINCE)
    refused(models.CompanyIncome, zone, "line | period | amount\n别的 | 2024-Q2 | 1", "没有「.*」别的.*收入类别")


def test_what_is_done_has_a_result_and_is_not_done_before_it_is_set(zone):
    item = one(models.ReformItem, zone, "name | category\n任期考核 | 领导班子任期制", set_on=SINCE)
    refused(models.ReformTask, zone, "title | set_on | done_on\n甲 | 2024-02-01 | 2024-03-01", "请写明「完成情况」", item=item)
    refused(models.ReformTask, zone, "title | set_on | done_on | result\n甲 | 2024-02-01 | 2024-01-31 | 好", "早于", item=item)


def test_a_department_stands_under_one_of_its_own_company(zone, clerk):
    above = department(zone)
    refused(models.CompanyDepartment, zone, "name\n二部", "同一家公司的另一个部门", company=firm(zone, "E2"), parent=above, since=SINCE)
    with pytest.raises(ValidationError, match="同一家公司的另一个部门"):
        actions.find("company_departments.correct").plan(above, by=clerk, version=1, facts={"parent": above})


@pytest.mark.parametrize(("approved_on", "approval", "words"), [
    ("2024-04-01", "批复", "早于「批准日期」"), ("2024-03-01", "", "划转以前要经批准"), (None, "批复", "划转以前要经批准")])
def test_a_transfer_is_approved_before(zone, approved_on, approval, words):
    told = {"asset": asset(zone), "giver": firm(zone), "receiver": firm(zone, "E2"), "approved_on": approved_on, "approval": approval}
    refused(models.AssetTransfer, zone, "price | transferred_on\n1 | 2024-03-31", words, **told)


def test_a_transfer_is_to_another(zone):
    one_firm = firm(zone)
    refused(models.AssetTransfer, zone, "price\n1", "不能就是", asset=asset(zone), giver=one_firm, receiver=one_firm)


def test_income_is_of_a_month_or_a_quarter_and_an_asset_s_has_its_cost(zone):
    told = "line | period | amount\n租金 | {} | 1"
    for period in ("2024", "2024-H1", "2024-01..03", "2024-06-30"):
        refused(models.CompanyIncome, zone, told.format(period), "一个月或一个季度")
    refused(models.CompanyIncome, zone, told.format("2024-06"), "没有成本的填 0", asset=asset(zone))
    testing.enter(models.CompanyIncome, zone, told.format("2024-06"))
    refused(models.CompanyIncome, zone, told.format("2024-06"), "已经登记")


def test_a_month_of_income_is_told_once_be_it_by_month_or_by_quarter(zone, clerk):
    table = "code | line | period | amount\n"
    testing.enter(models.CompanyIncome, zone, f"{table}I1 | 租金 | 2024-Q2 | 30\nI2 | 租金 | 2024-07 | 10\nI3 | 物业 | 2024-05 | 1")
    refused(models.CompanyIncome, zone, "line | period | amount\n租金 | 2024-05 | 10", "租金 2024-05 与 租金 2024-Q2 的期间重叠")
    refused(models.CompanyIncome, zone, "line | period | amount\n租金 | 2024-Q3 | 10", "期间重叠")
    refused(models.CompanyIncome, zone, "line | period | amount\n服务 | 2024-Q1 | 10\n服务 | 2024-03 | 10", "期间重叠")
    testing.enter(models.CompanyIncome, zone, "line | period | amount | fiscal\n租金 | 2024-05 | 10 | True")
    testing.enter(models.CompanyIncome, zone, "line | period | amount | cost\n租金 | 2024-05 | 10 | 0", asset=asset(zone))
    correct = actions.find("company_income.correct").plan
    [moved] = models.CompanyIncome.objects.filter(code="I2")
    with pytest.raises(ValidationError, match="期间重叠"):
        commit([correct(moved, by=clerk, version=1, facts={"period": "2024-06"}, reason="改")], by=clerk)


def test_interest_is_part_of_what_is_due(zone):
    refused(models.Repayment, zone, "due_on | amount | interest\n2024-09-20 | 5 | 5.01", "大于应还本息", financing=financing(zone))


def test_a_check_comes_after_the_measure(zone):
    row = "means | plan | planned_on | checked_on\nallocation | 调剂 | 2024-01-01 | 2024-02-01"
    refused(models.AssetAction, zone, row, "还没有完成", asset=asset(zone))


@pytest.mark.parametrize(("make", "register", "column", "text"), [
    (asset, models.AssetUse, "asset", "state | since\nown | 2024-01-01"),
    (function, models.FunctionHolder, "function", "side | since\ncompany | 2024-01-01"),
    (department, models.CompanyPost, "department", "name | since\n主管 | 2024-01-01"),
    (financing, models.Repayment, "financing", "due_on | amount\n2024-09-20 | 5")])
def test_what_others_stand_on_stays(zone, clerk, make, register, column, text):
    made = make(zone)
    testing.enter(register, zone, text, **{column: made})
    with pytest.raises(ValidationError, match="请先归档或改到别处"):
        commit([actions.find(f"{made.register}.archive").plan(made, by=clerk, version=1, reason="重复")], by=clerk)
