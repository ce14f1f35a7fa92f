"""Signing in and out, and passwords."""

from typing import Any
from urllib.parse import quote

from django import forms
from django.contrib import auth, messages
from django.contrib.auth import password_validation
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from kaifaqu.kernel.access import SYSTEM, Credential, User
from kaifaqu.kernel.commit import commit
from kaifaqu.pages.reading import kept_name
from kaifaqu.pages.views import Request, demand
from kaifaqu.web import actions
from kaifaqu.web.actions import give_password

TRIES, MINUTES = 5, 15  # wrong passwords of one account until it must wait
ADDRESS_TRIES = 50  # and from one address, behind which a whole office may sit


class Patience:
    """Wrong passwords of one account, and from one address, in the last quarter of an hour; whoever has too many waits."""

    def __init__(self, request: HttpRequest, account: str):
        self.account = f"sign-in:{quote(account)}"
        self.limits = {self.account: TRIES, f"sign-in-from:{request.META.get('REMOTE_ADDR', '')}": ADDRESS_TRIES}

    @property
    def sentence(self) -> str:
        """Return what is told to a person who must wait."""
        return _t("口令错误次数过多，请 {minutes} 分钟后再试。").format(minutes=MINUTES)

    def ended(self) -> bool:
        """Tell whether the person must wait."""
        return any(cache.get(count, 0) >= limit for count, limit in self.limits.items())

    def lose(self) -> None:
        """Count a wrong password."""
        for count in self.limits:
            cache.add(count, 0, MINUTES * 60)
            cache.incr(count)

    def restore(self) -> None:
        """Forget the wrong passwords of the account, after the right one."""
        cache.delete(self.account)


class SignInForm(forms.Form):
    """Account and password."""

    account = forms.CharField(label=_("账号"), max_length=40, widget=forms.TextInput({"autocomplete": "username"}))
    password = forms.CharField(
        label=_("口令"), strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"}))  # fmt: skip


class NewPasswordForm(forms.Form):
    """A new password, typed twice."""

    password = forms.CharField(
        label=_("新口令"), strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("至少 10 个字符，不能全是数字，不用常见口令。"))  # fmt: skip
    repeated = forms.CharField(
        label=_("再次输入新口令"), strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"}))  # fmt: skip

    def clean_password(self) -> str:
        """Return a password that is strong enough."""
        password_validation.validate_password(self.cleaned_data["password"])
        return self.cleaned_data["password"]

    def clean_repeated(self) -> str:
        """Return the repetition, when it is one."""
        if self.cleaned_data.get("password", self.cleaned_data["repeated"]) != self.cleaned_data["repeated"]:
            raise ValidationError(_("两次输入的口令不一致。"))
        return self.cleaned_data["repeated"]


class OwnPasswordForm(NewPasswordForm):
    """The password that the person has, and the new one."""

    old = forms.CharField(
        label=_("现口令"), strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"}))  # fmt: skip
    field_order = ("old", "password", "repeated")

    def __init__(self, user: User, patience: Patience, data: Any = None):
        self.user, self.patience = user, patience
        super().__init__(data, label_suffix="")

    def clean_old(self) -> str:
        """Return the present password, when it is right; a wrong one counts as when signing in."""
        if self.patience.ended():
            raise ValidationError(self.patience.sentence)
        if auth.authenticate(None, username=self.user.code, password=self.cleaned_data["old"]) != self.user:
            self.patience.lose()
            raise ValidationError(_("现口令不对。"))
        self.patience.restore()
        return self.cleaned_data["old"]


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign a person in; after five wrong passwords the account, or the address, waits a quarter of an hour."""
    form = SignInForm(request.POST if request.method == "POST" else None, label_suffix="")
    if form.is_valid():
        account = form.cleaned_data["account"]
        patience = Patience(request, account)
        if patience.ended():
            form.add_error(None, patience.sentence)
        elif user := auth.authenticate(request, username=account, password=form.cleaned_data["password"]):
            patience.restore()
            auth.login(request, user)
            commit([actions.sign_in(user, by=user, version=user.row_version)], by=user)
            return redirect(_next(request))
        else:
            patience.lose()
            if known := User.objects.current().filter(code=account).first():
                commit([actions.fail_sign_in(known, by=SYSTEM, version=known.row_version)], by=SYSTEM)
            form.add_error("password", _t("账号或口令不对。"))  # it is the one to type again; the account stands there
    return render(request, "web/sign_in.html", {"form": form, "next": request.GET.get("next", "")})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign the person out."""
    auth.logout(request)
    return redirect("sign-in")


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_password(request: Request) -> HttpResponse:
    """Let people change their own password; other sessions of theirs end."""
    user = request.user
    form = OwnPasswordForm(user, Patience(request, user.code), request.POST if request.method == "POST" else None)
    if form.is_valid():
        with transaction.atomic():
            Credential.store(user, form.cleaned_data["password"])
            commit([actions.change_password(user, by=user, version=user.row_version)], by=user)
        auth.update_session_auth_hash(request, user)
        messages.success(request, _t("口令已修改。"))
        return redirect("home")
    return render(request, "web/password.html", {"form": form, "title": _t("修改本人口令")})


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def set_password(request: Request, pk: int) -> HttpResponse:
    """Give another person a password; needs the right users.edit on that person."""
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    demand(request.user, "users.edit", person)
    form = NewPasswordForm(request.POST if request.method == "POST" else None, label_suffix="")
    if form.is_valid():
        give_password(person, form.cleaned_data["password"], by=request.user)
        messages.success(request, _t("{person}：口令已设置。").format(person=kept_name(person)))
        return redirect("record", "users", pk)
    return render(request, "web/password.html", {"form": form, "title": _t("设置口令：{person}").format(person=person)})


def _next(request: HttpRequest) -> str:
    """Return the page that the person wanted, if it is one of ours."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else resolve_url("home")
