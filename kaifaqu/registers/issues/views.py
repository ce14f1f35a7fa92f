"""Links of issues: how the office makes one, and what somebody without an account sees and does with it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import segno
from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kaifaqu.cases.lifecycle import Stage
from kaifaqu.cases.links import Bearer, hashed, new_secret
from kaifaqu.cases.models import Satisfaction
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party
from kaifaqu.kernel.commit import commit
from kaifaqu.pages.asked import number
from kaifaqu.pages.reading import Reader
from kaifaqu.pages.views import Request, demand, posted
from kaifaqu.registers.issues import actions
from kaifaqu.registers.issues.models import CATEGORIES, Issue, IssueLink
from kaifaqu.registers.organisations.models import Enterprise

HOLDS = timedelta(days=30)  # as offered; another day may be written


class LinkForm(forms.Form):
    """Whom a link is for, and how long it holds."""

    enterprise = forms.ModelChoiceField(Enterprise.objects.none(), label=_("企业"))
    subject = forms.ModelChoiceField(Issue.objects.none(), label=_("难点堵点"), required=False, empty_label=_("还没有，凭链接提出"))
    addressee = forms.CharField(label=_("交给谁"), max_length=100, required=False)
    expires_on = forms.DateField(label=_("有效期至"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, request: Request, issue: Issue | None):
        first = {"enterprise": issue and issue.enterprise, "subject": issue, "expires_on": clock.today() + HOLDS}
        super().__init__(posted(request), initial=first, label_suffix="")
        owners = request.user.owners("issue_links.edit")
        enterprises = Enterprise.objects.visible_to(request.user).filter(owner__in=owners).order_by("code")
        issues = Issue.objects.visible_to(request.user).filter(owner__in=owners, enterprise__isnull=False).order_by("-code")
        chosen = cast(Any, self.fields["enterprise"])
        chosen.queryset, chosen.label_from_instance = enterprises, Reader(request.user).text
        cast(Any, self.fields["subject"]).queryset = issues.filter(pk=issue.pk) if issue else issues.none()


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_link(request: Request) -> HttpResponse:
    """Make a link for an enterprise, and show its address: this once, for only a hash of it is kept."""
    demand(request.user, "issue_links.edit")
    asked = number(request.GET.get("subject", ""))
    issue = Issue.objects.visible_to(request.user).filter(pk=asked, enterprise__isnull=False).first() if asked else None
    form = LinkForm(request, issue)
    if request.method == "POST" and form.is_valid():
        secret, facts = new_secret(), form.cleaned_data
        owner = Party.objects.get(pk=facts["enterprise"].owner_id)
        try:
            [link] = commit([actions.make_link(owner, by=request.user, secret_hash=hashed(secret), **facts)], by=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            address = f"{settings.ADDRESS}{reverse('issue-link', args=[secret])}"
            return render(request, "issues/link_made.html", {"link": link, **_handed_out(link, address)})
    return render(request, "issues/link_new.html", {"form": form, "issue": issue})


def _handed_out(link: IssueLink, address: str) -> dict[str, Any]:
    """Return what is given to the enterprise: the address as a picture, and words to send on."""
    reporting = _t("提出一个难点堵点，并查看和确认它的办理")
    what = _t("查看和确认「{title}」的办理").format(title=link.subject.title) if link.subject else reporting
    text = _t("{enterprise}：请打开 {address} {what}，不需要账户，有效期至 {day}。请不要转发给别人。").format(
        enterprise=link.enterprise.name, address=address, what=what, day=link.expires_on)
    return {"address": address, "text": text, "lines": 3, "picture": segno.make(address, error="m", micro=False).svg_data_uri(scale=4)}


class ReportForm(forms.Form):
    """What an enterprise reports."""

    category = forms.ChoiceField(label=_("类别"), choices=[("", "—"), *CATEGORIES])
    title = forms.CharField(label=_("一句话说明"), max_length=200)
    demand = forms.CharField(label=_("具体情况和诉求"), max_length=4000, required=False, widget=forms.Textarea({"rows": 5}))


class ConfirmForm(forms.Form):
    """That it is solved, and how satisfied the enterprise is."""

    satisfaction = forms.ChoiceField(label=_("满意度"), choices=Satisfaction.choices, widget=forms.RadioSelect)
    text = forms.CharField(label=_("评价（可不填）"), max_length=2000, required=False, widget=forms.Textarea({"rows": 3}))


class DisputeForm(forms.Form):
    """What is not solved yet."""

    text = forms.CharField(label=_("还有什么没有解决"), max_length=2000, widget=forms.Textarea({"rows": 3}))


class RemindForm(forms.Form):
    """A reminder; nothing needs to be said."""

    text = forms.CharField(label=_("想说的话（可不填）"), max_length=2000, required=False, widget=forms.Textarea({"rows": 2}))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Show the one issue of a link to whoever opens it, or let him report it; nothing else, and not once it has expired."""
    link = IssueLink.of(secret)
    if link is None or link.is_expired(clock.today()):
        answer = render(request, "issues/link_gone.html", {"link": link}, status=410 if link else 404)
    else:
        answer = _held(request, link)
    answer["Referrer-Policy"], answer["X-Robots-Tag"] = "same-origin", "noindex"  # the address is the key; without any, no form is taken
    return answer


def _held(request: HttpRequest, link: IssueLink) -> HttpResponse:
    """Answer the holder of a link that holds."""
    bearer, issue = Bearer(link), link.subject
    verb = request.POST.get("do", "") if request.method == "POST" else ""
    forms_ = _forms(issue)
    shown = {name: form(request.POST if name == verb else None, label_suffix="", prefix=name) for name, (form, _act) in forms_.items()}
    done = ""
    if verb in shown and shown[verb].is_valid():
        try:
            subject: Any = issue or link
            commit([forms_[verb][1](subject, by=bearer, version=subject.row_version, **shown[verb].cleaned_data)], by=bearer)
        except ValidationError as refusal:
            shown[verb].add_error(None, refusal)
        else:
            link = IssueLink.objects.select_related("subject").get(pk=link.pk)
            issue, done = link.subject, verb
            shown = {name: form(None, label_suffix="", prefix=name) for name, (form, _act) in _forms(issue).items()}
    return render(request, "issues/link.html", {"link": link, "live": issue, "forms": shown, "done": done})


def _forms(issue: Issue | None) -> dict[str, tuple[type[forms.Form], Callable[..., Any]]]:
    """Return what can be done now with a link: the form and the action of each."""
    if issue is None:
        return {"report": (ReportForm, actions.report_by_link)}
    if issue.stage in (Stage.RESOLVED, Stage.VERIFIED):
        return {"confirm": (ConfirmForm, actions.confirm_by_link), "dispute": (DisputeForm, actions.dispute_by_link)}
    return {"remind": (RemindForm, actions.remind_by_link)} if issue.offers("remind") else {}
