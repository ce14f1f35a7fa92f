"""Recycling of end-of-life vehicles as a Django application; the installation switches it on where it is wanted."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecyclingConfig(AppConfig):
    """How vehicles are acquired, dismantled and sold as parts and material, and the base where that is done."""

    name = "kaifaqu.domains.recycling"
    label = "recycling"
    verbose_name = _("报废机动车回收拆解")

    def ready(self) -> None:
        """Say which registers stand on no enterprise's chronicle, and why."""
        chronicle = import_module("kaifaqu.pages.chronicle")
        for name in ("RecoveryPartner", "RemanufactureTransfer", "TractionBattery", "WasteTransfer", "LineSale"):
            chronicle.leave_out(self.get_model(name), "what a recycler deals with an enterprise stands in its own ledgers")
