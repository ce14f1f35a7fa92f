"""What kinds of file are taken: by the declared list, where the content must be what the name says, and runs nowhere."""

import json
import struct
import zipfile
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

DECLARED = json.loads(resources.files(__package__).joinpath("data/types.json").read_text(encoding="utf-8"))
EXECUTABLE = DECLARED["executable"]
LOOKED_AT = 65536  # bytes at the beginning, in which a text must be a text
INDEX = 4 * 2**20  # bytes of a zip's list of contents; more is no archive of documents
ZIPPED = bytes.fromhex("504b0304")


@dataclass(frozen=True)
class Kind:
    """A kind of file: its extensions, its media type, and how its content begins; without a beginning it is text."""

    extensions: tuple[str, ...]
    media_type: str
    starts: tuple[tuple[int, bytes], ...]
    holds: str = ""  # of a zipped kind: what the name of one of its parts begins with

    def begins(self, head: bytes) -> bool:
        """Tell whether the content's first bytes are those of this kind."""
        if not self.starts:
            return _is_text(head)
        return any(head[place:place + len(start)] == start for place, start in self.starts)


KINDS = {
    extension: Kind(
        tuple(each["extensions"]), each["media_type"],
        tuple((place, bytes.fromhex(start)) for place, start in each["starts"]), each.get("holds", ""))
    for each in DECLARED["types"] for extension in each["extensions"]
}  # fmt: skip


def extension(name: str) -> str:
    """Return the last extension of a file's name in small letters, without its dot."""
    return Path(name).suffix.lower().removeprefix(".")


def named(name: str) -> Kind:
    """Return the kind that a file's name says. Raise ValidationError for one that is not on the list."""
    if (kind := KINDS.get(extension(name))) is None:
        raise ValidationError(_("「{name}」：不收这种文件。可以上传：{extensions}。").format(name=name, extensions="、".join(KINDS)))
    return kind


def recognise(path: Path, name: str) -> Kind:
    """Return the kind of the file at `path`, which people call `name`.

    Raise ValidationError when the content is empty, runs somewhere, or is not what the name says.
    """
    kind = named(name)
    with path.open("rb") as file:
        head = file.read(LOOKED_AT)
    if not head:
        raise ValidationError(_("「{name}」是空文件，请重新选择。").format(name=name))
    begins = kind.begins(head)
    if (kind.starts or not begins) and any(head.startswith(bytes.fromhex(start)) for start in EXECUTABLE["starts"]):
        raise ValidationError(_("「{name}」的内容是可以运行的程序，不能上传。").format(name=name))
    if not begins:
        raise ValidationError(_("「{name}」的内容不是 {extension} 文件。请用原来的软件打开，另存后再上传；不要只改扩展名。").format(
            name=name, extension=extension(name)))
    if head.startswith(ZIPPED):
        _look_inside(path, name, kind)
    return kind


def _is_text(head: bytes) -> bool:
    """Tell whether the bytes begin a text in one of the encodings of practice, and no page or script."""
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        if encoding == "utf-16" and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        for cut in range(4):  # the last character may be cut in two
            try:
                text = head[:len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            written = not any(letter < " " and letter not in "\t\n\f\r\x1a" for letter in text)
            return written and not text.lstrip().lower().startswith(tuple(EXECUTABLE["text"]))
    return False


def _look_inside(path: Path, name: str, kind: Kind) -> None:
    """Refuse a zipped file that is broken, hides its contents or carries a program; its list alone is read."""
    broken = ValidationError(_("「{name}」打不开：文件不完整或已损坏，请重新导出后上传。").format(name=name))
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 65557))  # the longest end that a zip may have
        tail = file.read()
    end = tail.rfind(b"PK\5\6")
    if end < 0 or len(tail) < end + 22 or b"PK\6\7" in tail[max(0, end - 20):end]:  # zip64 is for more than we take
        raise broken
    if struct.unpack("<L", tail[end + 12:end + 16])[0] > INDEX:
        raise ValidationError(_("「{name}」里的文件太多，请分开打包。").format(name=name))
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error):
        raise broken from None
    for part in parts:
        found = part.rstrip(". ")  # with which Windows does away
        if extension(found) in EXECUTABLE["names"] or Path(found).name.lower() in EXECUTABLE["names"]:
            raise ValidationError(_("「{name}」里有可以运行的程序或宏「{part}」，不能上传。请去掉后再上传。").format(name=name, part=part))
    if kind.holds and not any(part.startswith(kind.holds) for part in parts):
        raise ValidationError(_("「{name}」的内容不是 {extension} 文件。请用原来的软件打开，另存后再上传；不要只改扩展名。").format(
            name=name, extension=extension(name)))
