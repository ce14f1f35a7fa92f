"""End-of-life vehicles as a Django application."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VehiclesConfig(AppConfig):
    """Vehicles that were handed over to be scrapped, and the recycling certificates given for them."""

    name = "kaifaqu.registers.vehicles"
    label = "vehicles"
    verbose_name = _("报废机动车")

    def ready(self) -> None:
        """Say that vehicles stand on no enterprise's chronicle."""
        import_module("kaifaqu.pages.chronicle").leave_out(
            self.get_model("Vehicle"), "cars that a partner sent are told as a number, not one by one")
