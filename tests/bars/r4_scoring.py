"""R4: published formulas reproduce scores that were computed by hand; a veto and a decision are explained on the sheet.

A zone signs 28 projects of 177.7 亿元, another builds five and finishes one; all of it is entered through the product's own
actions. What the sheets give is held against arithmetic that stands here in plain numbers. Then records are taken away one
by one, marks are decided by hand, an accident is found, a wrong sheet is laid down, and an issued scoring is read again.
A third zone has a sheet of its own with what is hard: parts of yearly targets that are due, a 功效系数, a rate of two thirds,
weights within weights, a dimension with an end and a decision in it. The planted fault moves the signing of one project of
each sheet to the year before, and of a lead to the next half, behind the product's back.
"""

import html
import json
import re
import sqlite3
from datetime import datetime
from fractions import Fraction

from bar import Bar

from tests import laboratory

SIGNED, AMOUNT = 28, 1777000  # projects, and what they are worth in 万元
CITY = (Fraction(28, 27) * Fraction(1, 2) + Fraction("177.7") / 54 * Fraction(1, 2)) * Fraction(1, 2)  # 2337/2160 = 1.08194…
BUILT = (  # name, total investment, started, in production; plan and done by June in 万元
    ("续建一", 30000, "2023-03-01", None, 20000, 15000), ("续建二", 20000, "2023-09-01", None, 15000, 11000),
    ("新开一", 6000, "2024-02-01", None, 8000, 6000), ("新开二", 8000, "2024-04-01", None, 7000, 5665),
    ("新开三", 11000, "2024-06-30", None, 10000, 8000), ("投产一", 9000, "2023-01-01", "2024-05-20", None, None),
)  # fmt: skip
# by hand: 3 starts x 5 = 15 of at most 20; 2 continuing x 2 = 4; 75000/5 = 15000 lies in 10000 to 50000: 8;
# 60 x 45665/60000 = 45.665; 1 in production x 20 = 20; together 92.665, half up 92.67
YANAN = {"1.1": "15", "1.2": "4", "2.1": "8", "3.1": "45.665", "4.1": "20"}
# by hand, of a sheet that counts double: 3 signed of the 6 that the months make due by June are 1/2 of 20, the 3 of a 3 are 20,
# the dimension counts half: 10 and 20 of all weights; it ends at 12, of all weights 24. Against a plain 10 of the year 182
# of 366 days are due. 2 of 3 leads: 60 + 40 x (200/3 - 60)/40 = 200/3, of 15 marks 10, double 20; and 2/3 of 30, double
# 40; 66.666… lies below 66.67: 1 mark, double 2
HARD = {"1.1": "10", "1.2": "20", "2.1": Fraction(3 * 366, 10 * 182) * 20 * 2, "3.1": "20", "3.2": "40", "3.3": "2"}
RATE = {"dimension": "转化", "label": "签约率", "figure": "projects.rate.signing.negotiation"}
COUNT = {"label": "签约", "figure": "projects.signed.year.count", "cap": "不封顶"}
SHEET = {"hard": {
    "title": "难表", "basis": "测试", "places": 2, "times": "2", "dimensions": [{"name": "招商", "times": "0.5", "most": "12"}],
    "paced": [{"number": "1.1", "dimension": "招商", "target_figure": "projects.targets.signed", "marks": "20", **COUNT},
              {"number": "2.1", "dimension": "序时", "target": "10", "marks": "20", **COUNT}],
    "pro_rata": [{"number": "1.2", "dimension": "招商", "target": "3", "marks": "20", **COUNT},
                 {"number": "3.2", "target": "100", "marks": "30", "cap": "100%", **RATE}],
    "efficacy": [{"number": "3.1", "unallowed": "60", "satisfactory": "100", "marks": "15", "least": "60", "most": "100", **RATE}],
    "bands": [{"number": "3.3", "bands": [["不限", "66.67", "1"], ["66.67", "不限", "2"]], **RATE}],
}}  # fmt: skip

bar = Bar("R4", __doc__)
with laboratory.database() as url:
    laboratory.enter()
    from django.core.exceptions import ValidationError
    from django.test import Client, override_settings
    from django.urls import reverse
    from django.utils.html import strip_tags

    from kaifaqu.kernel import actions, audit, clock, events
    from kaifaqu.kernel.access import SYSTEM
    from kaifaqu.kernel.commit import commit
    from kaifaqu.kernel.founding import begin
    from kaifaqu.kernel.periods import Period
    from kaifaqu.kernel.testing import employ, party
    from kaifaqu.kernel.world import World
    from kaifaqu.registers.projects.models import Project
    from kaifaqu.reporting.scoring.computing import Scorer
    from kaifaqu.reporting.scoring.making import draft
    from kaifaqu.reporting.scoring.models import Scoring
    from kaifaqu.reporting.scoring.sheets import sheets_of

    H1 = Period.parse("2024-H1")

    def do(code, record, by=SYSTEM, **facts):
        """Take an action on a record as it stands now; return what was written first."""
        action = actions.find(code)
        if not action.creates:
            record = type(record).objects.get(pk=record.pk)
            facts["version"] = record.row_version
        return commit([action.plan(record, by=by, **facts)], by=by)[0]

    def enter(register, owner, rows):
        """Enter rows of facts in one commit."""
        create = actions.find(f"{register}.create").plan
        return commit([create(owner, by=SYSTEM, facts=facts) for facts in rows], by=SYSTEM)

    def scored(zone, code, known=0):
        """Return a shipped sheet applied to a zone."""
        return Scorer(zone, sheets_of(zone.pk, H1.end, World())[code], H1, None, known).result()

    def points(result):
        """Return what each item counts, exactly."""
        return {line.number: line.counted for line in result.lines}

    def page(scoring, person):
        """Return the page of a scoring as text."""
        browser = Client()
        browser.force_login(person)
        with override_settings(ALLOWED_HOSTS=["testserver"]):
            answer = browser.get(reverse("scoring", args=[scoring.pk]))
        return " ".join(html.unescape(strip_tags(re.sub(r"(?s)<head>.*?</head>", "", answer.content.decode()))).split())

    clock.set(datetime(2024, 7, 20, 9, tzinfo=clock.ZONE))
    root = begin("ROOT", "测试", demo=True)
    city, yanan, hard = party(root, "CITY", "甲市开发区"), party(root, "YANAN", "乙市开发区"), party(root, "HARD", "丙市开发区")
    maker = employ(root, "maker", at=city)
    issuer = employ(root, "issuer", at=city)
    maker_of_hard = employ(root, "hardmaker", at=hard)

    signed = enter("projects", city, [
        {"name": f"签约{number}", "signed_on": f"2024-{1 + number % 6:02d}-15",
         "total_investment": AMOUNT - 27 * 60000 if number == 27 else 60000} for number in range(SIGNED)])  # fmt: skip
    enter("projects", city, [{"name": "上年签约", "signed_on": "2023-12-31", "total_investment": 5000},
                             {"name": "下半年签约", "signed_on": "2024-07-01", "total_investment": 5000}])
    built = enter("projects", yanan, [
        {"name": name, "total_investment": worth, "signed_on": "2022-06-01", "started_on": started,
         **({"production_on": done} if done else {})} for name, worth, started, done, _plan, _reached in BUILT])  # fmt: skip
    enter("progress", yanan, [
        {"subject": each, "month": "2024-06", "planned_investment": plan, "year_to_date": reached}
        for each, (*_facts, plan, reached) in zip(built, BUILT, strict=True) if plan])
    few = enter("projects", hard, [{"name": f"签约{number}", "signed_on": "2024-06-30", "total_investment": 1000} for number in range(3)])
    leads = enter("leads", hard, [
        {"name": f"线索{number}", "first_contact_on": "2024-01-01", "negotiating_on": "2024-01-02",
         **({"signed_on": "2024-02-01"} if number < 2 else {})} for number in range(3)])  # fmt: skip
    [target] = enter("targets", hard, [{
        "year": 2024, "indicator": "projects.signed.year.count", "amount": 12, "document": "甲〔2024〕1号", "document_on": "2024-01-05"}])
    enter("target_shares", hard, [{"target": target, "month": month, "amount": 1} for month in range(1, 13)])
    enter("rules", hard, [{"kind": "scoring.sheets", "since": "2024-01-01", "published_on": "2024-01-01", "source_document": "测试",
                           "content": json.dumps(SHEET)}])
    if bar.fault:
        with sqlite3.connect(laboratory.file_of(url)) as database:
            for table in ("projects_project", "projects_project_version"):
                database.execute(f"UPDATE {table} SET signed_on = '2023-12-15' WHERE id IN (?, ?)", [signed[0].pk, few[0].pk])
            for table in ("projects_lead", "projects_lead_version"):
                database.execute(f"UPDATE {table} SET signed_on = '2024-07-15' WHERE id = ?", [leads[0].pk])

    # the masked city: [(28 ÷ 27) x 50% + (177.7 ÷ 54) x 50%] x 0.5
    result = scored(city, "city.signing")
    bar.check("the masked city's score is [(28÷27)×50%+(177.7÷54)×50%]×0.5", Fraction(result.total) == CITY, f"{CITY} = {float(CITY):.6f}")
    bar.check("to the sheet's places it is 1.0819", result.total_shown == "1.0819", result.total_shown)
    bar.check("28 ÷ 27 counts 7/27, 177.7 ÷ 54 counts 1777/2160",
              points(result) == {"1.1": Fraction(7, 27), "1.2": Fraction(1777, 2160)}, points(result))
    bar.check("each point is told with its numbers", [line.words for line in result.lines] == [
        "28 个 ÷ 27 个 × 50% × 0.5 ≈ 0.2593", "177.7 亿元 ÷ 54 亿元 × 50% × 0.5 ≈ 0.8227"], result.lines[1].words)
    bar.check("behind each stand its 28 records", [len(line.figure.records) for line in result.lines] == [SIGNED, SIGNED])

    # Yan'an 2017
    built_result = scored(yanan, "yanan.construction")
    wanted = {number: Fraction(each) for number, each in YANAN.items()}
    bar.check("Yan'an's five items are what was computed by hand", points(built_result) == wanted, points(built_result))
    bar.check("92.665 is published as 92.67: rounded half up, once", built_result.total_shown == "92.67", built_result.total)
    bar.check("its progress is told: 45665 ÷ 60000 × 60", "÷" in built_result.line("3.1").words and built_result.line("3.1").words.endswith(
        "× 60 = 45.665"), built_result.line("3.1").words)

    # what is hard
    found, asked = scored(hard, "hard"), {number: Fraction(each) for number, each in HARD.items()}
    for number, what in {"1.1": "of a target by months, what is due", "2.1": "of a plain target, what the days make due",
                         "3.1": "the 功效系数 of a rate, exactly", "3.2": "two thirds of a rate, exactly",
                         "3.3": "66.666… is below 66.67"}.items():  # fmt: skip
        bar.check(f"{number} {what}: {asked[number]}", points(found)[number] == asked[number], points(found)[number])
    whole = 24 + sum(asked[number] for number in ("2.1", "3.1", "3.2", "3.3"))
    bar.check("the dimension ends at 12, double", Fraction(found.total) == whole and "「招商」合计 30 分，最高 24 分，按 24 分计。" in
              found.sentences, found.total)
    record = do("scorings.create", hard, maker_of_hard, facts={"sheet": "hard", "period": "2024-H1"})
    for given, counted in (("5", 24), ("3", 23)):
        do("score_overrides.create", hard, maker_of_hard, facts={
            "scoring": record, "item": "1.1", "given": given, "grounds": "核实", "document": "纪要"})
        again = draft(record, maker_of_hard)
        bar.check(f"decided {given}, the dimension counts {counted}: marks by hand stand within all weights",
                  Fraction(again.total) == whole - 24 + counted and Fraction(again.line("1.1").computed) == asked["1.1"], again.total)

    # one record less changes exactly its marks
    known = events.last_seq()
    do("projects.archive", signed[1], reason="重复登记")
    less = scored(city, "city.signing")
    lost = {number: points(result)[number] - marks for number, marks in points(less).items()}
    bar.check("one project of 6 亿元 less costs 1/27/4 and 6/54/4, and nothing else",
              lost == {"1.1": Fraction(1, 108), "1.2": Fraction(6, 216)}, lost)
    bar.check("the record that is missing is that one", {each[1] for each in result.lines[0].figure.records} - {
        each[1] for each in less.lines[0].figure.records} == {signed[1].pk})
    bar.check("as known before, the score is what it was", scored(city, "city.signing", known).total == result.total)
    do("projects.archive", built[5], reason="不在本区")
    without = {number: wanted[number] - marks for number, marks in points(scored(yanan, "yanan.construction")).items()}
    bar.check("the project in production less costs its 20 marks, and nothing else", without == {**dict.fromkeys(wanted, 0), "4.1": 20},
              without)

    # a report less: the progress cannot be computed, and is not zero
    [report] = list(World().rows(actions.find("progress.create").register).filter(owner_id=yanan.pk, subject_id=built[0].pk))
    do("progress.archive", report, reason="误报")
    partial = scored(yanan, "yanan.construction")
    bar.check("without a report the progress is not zero but cannot be computed, and the total is not stated",
              partial.total is None and partial.line("3.1").computed is None and partial.known_shown == "27.00",
              partial.line("3.1").problem[:60])

    # a decision by hand, explained
    held = do("scorings.create", city, maker, facts={"sheet": "city.signing", "period": "2024-H1"})
    decided = do("score_overrides.create", city, maker, facts={
        "scoring": held, "item": "1.1", "given": "0.26", "grounds": "一个项目已签约未登记", "document": "会议纪要〔2024〕3号"})
    told = page(held, maker)
    sentence = "人工核定：1.1「签约个数」计算得 0.2500 分，核定 0.26 分。理由：一个项目已签约未登记（会议纪要〔2024〕3号）。"
    bar.check("the decision is explained on the sheet, both marks beside each other", sentence in told and "演示maker 核定 0.26 分" in told)
    bar.check("and the computation stands there still", "27 个 ÷ 27 个 × 50% × 0.5 = 0.25" in told)
    try:
        do("scorings.issue", held, maker)
        refused = ""
    except ValidationError as refusal:
        refused = "".join(refusal.messages)
    bar.check("who decided does not issue", "您自己核定的分数" in refused)
    issued = do("scorings.issue", held, issuer)
    total = Fraction("0.26") + points(less)["1.2"]
    frozen = Scoring.objects.get(pk=held.pk).frozen()
    bar.check("issued, its total is that of the decision and the other item", Fraction(frozen.total) == total)
    before = page(issued, issuer)
    do("projects.archive", signed[2], reason="重复登记")
    bar.check("an issued scoring reads the same when records change", page(issued, issuer) == before)
    bar.check("its records are those of its day", len(Scoring.objects.get(pk=held.pk).frozen().lines[0].figure.records) == SIGNED - 1)

    # an accident, and the veto that is explained
    safe = do("scorings.create", city, maker, facts={"sheet": "province.protection", "period": "2024-H1"})
    finding = {"scoring": safe, "found_on": "2024-05-06", "document": "督察〔2024〕1号"}
    do("score_findings.create", city, maker, facts={**finding, "item": "1.1", "count": 3, "what": "三个督察问题"})
    do("score_findings.create", city, maker, facts={**finding, "item": "1.2", "count": 1, "what": "一起曝光"})
    told = page(safe, maker)
    bar.check("8 − 3 × 0.3 and − 1 × 1.5 are 5.6", "8 − 3 个 × 0.3 = 7.1" in told and "总分5.60" in told)
    accident = do("score_findings.create", city, maker, facts={**finding, "item": "3.1", "count": 1, "what": "一起重大事故"})
    told = page(safe, maker)
    bar.check("an accident makes the total zero, and the sheet says why",
              "一票否决：3.1「重大及以上事故」1 起 > 0，成立：总分为 0。" in told
              and "各项合计 5.60 分，因一票否决总分为 0。" in told and "总分0.00" in told)
    do("score_findings.archive", accident, maker, reason="经查不在本区")
    bar.check("taken back, the total stands again", "总分5.60" in page(safe, maker))

    # a wrong sheet is refused with everything that is wrong
    wrong = {"bad": {
        "title": "错表", "basis": "无", "places": 9,
        "pro_rata": [{"number": "1", "dimension": "甲", "label": "一", "figure": "nothing", "target": "0.5", "marks": "0", "cap": "100%"}],
        "bands": [{"number": "2", "dimension": "甲", "label": "二", "figure": "projects.signed.year.count",
                   "bands": [["1", "2", "3"], ["4", "5", "6"]]}],
        "efficacy": [{"number": "3", "dimension": "甲", "label": "三", "figure": "issues.solved_rate", "marks": "1", "unallowed": "5",
                      "satisfactory": "5", "least": "60", "most": "100"}],
    }}  # fmt: skip
    try:
        enter("rules", city, [{"kind": "scoring.sheets", "since": "2024-01-01", "published_on": "2024-01-01", "source_document": "无",
                               "content": json.dumps(wrong)}])
        refused = ""
    except ValidationError as refusal:
        refused = "".join(refusal.messages)
    parts = ("保留小数", "没有指标「nothing」", "请写明「分值」", "应与上一档的终点 2 相接", "「不允许值」和「满意值」不能相同")
    found = sum(each in refused for each in parts)
    bar.check("a wrong sheet is refused with all five sentences", found == len(parts), found)

    bar.check("every step is an event of a chain that verifies", audit.verify().problems == [], events.last_seq())
    there = (Project.objects.count(), Scoring.objects.count())
    bar.check("projects and scorings were really there", there == (SIGNED + 2 + len(BUILT) + len(few), 3), f"{there}, {decided.code}")
bar.close()
