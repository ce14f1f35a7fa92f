"""Backup and restore: one file with the database as it stood at one moment and every file that it speaks of, verified."""

import hashlib
import json
import os
import sqlite3
import tempfile
import tomllib
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from kaifaqu.files import databases, store
from kaifaqu.files.databases import Broken
from kaifaqu.files.erasing import named
from kaifaqu.files.models import Attachment
from kaifaqu.kernel import audit, clock
from kaifaqu.kernel.events import Event, Head
from kaifaqu.kernel.records import registers

FORMAT = "kaifaqu-backup/1"
MANIFEST = "manifest.json"
DATABASE, FILES = "database/", "files/"  # the two parts of a backup
TAKING, UNPACKED = ".backup-", ".unpacked-"  # how the folders' names begin in which one is made, and looked into
NAMED = 10  # records named in a sentence
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeError, KeyError, TypeError, ValueError,
)  # fmt: skip  # what zipfile and json raise over a damaged file
Progress = Callable[[int, int], None]  # parts done, parts in all


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. `entries` are size and SHA-256 of each part; `lost` files that the store had lost."""

    format: str
    version: str  # of the product that wrote it
    engine: str
    moment: str
    head: str  # the end of the chain, as `audit verify` prints it
    migrations: list[str]
    tables: dict[str, list[str]]  # the columns of each table file; SQLite's one file needs none
    lost: list[str]
    entries: dict[str, dict[str, Any]]


@dataclass
class Backup:
    """A backup: where it is, its own SHA-256, its manifest where that can be read, and in sentences what is wrong with it."""

    path: Path
    sha256: str = ""
    manifest: Manifest | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def head(self) -> str:
        """Return the end of the chain that the backup holds."""
        return self.manifest.head if self.manifest else ""


@dataclass(frozen=True)
class Restored:
    """What a restore did: the backup, and where that of the installation stands which it replaced.

    `again` says which personal facts have come back with it, to be erased once more.
    """

    backup: Backup
    saved: Backup | None
    again: str


# Taking


def take(target: Path | None = None, progress: Progress | None = None) -> Backup:
    """Write a backup to the target (a file that does not exist yet, or a folder), while others go on writing.

    It is complete under its name, or not there at all. A stored file that is lost or damaged is named in `problems`; the
    backup holds everything else. Raise ValidationError when the target exists or the disk does not take it.
    """
    target = _target(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=TAKING, dir=target.parent) as scratch:
            store.sweep(Path(scratch), TAKING)
            part = Path(scratch) / "backup.zip"
            manifest = _write(part, Path(scratch), progress)
            part.replace(target)
            store.sync(target.parent)
        return Backup(target, _sha256(target), manifest, [_lost(sha256) for sha256 in manifest.lost])
    except OSError as problem:
        raise ValidationError(store.sentence(problem)) from problem
    except sqlite3.Error as problem:
        raise ValidationError(databases.unusable(problem)) from problem


def _target(target: Path | None, prefix: str = "kaifaqu") -> Path:
    """Return where a new backup will stand; in a folder it is named after the moment and the number of the last event."""
    if target is None or target.is_dir():
        name = f"{prefix}-{clock.now().astimezone(clock.ZONE):%Y%m%d-%H%M%S}-{Head.objects.get().seq}.zip"
        target = (target or Path(settings.HOME) / "backups") / name
    if target.exists():
        raise ValidationError(_("{path} 已经存在，不会覆盖。请换一个文件名。").format(path=target))
    return target


def _write(part: Path, scratch: Path, progress: Progress | None) -> Manifest:
    """Write the whole backup into one new file, and make it durable."""
    with databases.dump(scratch) as dump:
        [(seq, head)] = dump.ask(f"SELECT seq, hash FROM {Head._meta.db_table}")
        done = dump.ask("SELECT app, name FROM django_migrations")
        held = dump.ask(f"SELECT DISTINCT sha256 FROM {Attachment.Version._meta.db_table} WHERE name <> '' ORDER BY sha256")
    manifest = Manifest(
        FORMAT, product_version(), databases.engine(), clock.now().isoformat(), f"#{seq} {head}",
        sorted(".".join(each) for each in done), dump.tables, lost=[], entries={})  # fmt: skip
    parts = [*dump.paths, *(sha256 for [sha256] in held)]
    part.touch(mode=0o600)  # it holds all that the installation knows
    with part.open("wb") as file:
        with zipfile.ZipFile(file, "w") as archive:
            for number, each in enumerate(parts, 1):
                if isinstance(each, Path):
                    with each.open("rb") as content:
                        manifest.entries[DATABASE + each.name] = _pack(archive, DATABASE + each.name, content)
                    each.unlink()
                elif store.verify(each):
                    with store.open(each) as content:
                        manifest.entries[FILES + each] = _pack(archive, FILES + each, content)
                else:
                    manifest.lost.append(each)
                if progress:
                    progress(number, len(parts))
            archive.writestr(_info(MANIFEST), json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _pack(archive: zipfile.ZipFile, name: str, content: IO[bytes]) -> dict[str, Any]:
    """Write one entry of the backup; return its size and hash, counted over what was written."""
    digest, size = hashlib.sha256(), 0
    with archive.open(_info(name), "w", force_zip64=True) as out:
        while chunk := content.read(store.CHUNK):
            digest.update(chunk)
            size += len(chunk)
            out.write(chunk)
    return {"size": size, "sha256": digest.hexdigest()}


def _info(name: str) -> zipfile.ZipInfo:
    year, month, day, hour, minute, second = clock.now().astimezone(clock.ZONE).timetuple()[:6]
    info = zipfile.ZipInfo(name, (year, month, day, hour, minute, second))
    if not name.startswith(FILES):  # attached files are compressed by their nature
        info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _lost(sha256: str) -> str:
    return _("附件的文件 {sha256} 不在文件库里，或已损坏。").format(sha256=sha256)


def product_version() -> str:
    """Return the product's version, of the installed package or of the source tree."""
    try:
        return metadata.version("kaifaqu")
    except metadata.PackageNotFoundError:
        project = Path(settings.BASE_DIR) / "pyproject.toml"
        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])


# Verifying


def verify(path: Path) -> Backup:
    """Return the backup with all that is wrong with it: its hashes, then in a copy of its database the chain and the files.

    Raise ValidationError when there is no such file.
    """
    backup = _found(path)
    try:
        with _unpacked(backup) as (_archive, manifest, folder):
            _refuse_unfit(manifest)
            backup.problems = [
                *databases.look(folder, manifest.tables, lambda: _wrong(manifest)), *(_lost(sha256) for sha256 in manifest.lost),
            ]
    except Broken as broken:
        backup.problems = broken.problems
    return backup


def _found(path: Path) -> Backup:
    try:
        return Backup(path, _sha256(path))
    except OSError:
        raise ValidationError(_("没有备份文件 {path}，或不能读取。").format(path=path)) from None


@contextmanager
def _unpacked(backup: Backup) -> Iterator[tuple[zipfile.ZipFile, Manifest, Path]]:
    """Yield the opened backup, its manifest, and a folder with its database, after comparing every hash.

    Raise Broken with what is wrong with it.
    """
    home = Path(settings.HOME)
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=UNPACKED, dir=home) as name, ExitStack() as opened:
        folder = Path(name)
        store.sweep(folder, UNPACKED)
        try:
            archive = opened.enter_context(zipfile.ZipFile(backup.path))
            backup.manifest = manifest = Manifest(**json.loads(archive.read(MANIFEST)))
            problems = list(_compare(archive, manifest, folder))
        except UNREADABLE as problem:
            raise Broken([_("{path} 不是完整的备份：文件损坏，或被截断。").format(path=backup.path.name)]) from problem
        except OSError as problem:
            raise ValidationError(store.sentence(problem)) from problem
        if problems:
            raise Broken(problems)
        try:
            yield archive, manifest, folder
        except (DatabaseError, OSError) as problem:
            if isinstance(problem, OSError) or store.is_full(problem):
                raise ValidationError(store.sentence(problem)) from problem
            raise Broken([_("备份中的数据库读不出来：{problem}").format(problem=problem)]) from problem


def _compare(archive: zipfile.ZipFile, manifest: Manifest, folder: Path) -> Iterator[str]:
    """Yield what differs between the backup's parts and its manifest; write those of the database into the folder."""
    if manifest.format != FORMAT:
        yield _("备份的格式是「{format}」，本版本读取 {own}。").format(format=manifest.format, own=FORMAT)
        return
    if sorted(archive.namelist()) != sorted([MANIFEST, *manifest.entries]):
        yield _("备份中的文件与清单不符：有多余的，或缺少的。")
        return
    for name, told in manifest.entries.items():
        part = name.removeprefix(DATABASE)
        target = folder / part if name.startswith(DATABASE) and Path(part).name == part else Path(os.devnull)
        digest, size = hashlib.sha256(), 0
        try:
            with archive.open(name) as content, target.open("wb") as copy:
                while size <= told["size"] and (chunk := content.read(store.CHUNK)):
                    digest.update(chunk)
                    size += len(chunk)
                    copy.write(chunk)
        except UNREADABLE:
            size = -1
        if (size, digest.hexdigest()) != (told["size"], told["sha256"]) or name.startswith(FILES) and name != FILES + told["sha256"]:
            yield _("备份中的 {name}：内容与清单上的哈希不符。").format(name=name)


def _refuse_unfit(manifest: Manifest) -> None:
    """Raise Broken when this installation cannot read the backup's database: another engine, or another structure."""
    if manifest.engine != databases.engine():
        raise Broken([_("这是 {theirs} 数据库的备份，本安装用 {ours}：请在同类数据库的安装上核对和恢复。").format(
            theirs=manifest.engine, ours=databases.engine())])
    own = sorted(".".join(each) for each in MigrationLoader(None).disk_migrations or ())
    if manifest.migrations != own or not databases.fits(manifest.tables):
        raise Broken([_("备份的数据库结构（版本 {theirs}）与本版本（{ours}）不同：请装上备份时的版本，恢复后再升级。").format(
            theirs=manifest.version, ours=product_version())])


def _wrong(manifest: Manifest) -> list[str]:
    """Return what is wrong with the database that is being asked: its chain, its head, and the files that it names."""
    result = audit.verify()
    problems = list(result.problems)
    if result.head != manifest.head:
        problems.append(_("链头是 {found}，清单上是 {told}。").format(found=result.head, told=manifest.head))
    held = {name.removeprefix(FILES): each["size"] for name, each in manifest.entries.items() if name.startswith(FILES)}
    for sha256, size in named().values_list("sha256", "size").distinct():
        if sha256 not in manifest.lost and held.get(sha256) != size:
            problems.append(_("备份缺少附件的文件 {sha256}。").format(sha256=sha256))
    return problems


# Restoring


def restore(path: Path, *, replace: bool = False, progress: Progress | None = None) -> Restored:
    """Put the backup in the place of this installation's database, and its files into the store; all is verified first.

    An installation that holds records is replaced only with `replace`, after a backup of it. Raise ValidationError, with
    the installation as it was, when it holds records, the backup is broken or unfit, or the database is in use.
    """
    backup = _found(path)
    try:
        with _unpacked(backup) as (archive, manifest, folder):
            _refuse_unfit(manifest)
            saved = _make_room(replace)
            erasures = _erasures() if saved else {}
            files = [name for name in manifest.entries if name.startswith(FILES)]
            for number, name in enumerate(files, 1):  # first: a file that no database names does no harm
                if not store.verify(sha256 := name.removeprefix(FILES)):
                    with archive.open(name) as content:
                        store.put(content, sha256)
                if progress:
                    progress(number, len(files))
            databases.load(folder, manifest.tables, lambda: _wrong(manifest))
    except Broken as broken:
        raise ValidationError([*broken.problems, _("没有恢复，本安装保持原样。")]) from broken
    clock.release()  # the demo day may be another now
    backup.problems = [_lost(sha256) for sha256 in manifest.lost if not store.verify(sha256)]
    return Restored(backup, saved, _again(erasures) if saved else _(
        "备份之后办理的「删除个人信息」不在备份中，所删的内容已随备份恢复；如办理过，请重新办理。"))


def _erasures() -> dict[tuple[int, str], str]:
    """Return by number and hash the events that erased personal facts, each with its record in words."""
    labels = {register._meta.label_lower: register._meta.verbose_name for register in registers().values()}
    return {
        (event.seq, event.hash): f"{labels.get(event.subject, event.subject)} {event.facts['code']}"
        for event in Event.objects.filter(payload__contains='"erased":[').order_by("seq")
    }


def _again(known: dict[tuple[int, str], str]) -> str:
    """Return which of the known erasures the restored chain lacks; nothing when it lacks none."""
    now = _erasures()
    lacking = list(dict.fromkeys(record for event, record in known.items() if event not in now))
    if not lacking:
        return ""
    return _("以下记录的「删除个人信息」在备份之后办理，所删的内容已随备份恢复，请重新办理：{records}。").format(
        records="、".join(lacking[:NAMED]) + (_("等 {count} 条记录").format(count=len(lacking)) if len(lacking) > NAMED else ""))


def unfinished() -> list[Path]:
    """Return what backups, restores and uploads, under way or killed, have left in the installation's folder: copies of its data."""
    home = Path(settings.HOME)
    places = [(home / "backups", TAKING), (home, UNPACKED), (store.folder(), store.INCOMING)]
    return sorted(path for place, prefix in places for path in place.glob(f"{prefix}*"))


def _make_room(replace: bool) -> Backup | None:
    """Make the database ready to be replaced; return the backup of what it holds, where it holds records."""
    try:
        databases.prepare()
        if not databases.migrations() or not Head.objects.filter(seq__gt=0).exists():
            return None
    except DatabaseError as problem:
        raise ValidationError(databases.unusable(problem)) from problem
    if not replace:
        raise ValidationError(_("本安装已有记录，不会覆盖。确要用备份替换，请加 --replace：替换前会先备份现有内容。"))
    return take(_target(None, "before-restore"))
