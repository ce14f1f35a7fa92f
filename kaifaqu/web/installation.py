"""The page of settings: whose installation this is, where its data lie, what limits and rules hold, and whether it is well."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings as values
from django.contrib import messages
from django.contrib.auth import password_validation
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kaifaqu.files import backup, store
from kaifaqu.interfaces.commandline.management.commands.doctor import Command as Doctor
from kaifaqu.jobs import working
from kaifaqu.kernel import clock, dated
from kaifaqu.kernel.access import Installation, Membership, User
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.events import Head
from kaifaqu.kernel.records import Record
from kaifaqu.kernel.world import World
from kaifaqu.pages import domains, editions
from kaifaqu.pages.reading import Reader
from kaifaqu.pages.views import Request, demand
from kaifaqu.sheets import guarding
from kaifaqu.web.founding import ADMINISTRATORS
from kaifaqu.web.models import Checkup
from kaifaqu.web.signin import ADDRESS_TRIES, MINUTES, TRIES

LOOKING = ("installations.view", "users.edit", "events.view")  # one of them: the system's, security and audit administrators
SWITCHING = "domains.switch"
BOXES = 20  # administrators named


class Setting(NamedTuple):
    """One setting in words, with the environment variable that changes it; `default` where nobody has set that."""

    label: str
    text: str
    variable: str = ""

    @property
    def default(self) -> bool:
        """Tell whether the value is the shipped one."""
        return bool(self.variable) and self.variable not in os.environ


@login_required
@require_safe
def settings(request: Request) -> HttpResponse:
    """Show the installation to everybody who signs in; where data lie, and whether all is well, to its administrators."""
    user, installation = request.user, Installation.objects.select_related("owner").get()
    may_look = _may_look(user, installation)
    return render(request, "web/settings.html", {
        "about": list(_about(installation)), "signing": list(_signing()), "may_look": may_look,
        "limits": list(_limits()) if may_look else [], "data": list(_places()) if may_look else [],
        "head": Head.objects.get() if may_look else None, "checkup": Checkup.objects.select_related("person").first() if may_look else None,
        "domains": list(_domains()), "edition": editions.chosen(), "editions": editions.every().values(),
        "may_switch": user.may(SWITCHING, installation.owner_id),
        "rules": list(_rules(user, installation)), "administrators": list(_administrators(user, installation)),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: Request) -> HttpResponse:
    """Let the doctor look at the installation in the background."""
    _demand(request.user)
    if request.method != "POST":
        return redirect("settings")
    return redirect("job", working.submit("installation.check", by=request.user, language=get_language()).pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def switch_domain(request: Request) -> HttpResponse:
    """Switch a domain on or off, at once and for everybody; nothing of it is lost."""
    installation = Installation.objects.select_related("owner").get()
    demand(request.user, SWITCHING, installation)
    name = request.POST.get("on") or request.POST.get("off", "")
    if request.method == "POST":
        switch = domains.switch_on if "on" in request.POST else domains.switch_off
        try:
            commit([switch(installation.owner, by=request.user, domain=name)], by=request.user)
            said = _("已启用业务模块「{label}」。") if "on" in request.POST else _("已停用业务模块「{label}」；其中的记录都还在。")
            messages.success(request, said.format(label=domains.every()[name].verbose_name))
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
    return redirect(f"{reverse('settings')}#domains")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def choose_edition(request: Request) -> HttpResponse:
    """Choose another edition: its lines of work are on, the others off; nothing of them is lost."""
    installation = Installation.objects.select_related("owner").get()
    demand(request.user, SWITCHING, installation)
    if request.method == "POST":
        try:
            changes = editions.choose(installation.owner, by=request.user, edition=request.POST.get("edition", ""))
            commit([changes], by=request.user)
            domains.forget()
            messages.success(request, _("已选用{edition}。").format(edition=editions.chosen()))
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
    return redirect(f"{reverse('settings')}#domains")


@working.kind("installation.check", gettext_lazy("检查本安装"), about="/settings/")
def look(*, by: User, report: working.Report, language: str) -> str:
    """Keep what the doctor finds, in the person's language; return the address where it stands."""
    _demand(by)
    report(_("正在核对事件链、附件和指标定义"))
    with override(language):
        findings = Doctor().run()
    Checkup.objects.update_or_create(pk=1, defaults={"at": clock.machine(), "person": by, "findings": findings})
    return f"{reverse('settings')}#check"


def _may_look(user: User, installation: Installation) -> bool:
    return any(user.may(right, installation.owner_id) for right in LOOKING)


def _demand(user: User) -> None:
    if not _may_look(user, Installation.objects.get()):
        raise PermissionDenied(_("没有权限：检查本安装（{rights} 之一）。").format(rights="、".join(LOOKING)))


def _about(installation: Installation) -> Iterator[Setting]:
    yield Setting(_("本安装属于"), str(installation.owner))
    if installation.demo:
        yield Setting(_("演示安装，站在"), f"{installation.demo_day or clock.today()}")
    else:
        yield Setting(_("正式安装，今天"), f"{clock.today()}")
    yield Setting(_("版本"), backup.product_version())
    yield Setting(_("语言"), "、".join(name for _code, name in values.LANGUAGES))
    yield Setting(_("时区"), values.TIME_ZONE)


def _signing() -> Iterator[Setting]:
    """Yield the rules of signing in, as the code has them."""
    validators = password_validation.get_default_password_validators()
    least = next(each.min_length for each in validators if isinstance(each, password_validation.MinimumLengthValidator))
    yield Setting(_("口令"), _("至少 {count} 个字符，不能全是数字，不用常见口令").format(count=least))
    yield Setting(_("口令输错"), _("同一账号 {tries} 次，或同一地址 {more} 次，等 {minutes} 分钟").format(
        tries=TRIES, more=ADDRESS_TRIES, minutes=MINUTES))
    yield Setting(_("登录状态"), _("{hours} 小时后，或关闭浏览器时结束；改了口令，其他地方的登录随即结束").format(
        hours=values.SESSION_COOKIE_AGE // 3600))
    yield Setting(_("只经 HTTPS"), _("是") if values.HTTPS else _("否"), "KAIFAQU_HTTPS")


def _places() -> Iterator[Setting]:
    """Yield where the data lie. No password is among it."""
    database = connection.settings_dict
    name = str(database["NAME"]) if connection.vendor == "sqlite" else f"{database['HOST']}:{database['PORT']} {database['NAME']}"
    yield Setting(_("数据库"), f"{connection.display_name} {name}", "KAIFAQU_DATABASE_URL")
    yield Setting(_("数据文件夹"), str(values.HOME), "KAIFAQU_HOME")
    yield Setting(_("附件"), str(store.folder()))
    yield Setting(_("最近的备份"), _last_backup())
    server = f"{values.EMAIL_HOST}:{values.EMAIL_PORT}" if values.EMAIL_HOST else _("没有设置，不发邮件")
    yield Setting(_("邮件服务器"), server, "KAIFAQU_SMTP_URL")
    yield Setting(_("发件邮箱"), values.DEFAULT_FROM_EMAIL, "KAIFAQU_MAIL_FROM")
    yield Setting(_("消息中的网址"), values.ADDRESS, "KAIFAQU_ADDRESS")
    yield Setting(_("可用的主机名"), "、".join(values.ALLOWED_HOSTS), "KAIFAQU_ALLOWED_HOSTS")


def _limits() -> Iterator[Setting]:
    yield Setting(_("一个附件最大"), _size(store.limit()))
    yield Setting(_("一张导入表最大"), _size(guarding.limit("upload")))
    yield Setting(_("导入表解开后最大"), _size(guarding.limit("unpacked")))
    yield Setting(_("上传而没有写入的表保留"), _("{days} 天").format(days=values.UPLOAD_DAYS), "KAIFAQU_UPLOAD_DAYS")
    yield Setting(_("看过的消息保留"), _("{days} 天").format(days=values.NOTICE_DAYS), "KAIFAQU_NOTICE_DAYS")
    yield Setting(_("定期消息送出的时间"), _("{hour} 时起").format(hour=values.NOTICE_HOUR), "KAIFAQU_NOTICE_HOUR")
    yield Setting(_("列式引擎"), values.ENGINE, "KAIFAQU_ENGINE")


class Line(NamedTuple):
    """A domain: its name in addresses and in words, what it is about, and whether it is on."""

    name: str
    label: str
    registers: str
    is_on: bool


def _domains() -> Iterator[Line]:
    """Yield every domain that the product has, with the registers that come and go with it."""
    for name, config in domains.every().items():
        registers = [str(model._meta.verbose_name) for model in config.get_models() if issubclass(model, Record)]
        yield Line(name, str(config.verbose_name), "、".join(registers), name not in domains.off())


def _size(count: int) -> str:
    """Return a number of bytes in words, to a tenth of a megabyte."""
    return f"{round(count / 2**20, 1):g} MB"


def _last_backup() -> str:
    """Return name, size and moment of the newest file in the folder of backups, which may have been moved elsewhere since."""
    found = [(path.stat().st_mtime, path) for path in (Path(values.HOME) / "backups").glob("*.zip")]
    if not found:
        return _("{folder} 里没有备份").format(folder=Path(values.HOME) / "backups")
    at, path = max(found)
    return f"{datetime.fromtimestamp(at, clock.ZONE):%Y-%m-%d %H:%M}  {path}（{_size(path.stat().st_size)}）"


def _rules(user: User, installation: Installation) -> Iterator[tuple[Any, bool]]:
    """Yield each kind of rule, and whether the installation's party still follows the shipped default."""
    if user.may("rules.view", installation.owner_id):
        world = World()
        for kind in (dated.kinds()[each] for each in domains.shown(dated.kinds())):
            yield kind, dated.resolve(kind.code, installation.owner_id, clock.today(), world).record is None


class Administrator(NamedTuple):
    """A person who holds one of the separate administrators' roles today, or several of them."""

    person: str
    roles: list[str]


def _administrators(user: User, installation: Installation) -> Iterator[Administrator]:
    """Yield who administers the installation, as far as the person may look at it."""
    today = Membership.objects.visible_to(user).filter(Membership.on(clock.today()), party_id=installation.owner_id)
    reader, held = Reader(user), today.filter(role__code__in=ADMINISTRATORS, role__archived_at=None, user__is_active=True)
    roles: dict[int, list[str]] = {}
    for each in held.select_related("role").order_by("role__code", "id"):
        roles.setdefault(each.user_id, []).append(reader.text(each.role))
    for pk, names in [*roles.items()][:BOXES]:
        yield Administrator(reader.name(User, pk), names)
