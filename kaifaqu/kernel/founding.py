"""The beginning of an installation, and the party it belongs to."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import SYSTEM, Installation, Party
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


def begin(code: str, name: str, *, name_en: str = "", demo: bool = False) -> Party:
    """Found the installation and return the party it belongs to. Raise ValidationError when it is founded already."""
    [root, _installation] = commit([found(Party(), by=SYSTEM, code=code, name=name, name_en=name_en, demo=demo)], by=SYSTEM)
    return root
