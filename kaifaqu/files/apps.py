"""The application files."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Files: what is attached to records, by SHA-256; backup and restore."""

    name = "kaifaqu.files"
