"""Pages of attachments: a file attached to a record, taken off again, and downloaded."""

import secrets
from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from kaifaqu.files import store
from kaifaqu.files.actions import ATTACH, DETACH
from kaifaqu.files.kinds import KINDS
from kaifaqu.files.models import Attachment, purposes
from kaifaqu.kernel import actions
from kaifaqu.kernel.access import User
from kaifaqu.kernel.actions import Action
from kaifaqu.kernel.commit import Change, commit
from kaifaqu.kernel.records import Record
from kaifaqu.pages.reading import kept_name
from kaifaqu.pages.views import Request, _once, action_named, refuse, register_named

Planned = Change | Iterable[Change]


class FileForm(forms.Form):
    """What a person tells of a file and a record; `token` is another one each time the form is shown."""

    def __init__(self, action: Action, record: Record, *posted: Any, **options: Any):
        self.action, self.record, self.token = action, record, secrets.token_urlsafe(16)
        super().__init__(*posted, **{"label_suffix": "", **options})

    def refuse(self, refusal: ValidationError) -> None:
        """Show each sentence of a refusal."""
        for message in refusal.messages:
            self.add_error(None, message)


class AttachForm(FileForm):
    """A file, and which document of the record it is; `detaches` where the person may take files off again as well."""

    detaches = False
    file = forms.FileField(label=_("文件"), widget=forms.FileInput(attrs={"accept": ",".join(f".{each}" for each in KINDS)}))
    purpose = forms.ChoiceField(label=_("证明事项"), required=False)
    reason = forms.CharField(label=_("说明"), required=False)

    def __init__(self, action: Action, record: Record, *posted: Any, **options: Any):
        super().__init__(action, record, *posted, **options)
        general = [("", _t("一般附件"))] if action.verb == ATTACH else []
        self.fields["purpose"].choices = [*general, *purposes(type(record)).items()]  # type: ignore[attr-defined]


class DetachForm(FileForm):
    """Which file is taken off the record, and why."""

    attachment = forms.ModelChoiceField(Attachment.objects.none(), label=_("附件"), empty_label=None)
    reason = forms.CharField(label=_("原因"), widget=forms.Textarea({"rows": 2}))

    def __init__(self, action: Action, record: Record, *posted: Any, **options: Any):
        super().__init__(action, record, *posted, **options)
        self.fields["attachment"].queryset = Attachment.objects.current().of(record).order_by("id")  # type: ignore[attr-defined]


def attach_form(user: User, record: Record) -> AttachForm | None:
    """Return the form with which the person may attach a file to the record; None without the right."""
    for verb in ("attach", "prove"):
        action = actions.registry().get(record.right_to(verb))
        if action and record.archived_at is None and action.permits(user, record):
            form = AttachForm(action, record)
            form.detaches = actions.find(record.right_to(DETACH)).permits(user, record)
            return form
    return None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def attach(request: Request, register: str, pk: int, verb: str) -> HttpResponse:
    """Attach a file to a record. It is stored before the database is asked to write: the disk may be slow."""
    action, record = _asked(request, register, pk, verb)
    form = AttachForm(action, record, *((request.POST, request.FILES) if request.method == "POST" else ()))

    def plan(facts: dict[str, Any]) -> Planned:
        kept = store.keep(facts["file"], facts["file"].name)
        return action.plan(
            record, by=request.user, version=record.row_version, kept=kept, purpose=facts["purpose"], reason=facts["reason"])

    return _work(request, form, plan)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def detach(request: Request, register: str, pk: int, verb: str) -> HttpResponse:
    """Take a file off a record, with the reason; what was attached stays known."""
    action, record = _asked(request, register, pk, verb)
    form = DetachForm(action, record, request.POST if request.method == "POST" else None, initial=request.GET.dict())

    def plan(facts: dict[str, Any]) -> Planned:
        return action.plan(
            record, by=request.user, version=record.row_version, attachment=facts["attachment"].pk, reason=facts["reason"])

    return _work(request, form, plan)


@login_required
@require_safe
def download(request: Request, pk: int) -> HttpResponseBase:
    """Hand over an attached file to whoever may see its record: always to be saved, never shown in the page."""
    attachment = get_object_or_404(Attachment.objects.readable_by(request.user), pk=pk)
    if not attachment.name:
        raise Http404(_t("这个文件已经删除。"))
    try:
        file = store.open(attachment.sha256)
    except LookupError as problem:
        raise Http404(problem.args[0]) from None
    answer = FileResponse(file, as_attachment=True, filename=attachment.name, content_type=attachment.media_type)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _asked(request: Request, register: str, pk: int, verb: str) -> tuple[Action, Record]:
    """Return the action and the record of an address. Raise Http404, or PermissionDenied without the action's right."""
    model = register_named(register)
    record = get_object_or_404(model.objects.visible_to(request.user), pk=pk)
    action = action_named(model, verb, creates=False)
    if not action.permits(request.user, record):
        refuse(action.right)
    return action, record


def _work(request: Request, form: FileForm, plan: Callable[[dict[str, Any]], Planned]) -> HttpResponse:
    """Show the form, or commit what is planned with its facts and lead back to the files of the record."""
    if request.method == "POST" and form.is_valid():
        try:
            planned = plan(form.cleaned_data)
            return redirect(_once(request, lambda: _done(request, form, planned)))
        except ValidationError as refusal:
            form.refuse(refusal)
    return render(request, "pages/attach.html", {"form": form})


def _done(request: Request, form: FileForm, planned: Planned) -> str:
    commit([planned], by=request.user)  # the message names no file: it is stored, and the name may be a person's
    messages.success(request, _t("{record}：已办理「{label}」。").format(record=kept_name(form.record), label=form.action.label))
    return reverse("record", args=[form.record.register, form.record.pk]) + "#files"
