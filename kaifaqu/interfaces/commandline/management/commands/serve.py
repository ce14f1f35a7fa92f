"""`kaifaqu serve`: one process that serves a zone."""

import os
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from kaifaqu.interfaces.commandline.command import Command as BaseCommand


class Command(BaseCommand):
    """Serve the pages by waitress until stopped."""

    help = "启动服务（waitress）。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Say the address, then serve on it."""
        super().handle(*args, **options)
        self.stdout.flush()
        self.server.run()

    def run(self, **options: Any) -> dict[str, str]:
        """Listen on KAIFAQU_HOST and KAIFAQU_PORT, by default 127.0.0.1:8000; return the address."""
        import waitress

        from kaifaqu.wsgi import application

        host, port = os.environ.get("KAIFAQU_HOST", "127.0.0.1"), os.environ.get("KAIFAQU_PORT", "8000")
        try:
            self.server = waitress.create_server(application, host=host, port=port, threads=8, ident=None, **behind())
        except (OSError, ValueError) as problem:
            raise ValueError(_("不能在 {host}:{port} 提供服务：{problem}").format(host=host, port=port, problem=problem)) from None
        return {"address": f"http://{host}:{port}"}

    def show(self, answer: dict[str, str]) -> Iterator[str]:
        """Yield the address."""
        yield f"{answer['address']}  (Ctrl-C 停止)"


def behind() -> dict[str, Any]:
    """Return what waitress believes of the proxy at KAIFAQU_TRUSTED_PROXY: whom it serves and how; of others nothing.

    Behind HTTPS there is a proxy, by default on this machine.
    """
    proxy = os.environ.get("KAIFAQU_TRUSTED_PROXY") or ("127.0.0.1" if settings.HTTPS else "")
    trusted = {"trusted_proxy": proxy, "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto"} if proxy else {}
    return {"clear_untrusted_proxy_headers": True, **trusted}
