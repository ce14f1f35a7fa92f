"""What people do about their own account; each leaves a note, none changes a fact."""

from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import User
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change


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
