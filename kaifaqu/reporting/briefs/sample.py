"""What the demo's people made of their records: three templates, and the half-year brief that was issued in July 2024."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date

from django.core.exceptions import ImproperlyConfigured

from kaifaqu.registers.story import Ref, Scene, moment
from kaifaqu.reporting.briefs.models import BriefTemplate
from kaifaqu.reporting.briefs.ready import READY
from kaifaqu.reporting.paper.fonts import fonts

CODES = ("MB0001", "MB0002", "MB0003")
DRAFTED, ISSUED = date(2024, 7, 8), date(2024, 7, 9)


def scenes() -> Iterator[Scene]:
    """Yield how the templates were entered, and how the brief went from draft to issue."""
    for minutes, (code, ready) in enumerate(zip(CODES, READY, strict=True)):
        facts = {"code": code, "name": f"{ready.name}（演示）", "rhythm": ready.rhythm, "body": ready.body}
        yield Scene(moment(date(2024, 6, 3), minutes), "projects", "brief_templates.create", facts={"facts": facts})
    yield Scene(moment(DRAFTED, 60), "projects", "briefs.create", facts={"facts": {
        "code": "JB0001", "template": Ref(BriefTemplate, CODES[0]), "period": "2024-H1"}})
    yield Scene(moment(DRAFTED, 90), "projects", "briefs.submit", "JB0001")
    yield Scene(moment(ISSUED, 60), "director", "briefs.review", "JB0001")
    with suppress(ImproperlyConfigured):  # without Chinese fonts there is no PDF: it waits to be issued
        fonts()
        yield Scene(moment(ISSUED, 90), "director", "briefs.issue", "JB0001", {"number": "演开发〔2024〕12号", "issued_on": ISSUED})
    yield Scene(moment(date(2024, 8, 2), 60), "projects", "briefs.create", facts={"facts": {
        "code": "JB0002", "template": Ref(BriefTemplate, CODES[1]), "period": "2024-07"}})
