"""The application clocks."""

from importlib import import_module

from django.apps import AppConfig


class ClocksConfig(AppConfig):
    """Clocks: the calendar of working days and the rules of what is due when, both dated rules."""

    name = "kaifaqu.clocks"

    def ready(self) -> None:
        """Make the calendar known as a kind of rule."""
        import_module(f"{self.name}.calendar")
