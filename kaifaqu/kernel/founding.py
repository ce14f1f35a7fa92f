"""The beginning of an installation: the party it belongs to, its people, and the day that a demo stands on."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import SYSTEM, Credential, Installation, Party, User
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change, commit


@action("installations.found", right="installations.found", label=_("建立安装"), creates=Installation)
def found(root: Party, *, by, version: int = 0, code: str, name: str, name_en: str = "", demo: bool) -> Iterable[Change]:
    """Plan the first two records: the party whose installation this is, and the installation. Refuse a second time."""
    if by is not SYSTEM or Installation.objects.exists():
        raise ValidationError(_t("本安装已经建立。"))
    root.owner = root
    yield Change(root, {"code": code, "name": name, "name_en": name_en})
    yield Change(Installation(owner=root), {"code": "installation", "demo": demo})


@action("installations.move_day", right="installations.move_day", label=_("移动演示日期"))
def move_day(installation: Installation, *, by, version: int, demo_day: date) -> Change:
    """Plan another day for a demo to stand on; a productive installation has no such day."""
    if not installation.demo:
        raise ValidationError(_t("正式安装不能设置日期。"))
    return Change(installation, {"demo_day": demo_day})


@action("users.set_password", right="users.edit", label=_("设置口令"))
def set_password(user: User, *, by, version: int) -> Change:
    """Plan the note that the person's password was set; the password itself enters no event."""
    return Change(user, {}, note="password set")


def begin(code: str, name: str, *, name_en: str = "", demo: bool = False) -> Party:
    """Found the installation and return the party it belongs to. Raise ValidationError when it is founded already."""
    [root, _installation] = commit([found(Party(), by=SYSTEM, code=code, name=name, name_en=name_en, demo=demo)], by=SYSTEM)
    return root


def give_password(user: User, password: str, *, by) -> None:
    """Store the person's password and note that it was set. Raise ValidationError when it is too weak."""
    change = set_password(user, by=by, version=user.row_version)
    with transaction.atomic():
        Credential.store(user, password)
        commit([change], by=by)
