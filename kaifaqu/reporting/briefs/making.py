"""Making briefs: composing one from its template as it is known now, and the files that are made of a frozen one."""

import io
import json
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from kaifaqu.files import store
from kaifaqu.files.models import Attachment, Content
from kaifaqu.files.store import Kept
from kaifaqu.kernel import clock, events
from kaifaqu.kernel.access import User
from kaifaqu.kernel.periods import Period
from kaifaqu.reporting.briefs.models import Brief, BriefTemplate
from kaifaqu.reporting.briefs.wordmarks import set_word
from kaifaqu.reporting.calls import Asker
from kaifaqu.reporting.composing import Composer
from kaifaqu.reporting.document import Document, Stamp
from kaifaqu.reporting.marks import Wrong, set_text
from kaifaqu.reporting.paper import annex, pdf, word

WRITERS = {"docx": word.write, "pdf": pdf.write, "xlsx": annex.write}
LANGUAGE = "zh-hans"  # an official document is written in Chinese, whoever looks


@dataclass
class Composed:
    """A document as a template makes it now, everything that is wrong with it, and the Word file with its places."""

    document: Document
    problems: list[str] = field(default_factory=list)
    form: bytes = b""


def compose(template: BriefTemplate, period: Period, user: Any, known: int | None = None) -> Composed:
    """Return what the template makes for a period as known at an event, with the figures that this person may see."""
    known = known or events.last_seq()
    with override(LANGUAGE):
        day = clock.today() if known == events.last_seq() else _day_of(known)
        document = Document("", str(template.owner.name), period.text, period.label, known, _day(day))
        composer = Composer(Asker(period, frozenset([template.owner_id]), known, user), document)
        composed = Composed(document)
        try:
            if (file := word_file(template)) is not None:
                composed.form = set_word(file, composer)
            elif template.body.strip():
                set_text(template.body, composer)
            else:
                raise Wrong([_("模板「{template}」还没有正文：请写上正文，或附上 Word 文件。").format(template=template)])
        except Wrong as wrong:
            composed.problems = wrong.problems
        document.title = document.title or f"{template.name}（{period.label}）"
        composed.problems += [each for each in document.problems if each not in composed.problems]
        if not composed.form:  # whose own text names the places
            document.keep_shown()
    return composed


def word_file(template: BriefTemplate) -> bytes | None:
    """Return the Word file that was attached to the template last; None where there is none."""
    attached = Attachment.objects.current().of(template).order_by("-id")
    found = next((each for each in attached if each.name.lower().endswith(".docx")), None)
    if found is None:
        return None
    with store.open(found.sha256) as file:
        return file.read()


def freeze(composed: Composed) -> tuple[str, Kept | None]:
    """Keep what was composed, with its Word file where it has one; return the hash under which it is found, and that file."""
    form = store.keep(io.BytesIO(composed.form), _("底稿.docx")) if composed.form else None
    composed.document.form_sha256 = form.sha256 if form else ""
    return Content.keep(composed.document.as_dict()), form


def stamp_of(brief: Brief, *, number: str = "", issued_on: date | None = None, issuer: User | None = None) -> Stamp:
    """Return what stands around a brief on paper, with the number, day and issuer that it has or is about to have."""
    with override(LANGUAGE):
        people = [(_("拟稿"), brief.drafted_by), (_("审核"), brief.reviewed_by), (_("签发"), brief.issued_by or issuer)]
        day, issued = brief.issued_on or issued_on, brief.stage == "issued" or issuer is not None
        return Stamp(
            brief.code, brief.number or number, _("已印发") if issued else _("草稿"), str(brief.owner.name), _day(day) if day else "",
            [(role, str(person)) for role, person in people if person is not None], _head(brief.known),
            f"{settings.ADDRESS}{reverse('brief', args=[brief.pk])}")


def paper(document: Document, stamp: Stamp, format: str) -> bytes:
    """Return a document as a file of this format: docx, pdf or xlsx. Raise ValueError where it cannot be made here."""
    with override(LANGUAGE):
        if format == "docx" and document.form_sha256:
            with store.open(document.form_sha256) as file:
                return word.fill(file.read(), document, stamp)
        return WRITERS[format](document, stamp)


def files(brief: Brief, number: str, issued_on: date, issuer: User) -> dict[str, Kept]:
    """Return the files of a brief that is about to be issued, kept in the store; asked again, the very same ones."""
    stamp = stamp_of(brief, number=number, issued_on=issued_on, issuer=issuer)
    told = brief.content_sha256, json.dumps(asdict(stamp)), f"{brief.code}_{brief.title}"
    if any(store.size_of(each.sha256) is None for each in _files(*told).values()):  # removed since, or kept in another store
        _files.cache_clear()
    return _files(*told)


@lru_cache(maxsize=8)  # made before the transaction that writes them, and not once more in it
def _files(sha256: str, stamp: str, name: str) -> dict[str, Kept]:
    document, told = Document.from_dict(Content.read(sha256)), Stamp(**json.loads(stamp))
    return {format: store.keep(io.BytesIO(paper(document, told, format)), f"{name}.{format}") for format in WRITERS}


def _head(known: int | None) -> str:
    """Return the hash of the event as of which a brief was composed: whoever keeps the paper can hold the chain against it."""
    found = events.Event.objects.filter(seq=known or events.last_seq()).first()
    return found.hash if found else ""


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _day_of(known: int) -> date:
    """Return the day of an event."""
    at = events.Event.objects.get(seq=known).at
    return at.astimezone(clock.ZONE).date()
