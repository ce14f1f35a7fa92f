"""The application files."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Files: what is attached to records, by SHA-256; backup and restore."""

    name = "kaifaqu.files"

    def ready(self) -> None:
        """Give each register its attaching; the kernel, which stands before, has read every room's actions."""
        from kaifaqu.files import erasing
        from kaifaqu.files.actions import provide
        from kaifaqu.kernel.commit import scrubbing

        provide()
        scrubbing += [erasing.scrub_database, erasing.scrub_store]
