"""G2: what was issued stays as it was, and a restatement names the record that changed.

Briefs of the demo zone are issued, from the shipped templates and from a Word file. Then records picked by chance are
corrected, and each brief is restated. The issued files are served byte for byte, before and after; rebuilt from the frozen
content alone their words, numbers and traces are equal; the differences name exactly the corrected records, and every
number that did not change says so. The planted faults: a file in the store is made anew after the correction; a frozen
content is changed by one digit behind the product's back.
"""

import hashlib
import io
import json
import random
from decimal import Decimal
from typing import Any

import docx
from bar import Bar

from tests import laboratory

SEED = 5
PERIODS = {"MB0001": "2024-H1", "MB0002": "2024-06", "MB0003": "2024-08-05", "MB0009": "2024-H1"}


def word_template() -> bytes:
    """Return a Word file with marks, one of them cut into several runs and written with the signs of an input method."""
    word = docx.Document()
    word.add_heading("半年情况", 0)
    word.add_heading("在建", 1)
    paragraph = word.add_paragraph("在建项目")
    for piece in ("{{ 数（", "“在建", "项目数”", "） }}"):
        paragraph.add_run(piece).bold = True
    paragraph.add_run("，总投资{{ 数(\"在建项目总投资\", 单位=\"亿元\", 位数=2) }}。")
    table = word.add_table(1, 2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "续建", '{{ 数("续建项目总投资") }}'
    word.add_paragraph('{{ 清单("新建项目数", 栏目="编号,项目名称,计划总投资（万元）") }}')
    stream = io.BytesIO()
    word.save(stream)
    return stream.getvalue()


class Office:
    """The people of the demo who make briefs, and how they take an action."""

    def __init__(self) -> None:
        from kaifaqu.kernel.access import User

        self.drafter, self.director = (User.objects.get(code=code) for code in ("projects", "director"))

    def take(self, code: str, record: Any, by: Any, **facts: Any) -> Any:
        """Take an action on a record as it stands now; return what was written first."""
        from kaifaqu.kernel import actions
        from kaifaqu.kernel.commit import commit

        action = actions.find(code)
        if not action.creates:
            record = type(record).objects.get(pk=record.pk)
            facts["version"] = record.row_version
        return commit([action.plan(record, by=by, **facts)], by=by)[0]

    def issue(self, brief: Any, number: str) -> Any:
        """Bring a draft to its issue."""
        self.take("briefs.submit", brief, self.drafter)
        self.take("briefs.review", brief, self.director)
        return self.take("briefs.issue", brief, self.director, number=number)

    def templates(self) -> list[Any]:
        """Return the shipped templates and one that is a Word file."""
        from kaifaqu.files import store
        from kaifaqu.kernel.access import Installation
        from kaifaqu.reporting.briefs.models import BriefTemplate

        zone = Installation.objects.get().owner
        facts = {"code": "MB0009", "name": "半年情况（Word）", "rhythm": "half"}
        made = self.take("brief_templates.create", zone, self.drafter, facts=facts)
        kept = store.keep(io.BytesIO(word_template()), "半年情况.docx")
        self.take("brief_templates.attach", made, self.drafter, kept=kept)
        return list(BriefTemplate.objects.current().order_by("code"))


def served(brief: Any, reader: Any) -> dict[str, bytes]:
    """Return the files of a brief as the pages hand them out."""
    from django.test import Client
    from django.urls import reverse

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(reader)
    told = {format: client.get(reverse("brief-file", args=[brief.pk, format])) for format in brief.FILES}
    return {format: b"".join(answer.streaming_content) for format, answer in told.items()}


def words(file: bytes) -> list[str]:
    """Return the words of a Word file: paragraphs and cells."""
    word = docx.Document(io.BytesIO(file))
    return [each.text for each in word.paragraphs] + [cell.text for table in word.tables for row in table.rows for cell in row.cells]


def correct(office: Office, chance: random.Random) -> dict[str, Decimal]:
    """Correct the investment of some projects that are under construction; return by code by how much."""
    from kaifaqu.registers.projects.models import Project

    rows = list(Project.objects.current().filter(stage="under_construction", started_on__lt=20240600).order_by("code"))
    changed = {}
    for project in chance.sample(rows, 3):
        more = Decimal(chance.randint(1, 90) * 100)
        facts = {"total_investment": project.total_investment + more}
        office.take("projects.correct", project, office.drafter, facts=facts, reason="合同补充协议")
        changed[project.code] = more
    return changed


def check_rebuilt(bar: Bar, brief: Any, files: dict[str, bytes]) -> None:
    """Check that the frozen content alone makes the same words again."""
    from kaifaqu.files.models import Content
    from kaifaqu.reporting.briefs import making
    from kaifaqu.reporting.document import Document

    document, stamp = brief.document(), making.stamp_of(brief)
    again = Document.from_dict(json.loads(json.dumps(document.as_dict())))
    bar.check(f"{brief.code}: the frozen content outlives JSON, numbers and traces as they were", again == document,
              f"{len(document.numbers)} numbers, {sum(len(each.records) for each in document.numbers)} records behind them")
    rebuilt = making.paper(again, stamp, "docx")
    bar.check(f"{brief.code}: rebuilt from it the Word file says the same", words(rebuilt) == words(files["docx"]),
              f"{len(words(rebuilt))} texts")
    for format in ("pdf", "xlsx"):
        same = making.paper(again, stamp, format)
        bar.check(f"{brief.code}: and the {format} has as many bytes", abs(len(same) - len(files[format])) < 64, len(same))
    bar.check(f"{brief.code}: its hash is that of its content", Content.keep(document.as_dict()) == brief.content_sha256)


def check_differences(bar: Bar, before: Any, after: Any, changed: dict[str, Decimal], reader: Any) -> None:
    """Check that the differences are the corrected records, number by number, and nothing else."""
    from kaifaqu.pages.reading import Reader
    from kaifaqu.reporting.briefs.differences import differences

    found = differences(before.document(), after.document(), Reader(reader))
    facts = [each for each in found if not each.number.code]
    told = [each for each in found if each.number.code]
    named = {change.row.code: change.difference for each in told for part in each.explanations for change in part.changes}
    bar.check(f"{after.code}: the differences name exactly the corrected records, each with its difference", named == changed,
              f"{len(told)} figures, {len(facts)} facts of records differ; {', '.join(sorted(named))}")
    reasons = {entry.event.reason for each in told for part in each.explanations for change in part.changes for entry in change.why}
    bar.check(f"{after.code}: and say why", reasons == {"合同补充协议"}, reasons)
    for each in told:
        one, other = each.before, each.after
        if one and other and one.unit == "万元" and one.value and other.value and not one.by:
            part = sum((change.difference for part in each.explanations[:1] for change in part.changes), Decimal(0))
            bar.check(f"{after.code}: {one.label} {one.period}: what the records changed is what the number changed",
                      Decimal(other.value) - Decimal(one.value) == part, f"{one.value} → {other.value}")


def main(bar: Bar) -> None:
    """Issue, correct, restate and compare."""
    from kaifaqu.files import store
    from kaifaqu.files.models import Content
    from kaifaqu.reporting.briefs import making
    from kaifaqu.reporting.briefs.models import Brief

    laboratory.demo()
    office, chance = Office(), random.Random(SEED)
    briefs = []
    for place, template in enumerate(office.templates()):
        facts = {"template": template, "period": PERIODS[template.code]}
        draft = office.take("briefs.create", template.owner, office.drafter, facts=facts)
        briefs.append(office.issue(draft, f"演开发〔2024〕{90 + place}号"))
    files = {brief.pk: served(brief, office.drafter) for brief in briefs}
    for brief in briefs:
        hashes = {format: hashlib.sha256(content).hexdigest() for format, content in files[brief.pk].items()}
        bar.check(f"{brief.code}: three files are served, each with the hash that was kept",
                  hashes == {format: getattr(brief, column) for format, column in Brief.FILES.items()},
                  ", ".join(f"{format} {len(content)}" for format, content in files[brief.pk].items()))
        check_rebuilt(bar, brief, files[brief.pk])

    changed = correct(office, chance)
    if bar.fault:  # what nobody may do
        store.path_of(briefs[0].word_sha256).write_bytes(making.paper(briefs[0].document(), making.stamp_of(briefs[0]), "docx") + b" ")
        content = Content.objects.get(pk=briefs[1].content_sha256)
        Content.objects.filter(pk=content.pk).update(text=content.text.replace("1", "7", 1))
    for brief in briefs:
        again = served(brief, office.drafter)
        bar.check(f"{brief.code}: after the correction the very same files are served", again == files[brief.pk],
                  f"{sum(map(len, again.values()))} bytes")
        try:
            brief.document()
        except LookupError as problem:
            bar.check(f"{brief.code}: its frozen content is what it was", False, problem)
            continue
        restated = office.take("briefs.restate", brief, office.drafter, reason="投资额更正")
        restated = office.issue(restated, f"{brief.number}更正")
        check_differences(bar, brief, restated, changed, office.drafter)
        bar.check(f"{brief.code}: its restatement is another document and names it", restated.restates_id == brief.pk
                  and restated.content_sha256 != brief.content_sha256, restated.code)


if __name__ == "__main__":
    the_bar = Bar("G2", __doc__)
    with laboratory.database():
        laboratory.enter()
        main(the_bar)

        from django.db import connection

        connection.close()
    the_bar.close()
