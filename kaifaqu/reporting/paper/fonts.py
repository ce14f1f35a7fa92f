"""The fonts of PDFs: looked for in one folder, so that a PDF looks alike on every machine that has them."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

FOLDERS = ("/usr/share/fonts/opentype/noto", "/usr/share/fonts", "C:/Windows/Fonts")
FAMILIES = (  # body and headings; of the first pair that is there
    ("Noto Serif CJK SC", "Noto Sans CJK SC"), ("Noto Serif SC", "Noto Sans SC"), ("Source Han Serif SC", "Source Han Sans SC"),
    ("SimSun", "SimHei"),
)  # fmt: skip


@dataclass(frozen=True)
class Fonts:
    """The families of body and headings, and the fonts as typst has read them."""

    body: str
    sans: str
    read: Any


def fonts() -> Fonts:
    """Return the fonts of the folder KAIFAQU_FONTS, else of the system's. Raise ImproperlyConfigured where none has Chinese."""
    return _found((settings.FONTS,) if settings.FONTS else FOLDERS)


@cache
def _found(folders: tuple[str, ...]) -> Fonts:
    import typst

    for folder in folders:
        if Path(folder).is_dir():
            read = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
            families = set(read.families())
            for body, sans in FAMILIES:
                if {body, sans} <= families:
                    return Fonts(body, sans, read)
    raise ImproperlyConfigured(_(
        "生成 PDF 需要中文字体，在 {folders} 里没有找到。请安装字体（Debian、Ubuntu：apt install fonts-noto-cjk），"
        "或把字体放进一个文件夹，用环境变量 KAIFAQU_FONTS 写明它。").format(folders="、".join(folders)))
