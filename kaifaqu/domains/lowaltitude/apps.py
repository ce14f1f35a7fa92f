"""The low-altitude economy as a Django application; the installation switches it on where it is wanted."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LowAltitudeConfig(AppConfig):
    """Makers and what they deliver, flights with what they are flown for, and what visitors take part in."""

    name = "kaifaqu.domains.lowaltitude"
    label = "lowaltitude"
    verbose_name = _("低空经济")

    def ready(self) -> None:
        """Say what belongs on the pages of enterprises, what waits for confirmed landings, and what is asked about points in a file."""
        from kaifaqu.pages.importing import hand_ins
        from kaifaqu.registers.places.forms import HandInShapes

        hand_ins |= dict.fromkeys(("bird_observations", "obstacles"), HandInShapes)
        import_module(f"{self.name}.coming")
        import_module(f"{self.name}.strands").declare()
