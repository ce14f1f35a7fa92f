"""A brief from draft to issue and restatement: what is frozen, who may, and what a restatement explains."""

import hashlib
import io
from datetime import date

import docx
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from kaifaqu.files import store
from kaifaqu.files.models import Attachment, Content
from kaifaqu.kernel import testing
from kaifaqu.kernel.lifecycle import StepRefused
from kaifaqu.kernel.periods import Period
from kaifaqu.pages.reading import Reader
from kaifaqu.reporting import calls
from kaifaqu.reporting.briefs import making, telling
from kaifaqu.reporting.briefs.differences import differences
from kaifaqu.reporting.briefs.models import Brief, BriefTemplate
from kaifaqu.reporting.briefs.tests.test_wordmarks import written
from kaifaqu.reporting.subscriptions.models import Notice


class TestBriefTemplates(testing.RegisterTests):
    """What must hold for every register."""

    register = BriefTemplate

    def facts(self, zone):
        return {"code": "MB9", "name": "月报", "rhythm": "month", "body": "# {{ 本期 }}"}

    def change(self):
        return {"name": "周报"}


class TestDrafts(testing.RegisterTests):
    """What must hold for every register holds for briefs that are drafts."""

    register = Brief

    def facts(self, zone):
        [template] = testing.enter(BriefTemplate, zone, """
            code | name | rhythm | body
            MB9  | 月报 | month  | 正文
        """)
        return {"code": "JB9", "template": template, "period": "2024-07", "note": "一稿"}

    def change(self):
        return {"period": "2024-06"}


@pytest.fixture
def issued(brief, clerk, reviewer, do):
    """Return the brief, issued."""
    do("briefs.submit", brief, clerk)
    do("briefs.review", brief, reviewer)
    return do("briefs.issue", brief, reviewer, number="演〔2024〕1号", issued_on=date(2024, 7, 9))


def text(brief):
    return list(brief.document().lines())


def test_a_brief_goes_from_draft_to_issue(brief, clerk, reviewer, do):
    submitted = do("briefs.submit", brief, clerk)
    assert (submitted.stage, submitted.title) == ("review", f"{brief.owner.name}2024年上半年项目情况")
    with pytest.raises(StepRefused, match="当前可转为"):
        do("briefs.issue", brief, reviewer, number="1号")
    reviewed = do("briefs.review", brief, reviewer)
    issued = do("briefs.issue", brief, reviewer, number="演〔2024〕1号")
    assert (reviewed.reviewed_by, issued.issued_by, issued.issued_on) == (reviewer, reviewer, date(2024, 8, 5))
    assert (issued.stage, issued.number, issued.drafted_by) == ("issued", "演〔2024〕1号", clerk)


def test_the_drafter_does_not_review_unless_the_rule_permits_it(brief, clerk, zone, do):
    do("briefs.submit", brief, clerk)
    with pytest.raises(ValidationError, match="由别人审核"):
        do("briefs.review", brief, clerk)
    do("rules.create", zone, clerk, facts={
        "kind": "briefs.review", "since": date(2024, 1, 1), "published_on": date(2024, 1, 1), "source_document": "演示",
        "content": '{"own_draft": "permitted"}'})
    assert do("briefs.review", brief, clerk).stage == "reviewed"


def test_what_was_sent_to_review_does_not_change(brief, projects, clerk, reviewer, do):
    do("briefs.submit", brief, clerk)
    do("projects.correct", projects[0], clerk, facts={"total_investment": "22000"}, reason="核对")
    frozen = Brief.objects.get(pk=brief.pk)
    assert "总投资2.5亿元" in text(frozen)[2]
    for code, facts in (("correct", {"facts": {"period": "2024"}, "reason": "改"}), ("archive", {"reason": "弃"})):
        with pytest.raises(ValidationError, match="退回"):
            do(f"briefs.{code}", brief, clerk, **facts)
    do("briefs.send_back", brief, reviewer, reason="请核对投资")
    do("briefs.submit", brief, clerk)
    assert "总投资3.5亿元" in text(Brief.objects.get(pk=brief.pk))[2]


def test_a_draft_with_a_missing_number_stays_a_draft_and_names_the_record(brief, projects, clerk, do):
    do("projects.correct", projects[1], clerk, facts={"total_investment": None}, reason="存疑")
    with pytest.raises(ValidationError) as refusal:
        do("briefs.submit", brief, clerk)
    assert "P2" in "".join(refusal.value.messages)
    assert Brief.objects.get(pk=brief.pk).stage == "draft"


def test_an_issued_brief_stands_for_ever(issued, clerk, reviewer, do):
    for code, facts in (("correct", {"facts": {"note": "x"}}), ("archive", {"reason": "弃"}), ("send_back", {"reason": "改"})):
        with pytest.raises(ValidationError):
            do(f"briefs.{code}", issued, clerk if code != "send_back" else reviewer, **facts)


def test_the_files_are_kept_with_their_hashes_and_served_byte_for_byte(issued, client, clerk):
    client.force_login(clerk)
    for format, column in Brief.FILES.items():
        answer = client.get(reverse("brief-file", args=[issued.pk, format]))
        served = b"".join(answer.streaming_content)
        assert hashlib.sha256(served).hexdigest() == getattr(issued, column)
        assert store.verify(getattr(issued, column))
    names = {each.name.rpartition(".")[2] for each in Attachment.objects.current().of(issued)}
    assert names == {"docx", "pdf", "xlsx"}


def test_what_is_rebuilt_of_the_frozen_content_says_the_same(issued):
    with store.open(issued.word_sha256) as file:
        kept = docx.Document(io.BytesIO(file.read()))
    again = docx.Document(io.BytesIO(making.paper(issued.document(), making.stamp_of(issued), "docx")))
    assert [each.text for each in again.paragraphs] == [each.text for each in kept.paragraphs]
    assert any("在建项目3个，总投资2.5亿元" in each.text for each in kept.paragraphs)


def test_content_that_was_changed_behind_the_back_is_named(issued):
    Content.objects.filter(pk=issued.content_sha256).update(text='{"title": "另一个"}')
    with pytest.raises(LookupError, match="已被改动"):
        issued.document()


def test_a_restatement_says_which_record_changed_which_number(issued, projects, clerk, reviewer, do):
    do("projects.correct", projects[0], clerk, facts={"total_investment": "22000"}, reason="合同补充协议")
    again = do("briefs.restate", issued, clerk, reason="甲项目投资有误")
    do("briefs.submit", again, clerk)
    again = Brief.objects.get(pk=again.pk)
    assert (again.restates_id, again.period, again.stage) == (issued.pk, issued.period, "review")
    [found] = differences(issued.document(), again.document(), Reader(clerk))
    assert (found.before.shown, found.after.shown) == ("2.5亿元", "3.5亿元")
    [told] = found.explanations
    assert [(each.row.code, each.before, each.after, [entry.event.reason for entry in each.why]) for each in told.changes] == [
        ("P1", 12000, 22000, ["合同补充协议"])]


def test_only_what_was_issued_is_restated(brief, clerk, do):
    with pytest.raises(ValidationError, match="不必另出更正稿"):
        do("briefs.restate", brief, clerk, reason="早了")


@pytest.mark.parametrize(("code", "facts"), [("review", {}), ("issue", {"number": "1号"}), ("send_back", {"reason": "改"})])
def test_who_may_only_draft_neither_reviews_nor_issues(brief, clerk, zone, do, code, facts):
    do("briefs.submit", brief, clerk)
    other = testing.employ(zone, "other", "briefs.view briefs.edit")
    with pytest.raises(PermissionDenied):
        do(f"briefs.{code}", brief, other, **facts)


def test_a_number_out_of_sight_is_refused_not_shown(brief, zone, do):
    blind = testing.employ(zone, "blind", "briefs.view briefs.edit brief_templates.view")
    with pytest.raises(ValidationError) as refusal:
        do("briefs.submit", brief, blind)
    assert "没有查看" in "".join(refusal.value.messages)


def test_the_word_file_of_a_frozen_brief_is_in_a_backup(brief, template, clerk, reviewer, do):
    form = store.keep(io.BytesIO(written("甲区", '{{ 表("在建项目数") }}')), "底稿.docx")
    do("brief_templates.attach", template, clerk, kept=form)
    for _again in range(2):
        do("briefs.submit", brief, clerk)
        do("briefs.send_back", brief, reviewer, reason="重排")
    do("briefs.submit", brief, clerk)
    frozen = Brief.objects.get(pk=brief.pk).document().form_sha256
    assert Attachment.Version.objects.filter(sha256=frozen).count() == 1
    do("briefs.review", brief, reviewer)
    issued = do("briefs.issue", brief, reviewer, number="3号")
    with store.open(issued.word_sha256) as file:
        [table, _closing] = docx.Document(io.BytesIO(file.read())).tables
    assert [cell.text for row in table.rows for cell in row.cells] == ["指标", "2024年上半年", "在建项目数", "3个"]


def test_files_that_are_gone_are_made_again(brief, clerk, reviewer, do):
    do("briefs.submit", brief, clerk)
    reviewed = do("briefs.review", brief, reviewer)
    for kept in making.files(reviewed, "4号", date(2024, 8, 5), reviewer).values():
        store.remove(kept.sha256)
    issued = do("briefs.issue", brief, reviewer, number="4号")
    assert all(store.verify(getattr(issued, column)) for column in Brief.FILES.values())


# Pages


def test_each_number_opens_where_it_comes_from(issued, client, clerk):
    client.force_login(clerk)
    page = client.get(reverse("brief", args=[issued.pk]))
    assertContains(page, reverse("brief-number", args=[issued.pk, 0]))
    number = client.get(reverse("brief-number", args=[issued.pk, 0]))
    assertContains(number, f"{issued.code}-1")
    for code in ("P1", "P2", "P3"):
        assertContains(number, f">{code}</a>")
    assertNotContains(number, ">P4</a>")
    assert client.get(reverse("trace"), {"code": f"{issued.code}-1"}).url == reverse("brief-number", args=[issued.pk, 0])
    assert client.get(reverse("trace"), {"code": "JB9-1"}).status_code == 404


def test_a_template_is_tried_and_says_what_is_wrong(template, client, clerk, projects, do):
    client.force_login(clerk)
    address = reverse("try-template", args=[template.pk])
    assertContains(client.get(address, {"period": "2024年上半年"}), "2.5亿元")
    assertContains(client.get(address, {"period": "夏天"}), "不是期间", status_code=400)
    do("brief_templates.correct", template, clerk, facts={"body": '{{ 数("没有的") }}'}, reason="试")
    assertContains(client.get(address, {"period": "2024-H1"}), "没有指标")


def test_a_mark_is_written_for_you(client, clerk, projects):
    client.force_login(clerk)
    told = {"figure": "projects.under_construction.count", "against": "上年同期", "style": "增减量", "own": "2024-H1"}
    page = client.get(reverse("marks"), told)
    assert page.context["mark"] == '{{ 数("在建项目数", 比较="上年同期", 写作="增减量") }}'
    assert page.context["number"].shown == "增加1个"


def test_an_issue_by_its_page_makes_the_files_before_the_transaction(brief, client, clerk, reviewer, do, monkeypatch):
    do("briefs.submit", brief, clerk)
    reviewed = do("briefs.review", brief, reviewer)
    client.force_login(reviewer)
    address = reverse("act", args=["briefs", brief.pk, "issue"])
    answer = client.post(address, {"version": reviewed.row_version, "number": "2号", "issued_on": ""})
    assert answer.status_code == 302
    assert Brief.objects.get(pk=brief.pk).stage == "issued"


def test_who_subscribes_is_told_once_that_a_brief_was_issued(issued, zone, clerk, do):
    do("subscriptions.create", zone, clerk, facts={"brief": issued.template.code, "rhythm": "changed"})
    telling.tell(issued)
    telling.tell(issued)
    [notice] = Notice.objects.filter(person=clerk)
    assert (notice.title, "总投资2.5亿元" in notice.text) == (issued.title, True)


@pytest.fixture
def numbers(brief, template, client, clerk, do):
    """Return how the page of each number of a brief of this text is opened, after it was frozen."""
    client.force_login(clerk)

    def freeze(text):
        do("brief_templates.correct", template, clerk, facts={"body": text}, reason="试")
        do("briefs.submit", brief, clerk)
        return lambda place: client.get(reverse("brief-number", args=[brief.pk, place]))

    return freeze


def test_a_number_differs_from_today_by_its_value_not_by_how_it_is_written(numbers, projects, clerk, do):
    shown = numbers('# 情况\n{{ 数("在建项目总投资", 单位="万元", 位数=2) }}{{ 数("在建项目数", 写作="预计") }}')
    assertNotContains(shown(0), "已不同")
    assertNotContains(shown(1), "已不同")
    do("projects.correct", projects[0], clerk, facts={"total_investment": "12001"}, reason="核对")
    assertContains(shown(0), "已不同")


def test_records_of_a_register_that_is_no_more_are_counted(numbers, monkeypatch):
    shown = numbers('# 情况\n{{ 数("在建项目数") }}')
    monkeypatch.setattr("kaifaqu.pages.freezing.domains.registers", dict)
    assertContains(shown(0), "另有 3 条没有列出")


def test_a_number_that_a_document_lays_down_names_the_target(asker, zone, clerk, do):
    facts = {"year": 2024, "indicator": "projects.signed.year.count", "document": "演示", "document_on": date(2024, 1, 1)}
    target = do("targets.create", zone, clerk, facts={**facts, "amount": "15"})
    target = do("targets.correct", target, clerk, facts={"amount": "16"}, reason="核对")
    number = calls.now(asker.period, [zone.pk], clerk).number(calls.Call("全年签约目标", period="本年"))
    assert (number.shown, number.records) == ("16个", [["targets", target.pk, target.code, target.Version.objects.latest("seq").seq]])


def test_what_was_damaged_is_told_in_a_sentence(issued, client, clerk):
    client.force_login(clerk)
    store.remove(issued.word_sha256)
    assertContains(client.get(reverse("brief-file", args=[issued.pk, "docx"])), "从备份恢复", status_code=409)
    Content.objects.filter(pk=issued.content_sha256).update(text="{}")
    for name, *keys in (("brief",), ("brief-number", 0), ("brief-differences",)):
        assertContains(client.get(reverse(name, args=[issued.pk, *keys])), "已被改动", status_code=409)


def test_a_code_that_several_owners_have_used_asks_whose(issued, zone, client):
    other = testing.party(zone, "OTHER", "另一个单位", zone)
    client.force_login(testing.employ(zone, "reader", "briefs.view", below=True))
    [template] = testing.enter(BriefTemplate, other, "code | name | rhythm | body\nMB1 | 月报 | month | 正文")
    testing.enter(Brief, other, f"code | period\n{issued.code} | 2024-07", template=template)
    page = client.get(reverse("trace"), {"code": f"{issued.code}-1"})
    assertContains(page, "另一个单位 · ")
    assertContains(page, reverse("brief-number", args=[issued.pk, 0]))


def test_what_a_reader_may_not_compute_is_no_difference(issued, zone, client):
    client.force_login(testing.employ(zone, "reader", "briefs.view"))
    page = client.get(reverse("brief-differences", args=[issued.pk]))
    assert [each.before.shown for each in page.context["differences"] if each.before and each.before.code] == []
    assertContains(page, "没有查看")
    assertNotContains(page, "没有差别")


def test_who_sends_anothers_draft_to_review_does_not_review_it(brief, zone, do):
    both = testing.employ(zone, "both", "briefs.view briefs.edit briefs.review brief_templates.view projects.view suspensions.view")
    do("briefs.submit", brief, both)
    with pytest.raises(ValidationError, match="由别人审核"):
        do("briefs.review", brief, both)


def test_the_files_of_an_issued_brief_stay_as_they_are(issued, clerk, do):
    [first, *_others] = Attachment.objects.current().of(issued).order_by("id")
    kept = store.keep(io.BytesIO(b"more"), "more.txt")
    for code, facts in (("attach", {"kept": kept}), ("detach", {"attachment": first.pk, "reason": "撤"})):
        with pytest.raises(ValidationError, match="附件不能再增减"):
            do(f"briefs.{code}", issued, clerk, **facts)


def test_only_an_issued_restatement_is_told(issued, client, clerk, reviewer, do):
    client.force_login(clerk)
    again = do("briefs.restate", issued, clerk, reason="投资有误")
    assertNotContains(client.get(reverse("brief", args=[issued.pk])), "已有更正稿")
    do("briefs.submit", again, clerk)
    do("briefs.review", again, reviewer)
    do("briefs.issue", again, reviewer, number="演〔2024〕2号")
    assertContains(client.get(reverse("brief", args=[issued.pk])), "已有更正稿")


def test_a_number_that_only_a_condition_asked_is_none_of_the_document(template, clerk, projects, do):
    body = '{% 如果 数("新建项目数") > 0 %}有{% 完 %}{{ 表("在建项目总投资") }}在建{{ 数("在建项目数") }}'
    template = do("brief_templates.correct", template, clerk, facts={"body": body}, reason="试")
    document = making.compose(template, Period.parse("2024-H1"), clerk).document
    assert ([*document.places()], [each.shown for each in document.numbers]) == ([0, 1], ["2.5亿元", "3个"])
