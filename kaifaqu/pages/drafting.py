"""Drafts: what a person types into a form is kept on the server before it is sent, so that it outlives the browser.

The form itself says what was typed (`ActionForm.typed`), and shows a draft again; here it is kept, found and cleared.
"""

import uuid
from contextlib import suppress
from datetime import timedelta
from typing import NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kaifaqu.jobs import working
from kaifaqu.kernel import actions, clock
from kaifaqu.kernel.access import User
from kaifaqu.kernel.actions import Action
from kaifaqu.kernel.records import Record
from kaifaqu.pages.forms import ActionForm
from kaifaqu.pages.models import Draft
from kaifaqu.pages.reading import kind

KEEP = "draft-keep"  # the button that asks for a draft instead of the action
KEPT = timedelta(days=90)  # as tables that were handed in: whoever has not come back in a quarter has done it otherwise
LATE = timedelta(days=1)  # in which the page of a sent form may still send what was typed
DRAFTS = 100  # of one person; more is no work that somebody goes on with
SIZE = 100_000  # characters of one draft
OFFERED = 5  # of one form
SHOWN = 12  # on the home page


class Waiting(NamedTuple):
    """A draft in words; the address where it goes on, or nothing where the person may not do it any more."""

    draft: Draft
    label: str
    what: str
    address: str


def keep(form: ActionForm) -> Draft | None:
    """Keep what was typed into the form; of one into which nothing was typed, nothing.

    Raise ValidationError when it is too much, or the form was sent before.
    """
    typed, mine = form.typed(), Draft.objects.filter(person=form.user, sent=False)
    if not typed:
        mine.filter(pk=form.draft).delete()
        return None
    if sum(len(text) for text in typed.values()) > SIZE:
        raise ValidationError(_("内容超过 {size} 字，不能存草稿，请直接提交。").format(size=SIZE))
    with transaction.atomic():
        known = Draft.objects.select_for_update().filter(pk=form.draft).first()
        if known and (known.sent or known.person_id != form.user.pk):
            raise ValidationError(_("这份表单已经提交过，请重新打开再填写。"))
        if known is None and mine.count() >= DRAFTS:
            raise ValidationError(_("您已有 {count} 份草稿，没有再存。请先在首页提交或丢弃几份。").format(count=DRAFTS))
        return Draft.objects.update_or_create(pk=form.draft, defaults=_row(form) | {"typed": typed})[0]


def _row(form: ActionForm) -> dict[str, object]:
    record = form.record
    subject = {"record": record.pk, "owner": record.owner_id, "about": _title(record), "read": form.read} if record else {}
    return {"person": form.user, "action": form.action.code, "kept_at": clock.now(), **subject}


def _title(record: Record) -> str:
    """Return code and name of a record; a name that is personal, or made of other records' names, is not kept."""
    plain = {each.name for each in record._meta.concrete_fields if kind(each) == "text"}
    return f"{record.code} {getattr(record, 'name', '') if 'name' in plain else ''}".strip()


def keep_refused(form: ActionForm) -> Draft | None:
    """Keep what a form has sent and the action has refused, as far as it can be kept."""
    if not form.is_tracked:
        return None
    with suppress(ValidationError):
        return keep(form)
    return None


def finish(form: ActionForm) -> None:
    """Remove the draft of a form that was sent."""
    if form.is_tracked:
        Draft.objects.get_or_create(pk=form.draft, defaults=_row(form))
        Draft.objects.filter(pk=form.draft, person=form.user).update(sent=True, typed={}, about="", kept_at=clock.now())


def find(user: User, key: str, action: Action, record: Record | None) -> Draft | None:
    """Return the person's own draft of this form, if there is one."""
    try:
        asked = uuid.UUID(key)
    except ValueError:
        return None
    return _like(user, action, record).filter(pk=asked).first()


def offered(form: ActionForm) -> list[Draft]:
    """Return what the person typed into the same form before and has not sent, the latest first."""
    return list(_like(form.user, form.action, form.record).exclude(pk=form.draft)[:OFFERED])


def waiting(user: User) -> list[Waiting]:
    """Return the person's latest drafts in words, the last one first."""
    found = []
    for draft in _open(user)[:SHOWN]:
        if action := actions.registry().get(draft.action):
            acting, looking = user.owners(action.right), user.owners(action.register.right_to("view"))
            owned = draft.owner is not None and not action.register.shared
            may = draft.owner in acting if owned else bool(acting)
            seen = draft.owner in looking if owned else draft.owner is None or bool(looking)
            named = draft.typed.get("name") or draft.typed.get("code") or "" if draft.record is None else draft.about
            what = f"{action.register._meta.verbose_name} {named if seen else _('（无权查看）')}"
            found.append(Waiting(draft, str(action.label), what.strip(), _address(draft, action) if may and seen else ""))
    return found


def _open(user: User) -> QuerySet[Draft]:
    return Draft.objects.filter(person=user, sent=False).order_by("-kept_at")


def _like(user: User, action: Action, record: Record | None) -> QuerySet[Draft]:
    """Return the person's drafts of one form."""
    return _open(user).filter(action=action.code, record=record.pk if record else None)


def _address(draft: Draft, action: Action) -> str:
    """Return where the draft goes on."""
    register = action.register.register
    if draft.record is None:
        address = reverse("new", args=[register]) if action.verb == "create" else reverse("new-by", args=[register, action.verb])
    elif action.verb == "correct":
        address = reverse("edit", args=[register, draft.record])
    else:
        address = reverse("act", args=[register, draft.record, action.verb])
    return f"{address}?draft={draft.pk}"


@login_required
@require_POST
def discard(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Remove a draft of the person's own."""
    get_object_or_404(Draft, pk=pk, person=request.user, sent=False).delete()
    wanted = request.POST.get("next", "")
    return redirect(wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()) else "home")


@working.daily
def clear() -> None:
    """Remove the drafts to which nobody has come back, and what is left of forms that were sent."""
    Draft.objects.filter(kept_at__lt=clock.now() - KEPT).delete()
    Draft.objects.filter(sent=True, kept_at__lt=clock.now() - LATE).delete()
