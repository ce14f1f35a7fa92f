"""The application sheets."""

from django.apps import AppConfig


class SheetsConfig(AppConfig):
    """Sheets: spreadsheets in and out, and collecting them."""

    name = "kaifaqu.sheets"
