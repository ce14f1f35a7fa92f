"""Addresses: the pages of every register and figure, and the frame around them."""

from django.apps import apps
from django.urls import include, path
from django.utils.module_loading import module_has_submodule

handler500 = "kaifaqu.web.views.failed"
FLOORS = (  # may have pages of their own, in `urls`
    "kaifaqu.cases", "kaifaqu.registers.", "kaifaqu.domains.", "kaifaqu.reporting.", "kaifaqu.interfaces.")
rooms = [each for each in apps.get_app_configs() if each.name.startswith(FLOORS) and module_has_submodule(each.module, "urls")]
urlpatterns = [
    path("", include("kaifaqu.web.urls")),
    *(path("", include(f"{room.name}.urls")) for room in rooms),
    path("", include("kaifaqu.pages.urls")),
]
