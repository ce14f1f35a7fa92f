"""Pages of scoring: what a director reads and prints, by whom, and the files."""

import html
import io

import openpyxl
import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from kaifaqu.kernel import testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.registers.projects.models import Lead
from kaifaqu.reporting.scoring.tests.conftest import SHEET, SIGNED


@pytest.fixture
def read(client, clerk):
    """Return how a page is read as text: `read(name, *keys, user, **asked)`."""

    def opened(name, *keys, user=clerk, status=200, **asked):
        client.force_login(user)
        answer = client.get(reverse(name, args=keys), asked)
        assert answer.status_code == status
        return " ".join(html.unescape(strip_tags(answer.content.decode())).split()), answer.content.decode()

    return opened


def test_the_sheets_and_scorings_are_listed(read, scoring):
    text, page = read("scorings", period="2024-H1")
    for part in ("半年评分", "签约得分（某市 2024）", "出厂示例", "照此制定", "改定", "试算"):
        assert part in text
    assert reverse("scoring", args=[scoring.pk]) in page


def test_a_sheet_shows_what_it_would_be_today_without_a_record(read, sheet, projects):
    text, page = read("scoring-sheet", "half", period="2024-H1")
    assert "40.00" in text
    assert "3 个 ÷ 4 个 × 40 = 30" in text
    assert "没有登记" in text
    assert f"{reverse('figure', args=[SIGNED])}?period=2024-H1&amp;scope=ZONE&amp;known=%23" in page


def test_what_would_close_the_gap_is_named_with_its_marks(read, zone, sheet, projects):
    testing.enter(Lead, zone, "code | name | first_contact_on | negotiating_on\nL1 | 在谈 | 2024-01-01 | 2024-02-01", by=SYSTEM)
    text, _page = read("scoring-sheet", "half", period="2024-H1")
    assert "1.1 签约 还差 10 分" in text
    assert "L1 在谈 2024-02-01 进入洽谈 · 10 分" in text


def test_a_veto_and_a_decision_are_explained(read, zone, clerk, scoring, do):
    facts = {"scoring": scoring, "document": "督察〔2024〕1号"}
    do("score_overrides.create", zone, clerk, facts={**facts, "item": "1.1", "given": "36", "grounds": "先核"})
    do("score_overrides.create", zone, clerk, facts={**facts, "item": "1.1", "given": "35", "grounds": "再核"})
    do("score_findings.create", zone, clerk, facts={**facts, "item": "3.1", "count": 1, "found_on": "2024-05-06", "what": "一起事故"})
    text, page = read("scoring", scoring.pk)
    for part in ("人工核定：1.1「签约」计算得 30.00 分，核定 35 分。理由：再核（督察〔2024〕1号）。",
                 "一票否决：3.1「重大事故」1 起 > 0，成立：总分为 0。", "各项合计 45.00 分，因一票否决总分为 0。",
                 "演示clerk 核定 36 分（计算 30 分）", "一起事故（1）"):
        assert part in text
    assert "<s>" in page


def test_an_issued_scoring_reads_the_same_when_records_change(read, clerk, issuer, scoring, projects, do):
    do("scorings.issue", scoring, issuer)
    do("projects.archive", projects[0], clerk, reason="重复")
    text, _page = read("scoring", scoring.pk, user=issuer)
    assert "3 个 ÷ 4 个 × 40 = 30" in text
    assert "印发时已定" in text
    assert "人工核定</a>" not in text


@pytest.mark.parametrize("format", ["docx", "xlsx", "pdf"])
def test_a_scoring_is_handed_out(client, clerk, scoring, format):
    client.force_login(clerk)
    answer = client.get(reverse("scoring-file", args=[scoring.pk, format]))
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)
    if format == "xlsx":
        told = {str(cell.value) for sheet in openpyxl.load_workbook(io.BytesIO(content)) for row in sheet for cell in row}
        assert any("本年签约项目数" in each for each in told)
    assert len(content) > 1000


def test_who_may_not_look_sees_nothing(client, stranger, zone, scoring):
    nobody = testing.employ(zone, "nobody", "projects.view")
    for user, status in ((stranger, 404), (nobody, 404)):
        client.force_login(user)
        assert client.get(reverse("scoring", args=[scoring.pk])).status_code == status
        assert client.get(reverse("scoring-file", args=[scoring.pk, "docx"])).status_code == status
    assert client.get(reverse("scorings")).status_code == 403


def test_what_is_no_period_is_said(read, sheet):
    assert "不是期间" in read("scorings", period="上半", status=400)[0]
    assert "不是期间" in read("scoring-sheet", "half", period="上半", status=400)[0]
    read("scoring-sheet", "nothing", status=404)


def test_a_scoring_is_entered_on_its_page(client, clerk, sheet):
    client.force_login(clerk)
    page = client.get(reverse("new", args=["scorings"]), {"sheet": "half", "period": "2024-H1"}).content.decode()
    assert f'<option value="half" selected>{SHEET["title"]}</option>' in page


def test_the_register_and_its_records_lead_to_the_sheet(read, zone, clerk, scoring, do):
    made = do("score_findings.create", zone, clerk, facts={
        "scoring": scoring, "item": "2.1", "count": 1, "found_on": "2024-01-01", "what": "问题", "document": "文件"})
    assert "评分表和评分" in read("records", "scorings")[0]
    for register, record in (("scorings", scoring), ("score_findings", made)):
        text, page = read("record", register, record.pk)
        assert "打开评分" in text
        assert reverse("scoring", args=[scoring.pk]) in page
