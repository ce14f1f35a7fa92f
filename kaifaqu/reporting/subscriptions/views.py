"""The inbox, one message as text to copy, and the person's own subscriptions."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaifaqu.kernel import actions, clock
from kaifaqu.kernel.commit import commit
from kaifaqu.pages.asked import number
from kaifaqu.pages.views import Request, demand, page_of, posted
from kaifaqu.reporting.subscriptions.actions import OWN
from kaifaqu.reporting.subscriptions.forms import OwnForm, begun_with
from kaifaqu.reporting.subscriptions.models import Notice, Subscription


@login_required
@require_safe
def inbox(request: Request) -> HttpResponse:
    """List the person's messages, the newest first."""
    rows = Notice.objects.filter(person_id=request.user.pk).select_related("mail").order_by("-made_at", "-id")
    page = page_of(request, rows)
    return render(request, "subscriptions/inbox.html", {
        "page": page, "newest": max((each.pk for each in page), default=0), "days": settings.NOTICE_DAYS,
    })  # fmt: skip


@login_required
@require_POST
def read(request: Request) -> HttpResponse:
    """Mark as read one message, or all up to the newest that the person had before him."""
    rows = Notice.objects.filter(person_id=request.user.pk, read_at=None)
    one, newest = number(request.POST.get("id", "")), number(request.POST.get("newest", ""))
    rows.filter(**{"pk": one} if one is not None else {"pk__lte": newest or 0}).update(read_at=clock.now())
    page = number(request.POST.get("page", "")) or 1
    return redirect(f"{reverse('inbox')}?page={page}" if page > 1 else "inbox")


@login_required
@require_safe
def notice(request: Request, pk: int) -> HttpResponse:
    """Show one of the person's own messages as text to copy; with that it is read."""
    found = get_object_or_404(Notice.objects.select_related("mail", "subscription"), pk=pk, person_id=request.user.pk)
    if request.method == "GET" and found.read_at is None:
        Notice.objects.filter(pk=pk).update(read_at=clock.now())
    return render(request, "subscriptions/notice.html", {
        "notice": found, "text": found.text, "lines": found.text.count("\n") + 2,
        "is_own": found.subscription.archived_at is None,
    })  # fmt: skip


@login_required
@require_safe
def subscriptions(request: Request) -> HttpResponse:
    """List the person's own subscriptions, each with how it stands."""
    rows = Subscription.objects.own(request.user).select_related("standing").order_by("id")
    return render(request, "subscriptions/subscriptions.html", {
        "rows": rows, "may_subscribe": bool(request.user.owners(OWN)), "mails": bool(settings.EMAIL_HOST),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: Request) -> HttpResponse:
    """Make a subscription; from a figure's page the form begins with that figure."""
    demand(request.user, OWN)
    return _work(request, OwnForm(request.user, None, posted(request), initial=begun_with(request.GET.dict())), _("已订阅：{what}。"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def subscription(request: Request, pk: int) -> HttpResponse:
    """Change one of the person's own subscriptions."""
    own = get_object_or_404(Subscription.objects.own(request.user), pk=pk)
    return _work(request, OwnForm(request.user, own, posted(request)), _("已更改订阅：{what}。"))


def _work(request: Request, form: OwnForm, done: str) -> HttpResponse:
    """Show the form, or do what it asks and lead to the list."""
    if request.method == "POST" and form.is_valid():
        try:
            [written] = commit([form.plan()], by=request.user)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, done.format(what=written))
            return redirect("subscriptions")
    return render(request, "subscriptions/form.html", {"form": form, "mails": bool(settings.EMAIL_HOST)})


@login_required
@require_POST
def end(request: Request, pk: int) -> HttpResponse:
    """End one of the person's own subscriptions."""
    own: Any = get_object_or_404(Subscription.objects.own(request.user), pk=pk)
    try:
        commit([actions.find("subscriptions.end").plan(own, by=request.user, version=number(request.POST.get("version", "")) or 0)],
               by=request.user)
        messages.success(request, _("已结束订阅：{what}。").format(what=own))
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    return redirect("subscriptions")
