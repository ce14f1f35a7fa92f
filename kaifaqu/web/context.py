"""What every template knows."""

from typing import Any

from django.http import HttpRequest

from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Installation


def installation(request: HttpRequest) -> dict[str, Any]:
    """Return the installation and the day it stands on."""
    return {"installation": Installation.objects.select_related("owner").first(), "today": clock.today()}
