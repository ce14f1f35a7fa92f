"""The store: every file once, under the SHA-256 of its content, in settings.HOME / "files"."""

import errno
import hashlib
import os
import re
import shutil
import sqlite3
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kaifaqu.files import kinds

LIMIT = 50 * 2**20  # bytes of one file, where settings.KAIFAQU_FILE_LIMIT says nothing else
CHUNK = 2**20
NAME = 200  # characters of a file's name
INCOMING = "incoming-"  # how the name begins of what is still being written
DAY = 24 * 3600  # seconds after which nobody writes it any more
FULL = (errno.ENOSPC, errno.EDQUOT)
FULL_SQLITE = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)  # for the rows; for the index of its log
FULL_POSTGRESQL = "53100"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Kept:
    """A file as the store keeps it: its hash, its size in bytes, its media type, and the name it came with, made plain."""

    sha256: str
    size: int
    media_type: str
    name: str


def keep(stream: IO[bytes], name: str) -> Kept:
    """Keep the stream's content under its hash, and say what it is; the same content twice is one file.

    Raise ValidationError, with nothing kept, for a file that is too large, empty, of a kind that is not taken, or not
    what its name says, and when the disk is full.
    """
    name = plain(name)
    kinds.named(name)
    with _incoming(stream, name, limit()) as (part, sha256, size):
        kind = kinds.recognise(part, name)
        _settle(part, sha256)
    return Kept(sha256, size, kind.media_type, name)


def limit() -> int:
    """Return how many bytes one file may have."""
    return getattr(settings, "KAIFAQU_FILE_LIMIT", LIMIT)


def put(stream: IO[bytes], sha256: str) -> None:
    """Keep a file that a backup names by its hash. Raise ValidationError when the content is another, or the disk full."""
    with _incoming(stream, sha256) as (part, found, _size):
        if found != sha256:
            raise ValidationError(_("文件 {sha256}：内容与哈希不符。").format(sha256=sha256))
        _settle(part, sha256)


def path_of(sha256: str) -> Path:
    """Return where the file of this hash stands, or would. Raise LookupError for what is no hash."""
    if not _SHA256.fullmatch(sha256):
        raise LookupError(_("「{sha256}」不是 SHA-256。").format(sha256=sha256))
    return folder() / sha256[:2] / sha256[2:]


def folder() -> Path:
    """Return the store's folder."""
    return Path(settings.HOME) / "files"


def size_of(sha256: str) -> int | None:
    """Return the size in bytes of the file of this hash; None when the store does not hold it."""
    try:
        return path_of(sha256).stat().st_size
    except (LookupError, OSError):
        return None


def open(sha256: str) -> BufferedReader:
    """Return the file of this hash, open for reading. Raise LookupError when the store does not hold it."""
    try:
        return path_of(sha256).open("rb")
    except OSError:
        raise LookupError(_("文件库里没有文件 {sha256}，请管理员从备份恢复。").format(sha256=sha256)) from None


def verify(sha256: str) -> bool:
    """Tell whether the store holds the file of this hash, and its content still has it."""
    try:
        with open(sha256) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except (LookupError, OSError):
        return False


def remove(sha256: str) -> bool:
    """Remove the file of this hash; tell whether it is gone. Raise LookupError for what is no hash."""
    try:
        path_of(sha256).unlink(missing_ok=True)
    except OSError:
        return False
    return True


def plain(name: str) -> str:
    """Return a file's name without folders and without characters that nobody sees, shortened before its extension."""
    last = name.replace("\\", "/").rpartition("/")[2]
    seen = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C").strip().strip(".")
    stem, dot, end = seen.rpartition(".")
    return f"{stem[:NAME - len(end) - 1]}{dot}{end}" if dot and len(end) < 10 else seen[:NAME]


def sentence(problem: Exception) -> str:
    """Return what a person should know of a disk that does not take a file."""
    if is_full(problem):
        return _("磁盘已满，没有存下任何内容。请清理磁盘或换一个位置后重试。")
    return _("没有存下：{problem}。请检查磁盘和文件夹的权限后重试。").format(problem=getattr(problem, "strerror", None) or problem)


def is_full(problem: BaseException | None) -> bool:
    """Tell whether the problem, or one that it came from, is that the disk is full: for a file, or for either database."""
    while problem is not None:
        if isinstance(problem, OSError) and problem.errno in FULL:
            return True
        if getattr(problem, "sqlite_errorcode", None) in FULL_SQLITE or getattr(problem, "sqlstate", None) == FULL_POSTGRESQL:
            return True
        problem = problem.__cause__ or problem.__context__
    return False


def sync(place: Path) -> None:
    """Make a renamed file's name in the folder durable; where folders cannot be synchronised, the system does it."""
    if os.name == "posix":
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sweep(own: Path, prefix: str) -> None:
    """Remove from the folder what killed runs began under the same prefix as our own work, more than a day before it."""
    now = own.stat().st_mtime
    for path in own.parent.glob(f"{prefix}*"):
        with suppress(OSError):  # somebody else removes it, too
            if now - path.stat().st_mtime > DAY:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


@contextmanager
def _incoming(stream: IO[bytes], name: str, limit: int | None = None) -> Iterator[tuple[Path, str, int]]:
    """Write the stream into a file of the store's folder that is gone after the block, unless it has been settled."""
    try:
        folder().mkdir(parents=True, exist_ok=True)
        handle, path = tempfile.mkstemp(prefix=INCOMING, dir=folder())
        sweep(Path(path), INCOMING)
    except OSError as problem:
        raise ValidationError(sentence(problem)) from problem
    part, digest, size = Path(path), hashlib.sha256(), 0
    try:
        with os.fdopen(handle, "wb") as file:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if limit is not None and size > limit:
                    raise ValidationError(_("「{name}」超过 {limit} MB，不能上传。请压缩或拆分后再传。").format(
                        name=name, limit=f"{limit / 2**20:g}"))
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        yield part, digest.hexdigest(), size
    except OSError as problem:
        raise ValidationError(sentence(problem)) from problem
    finally:
        part.unlink(missing_ok=True)


def _settle(part: Path, sha256: str) -> None:
    """Give the written file its place, unless the same content stands there; a damaged one is replaced."""
    target = path_of(sha256)
    if not verify(sha256):
        target.parent.mkdir(exist_ok=True)
        part.replace(target)  # os.replace: atomic, on Windows too
        sync(target.parent)
