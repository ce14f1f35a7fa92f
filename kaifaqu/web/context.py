"""What every template knows."""

from itertools import groupby
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.utils.translation import gettext as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Installation, User
from kaifaqu.kernel.records import Record
from kaifaqu.pages.domains import registers
from kaifaqu.pages.reading import address_in
from kaifaqu.reporting.subscriptions.models import unread
from kaifaqu.web import helping

LAST = ("subscriptions", "sheets", "files", "kernel", "pages")  # the applications whose registers stand behind those of the lines of work


def installation(request: HttpRequest) -> dict[str, Any]:
    """Return the installation, its day, where the person may go, the topic that helps, and the frame of a page or of a part of one."""
    user = request.user
    return {
        "frame": "fragment.html" if getattr(request, "htmx", False) else "base.html",
        "installation": installation_of(request),
        "today": clock.today(),
        "unread": lambda: unread(user),  # asked by whole pages only
        "help_topic": helping.topic_of(request),
        "places": places_of(user) if user.is_authenticated else [],
    }


def installation_of(request: HttpRequest) -> Installation | None:
    """Return the installation with its owner, asked once a request."""
    known = vars(request)
    if "installation" not in known:
        known["installation"] = Installation.objects.select_related("owner").first()
    return known["installation"]


def places_of(user: User) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Return the registers where the person may go, in groups by line of work: each with its address and its name."""
    def line(register: type[Record]) -> str:
        label = register._meta.app_label
        return _("管理") if label in LAST else str(apps.get_app_config(label).verbose_name)

    return [
        (name, [(each.register, address_in("records", each.register), str(each._meta.verbose_name)) for each in group])
        for name, group in groupby(registers_of(user), line)]


def registers_of(user: User) -> list[type[Record]]:
    """Return the registers of which the person may see something: those of the lines of work first, the kernel's last."""
    seen = [model for model in registers().values() if user.owners(model.right_to("view"))]
    return sorted(seen, key=lambda model: [model._meta.app_label == each for each in LAST])
