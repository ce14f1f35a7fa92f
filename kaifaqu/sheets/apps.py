"""The application sheets."""

from django.apps import AppConfig


class SheetsConfig(AppConfig):
    """Spreadsheets in and out, and collecting them."""

    name = "kaifaqu.sheets"

    def ready(self) -> None:
        """Give each register its import, after all rooms have declared what people do."""
        from kaifaqu.sheets import answering, collecting, importing  # noqa: F401  their kinds of jobs
        from kaifaqu.sheets.actions import provide

        provide()
