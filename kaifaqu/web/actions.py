"""What people do about accounts, each of which leaves a note and changes no fact; and the day that a demo stands on."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import Credential, Installation, User
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change, commit


@action("installations.move_day", right="installations.move_day", label=_("移动演示日期"))
def move_day(installation: Installation, *, by, version: int, demo_day: date) -> Change:
    """Plan another day for a demo to stand on; a productive installation has no such day."""
    if not installation.demo:
        raise ValidationError(_t("正式安装不能设置日期。"))
    return Change(installation, {"demo_day": demo_day})


@action("users.sign_in", right="", label=_("登录"))
def sign_in(user: User, *, by, version: int) -> Change:
    """Plan the note that the person signed in."""
    return Change(user, {}, note="signed in")


@action("users.fail_sign_in", right="", label=_("登录失败"))
def fail_sign_in(user: User, *, by, version: int) -> Change:
    """Plan the note that somebody gave a wrong password for the account."""
    return Change(user, {}, note="sign-in failed")


@action("users.change_password", right="", label=_("修改本人口令"))
def change_password(user: User, *, by, version: int) -> Change:
    """Plan the note that the person chose a new password; the password itself enters no event."""
    return Change(user, {}, note="password changed")


@action("users.set_password", right="users.edit", label=_("设置口令"))
def set_password(user: User, *, by, version: int) -> Change:
    """Plan the note that the person's password was set; the password itself enters no event."""
    return Change(user, {}, note="password set")


def give_password(user: User, password: str, *, by) -> None:
    """Store the person's password and note that it was set. Raise ValidationError when it is too weak."""
    change = set_password(user, by=by, version=user.row_version)
    with transaction.atomic():
        Credential.store(user, password)
        commit([change], by=by)
