"""Lines of work that an installation has switched on: what belongs to one that is off is kept, and shown nowhere.

Whoever shows something asks here for the registers and the definitions; whoever keeps, checks or backs up asks the kernel,
which knows all of them. See docs/decisions/0012-domains-are-switched-by-a-record.md.
"""

from collections.abc import Iterable
from contextvars import ContextVar
from functools import cache
from typing import Any, NamedTuple

from django.apps import AppConfig, apps
from django.core.exceptions import ValidationError
from django.core.signals import request_finished, request_started
from django.db import models
from django.db.models import Value
from django.db.models.functions import Concat
from django.dispatch import receiver
from django.http import Http404
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import indicators
from kaifaqu.kernel import records as kernel
from kaifaqu.kernel.access import Installation, Party
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change
from kaifaqu.kernel.indicators import Definition
from kaifaqu.kernel.records import Record

FOLDER = "kaifaqu.domains."
INSTALLATION = "installation"  # the code of the one record that says whether this is a demo; no domain bears it
EDITION = "edition:"  # before the code of the edition, among the codes of domains


class Switches(NamedTuple):
    """What an installation has switched: the domains that are off, and the code of its edition, "" where none was chosen."""

    off: frozenset[str]
    edition: str


_read: ContextVar[list[Switches] | None] = ContextVar("domains", default=None)  # what this request has read; None outside of one


class Domain(Record):
    """业务模块：一个业务模块在本安装是否启用。

    One record is one folder of `kaifaqu/domains` that somebody has switched. A domain without a record is off in a new
    installation and on in a demo.
    """

    register = "domains"
    listed = ("code", "is_on")
    is_on = models.BooleanField(_("启用"), default=False)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("业务模块")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        found = every().get(self.code)
        return str(found.verbose_name) if found else self.code


class ChosenEdition(Record):
    """版本：本安装选用的一版；它的编号就是那一版的代码.

    One record, corrected when another edition is chosen. Without one an installation is that of a zone.
    """

    register = "editions"
    columns = ()

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("版本")
        constraints = [*Record.Meta.constraints]


@action("domains.switch_on", right="domains.switch", label=_("启用业务模块"), creates=Domain)
def switch_on(owner: Party, *, by, version: int = 0, domain: str) -> Change:
    """Plan that a domain is switched on; raise ValidationError where there is none of this name, or it is on."""
    return _switched(owner, domain, True)


@action("domains.switch_off", right="domains.switch", label=_("停用业务模块"), creates=Domain)
def switch_off(owner: Party, *, by, version: int = 0, domain: str) -> Change:
    """Plan that a domain is switched off: its records stay as they are, and come back with it."""
    return _switched(owner, domain, False)


def _switched(owner: Party, name: str, is_on: bool) -> Change:
    if name not in every():
        known = "、".join(f"{each}（{config.verbose_name}）" for each, config in every().items())
        raise ValidationError(_t("没有业务模块「{name}」。可选：{known}。").format(name=name, known=known))
    if not Installation.objects.filter(owner=owner).exists():
        raise ValidationError(_t("业务模块由本安装所属的单位启用和停用，不由{owner}。").format(owner=owner))
    row = Domain.objects.filter(owner=owner, code=name).first()
    if is_on == (name not in _switches().off):
        told = _t("业务模块「{label}」已经启用。") if is_on else _t("业务模块「{label}」本来就没有启用。")
        raise ValidationError(told.format(label=every()[name].verbose_name))
    return Change(row, {"is_on": is_on}) if row else Change(Domain(owner=owner), {"code": name, "is_on": is_on})


@cache  # the folders of the product do not change while it runs
def every() -> dict[str, AppConfig]:
    """Return every domain that the product has, by the name of its folder."""
    return {each.label: each for each in apps.get_app_configs() if each.name.startswith(FOLDER)}


def off() -> frozenset[str]:
    """Return the names of the domains that are switched off; asked once a request."""
    return switches().off


def switches() -> Switches:
    """Return what is switched in this installation; asked once a request."""
    kept = _read.get()
    if kept:
        return kept[0]
    found = _switches()
    if kept is not None:
        kept.append(found)
    return found


def _switches() -> Switches:
    installation = Installation.objects.current().values_list("code", "demo")
    named = ChosenEdition.objects.current().annotate(name=Concat(Value(EDITION), "code"), chosen=Value(True))
    edition = named.values_list("name", "chosen")
    told = dict(Domain.objects.current().values_list("code", "is_on").union(installation, edition, all=True))
    is_demo = told.pop(INSTALLATION, False)
    chosen = next((name.removeprefix(EDITION) for name in told if name.startswith(EDITION)), "")
    return Switches(frozenset(name for name in every() if not told.get(name, is_demo)), chosen)


def forget() -> None:
    """Let this request read again which domains are off: it has switched one."""
    if kept := _read.get():
        kept.clear()


@receiver(request_started)
def _begin(**kwargs: Any) -> None:
    _read.set([])


@receiver(request_finished)
def _end(**kwargs: Any) -> None:
    _read.set(None)


def registers() -> dict[str, type[Record]]:
    """Return by name the registers that are shown: all but those of domains that are off."""
    return switched_on(kernel.registers())


def switched_on(registers: dict[str, type[Record]]) -> dict[str, type[Record]]:
    """Return those of the registers that do not belong to a domain that is off."""
    hidden = off()
    return {name: each for name, each in registers.items() if each._meta.app_label not in hidden}


def is_off(register: type[models.Model]) -> bool:
    """Tell whether a register belongs to a domain that is off."""
    return register._meta.app_label in every() and register._meta.app_label in off()


def catalogue() -> dict[str, Definition]:
    """Return by code the definitions of figures that are shown: all but those that measure a register of a domain that is off."""
    hidden = off()
    return {code: each for code, each in indicators.catalogue().items() if not hidden or not _domains_of(each) & hidden}


def find(code: str) -> Definition:
    """Return the definition. Raise LookupError with a sentence when there is none of this code, or its domain is off."""
    definition = indicators.find(code)
    if hidden := _domains_of(definition) & off():
        raise LookupError(sentence(min(hidden)))
    return definition


def _domains_of(definition: Definition) -> frozenset[str]:
    return frozenset(part.register._meta.app_label for part in definition.parts()) & frozenset(every())


def shown(kinds: Iterable[str]) -> list[str]:
    """Return the kinds of rules that are shown; the code of a domain's kind begins with the domain's name and a point."""
    hidden = off()
    return [each for each in kinds if each.partition(".")[0] not in hidden]


def of_module(name: str) -> str:
    """Return the domain to which a module belongs, or ""."""
    return name.removeprefix(FOLDER).partition(".")[0] if name.startswith(FOLDER) else ""


def is_shown(module: str) -> bool:
    """Tell whether what a module puts on a page is shown: unless the domain that it belongs to is off."""
    return (name := of_module(module)) not in every() or name not in off()


def demand(name: str) -> None:
    """Raise Http404 with a sentence where the domain is off."""
    if name in every() and name in off():
        raise Http404(sentence(name))


def sentence(name: str) -> str:
    """Return what is said about a domain that is off: nothing is lost, and who can switch it on."""
    told = _t("业务模块「{label}」在本安装没有启用；其中的记录都还在。需要时请系统管理员在「设置」里启用。")
    return told.format(label=every()[name].verbose_name)
