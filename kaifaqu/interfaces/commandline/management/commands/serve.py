"""`kaifaqu serve`: one process that serves a zone."""

import os

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Serve the pages by waitress until stopped."""

    help = "启动服务（waitress）。"

    def handle(self, *args, **options) -> None:
        """Serve on KAIFAQU_HOST and KAIFAQU_PORT, by default 127.0.0.1:8000."""
        import waitress

        from kaifaqu.wsgi import application

        host, port = os.environ.get("KAIFAQU_HOST", "127.0.0.1"), os.environ.get("KAIFAQU_PORT", "8000")
        self.stdout.write(f"http://{host}:{port}  (Ctrl-C 停止)")
        self.stdout.flush()
        waitress.serve(application, host=host, port=int(port), threads=8, ident=None)
