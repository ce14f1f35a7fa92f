"""The page on which a person makes or revokes the address of his calendar, and the calendar itself."""

import hashlib

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaifaqu.interfaces.icalendar import actions
from kaifaqu.interfaces.icalendar.models import CalendarKey
from kaifaqu.interfaces.icalendar.writing import written
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Installation
from kaifaqu.kernel.commit import commit
from kaifaqu.pages import agenda
from kaifaqu.pages.views import Request

SHOWN = 20  # entries on the page


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_calendar(request: Request) -> HttpResponse:
    """Show what the person's calendar holds; sent, make a new address, which stands on this answer only and ends the earlier one."""
    user, address = request.user, ""
    if request.method == "POST":
        with transaction.atomic():
            address = f"{settings.ADDRESS}{reverse('calendar-feed', args=[CalendarKey.make(user)])}"
            commit([actions.open_calendar(user, by=user, version=user.row_version)], by=user)
    found = agenda.entries(user)
    return render(request, "icalendar/calendar.html", {
        "key": CalendarKey.objects.filter(person=user, until__gt=clock.today()).first(), "address": address,
        "entries": found[:SHOWN], "count": len(found), "more": len(found[SHOWN:]),
    })  # fmt: skip


@login_required
@require_POST
def revoke(request: Request) -> HttpResponse:
    """End the address of the person's calendar, at once."""
    with transaction.atomic():
        if CalendarKey.objects.filter(person=request.user).delete()[0]:
            commit([actions.close_calendar(request.user, by=request.user, version=request.user.row_version)], by=request.user)
            messages.success(request, _("日历地址已作废，用它订阅的日历不再更新。"))
    return redirect("own-calendar")


@require_safe
def calendar(request: HttpRequest, key: str) -> HttpResponse:
    """Hand out the calendar of the person whose key it is, with his rights of today, in Chinese as all that is issued."""
    found = CalendarKey.opened_by(key)
    with override(settings.LANGUAGE_CODE):
        if found is None:
            said = _("这个日历地址无效：可能已经作废、换新或过期。请登录后在「日历订阅」里重新生成。")
            return HttpResponseNotFound(said, content_type="text/plain; charset=utf-8")
        body = written(agenda.entries(found.person), found.person, Installation.objects.select_related("owner").get())
    CalendarKey.objects.filter(pk=found.pk).exclude(asked_on=clock.today()).update(asked_on=clock.today())
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = 'inline; filename="kaifaqu.ics"'
    response.headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()}"'
    return get_conditional_response(request, etag=response.headers["ETag"], response=response) or response
