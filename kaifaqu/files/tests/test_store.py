"""The store takes what it declares, once, whole or not at all."""

import errno
import hashlib
import io
import os
import sqlite3
from unittest.mock import patch

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError
from psycopg.errors import DeadlockDetected, DiskFull

from kaifaqu.files import store
from kaifaqu.files.tests.conftest import PDF, kept, zipped

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 100


@pytest.mark.parametrize(("name", "content", "media_type"), [
    ("许可证.PDF", PDF, "application/pdf"),
    ("现场.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 20, "image/jpeg"),
    ("图.webp", b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
    ("照片.heic", b"\0\0\0\x18ftypheic\0\0", "image/heic"),
    ("台账.xlsx", zipped("[Content_Types].xml", "xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("台账.xls", OLE, "application/vnd.ms-excel"),
    ("台账.et", OLE, "application/vnd.wps-office.et"),
    ("公文.ofd", zipped("OFD.xml", "Doc_0/Document.xml"), "application/ofd"),
    ("表.csv", "编号,名称\n".encode("gb18030"), "text/csv"),
    ("民族.csv", b"MZ,1\n", "text/csv"),
    ("记录.txt", "微信群里说：可以".encode("utf-8-sig"), "text/plain"),
    ("记录.txt", "可以".encode("utf-16"), "text/plain"),
    ("打包.zip", zipped("一.pdf", "二.docx"), "application/zip"),
])
def test_it_takes_the_declared_kinds(name, content, media_type):
    found = kept(content, name)
    assert found == store.Kept(hashlib.sha256(content).hexdigest(), len(content), media_type, name)
    with store.open(found.sha256) as file:
        assert file.read() == content


@pytest.mark.parametrize(("name", "content", "told"), [
    ("空.pdf", b"", "空文件"),
    ("程序.exe", b"MZ\x90", "不收这种文件"),
    ("许可证", PDF, "不收这种文件"),
    ("页面.svg", b"<svg/>", "不收这种文件"),
    ("许可证.pdf", b"MZ\x90\0", "可以运行的程序"),
    ("脚本.txt", b"#!/bin/sh\n", "可以运行的程序"),
    ("许可证.pdf", b"\xff\xd8\xff\xe0", "不是 pdf 文件"),
    ("页面.txt", b"\n <HTML><script>", "不是 txt 文件"),
    ("乱.csv", b"\x00\x01\x02", "不是 csv 文件"),
    ("台账.xlsx", zipped("word/document.xml"), "不是 xlsx 文件"),
    ("宏.docx", zipped("word/document.xml", "word/vbaProject.bin"), "宏「word/vbaProject.bin」"),
    ("打包.zip", zipped("a/b.EXE"), "可以运行的程序或宏「a/b.EXE」"),
    ("打包.zip", zipped("b.exe. ."), "可以运行的程序或宏「b.exe. .」"),
    ("打包.zip", zipped("b.pif"), "可以运行的程序"),
    ("打包.zip", zipped("b.cpl"), "可以运行的程序"),
    ("程序.csv", b"MZ\x90\0\3\0", "可以运行的程序"),
    ("截断.zip", zipped("一.pdf")[:-10], "不完整"),
    ("多.zip", zipped(*(f"{number:0200}.txt" for number in range(30000))), "文件太多"),
])
def test_it_refuses_the_rest_in_a_sentence_and_keeps_nothing(home, name, content, told):
    with pytest.raises(ValidationError) as refusal:
        kept(content, name)
    assert told in refusal.value.messages[0]
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_a_file_too_large_is_refused(settings, home):
    settings.KAIFAQU_FILE_LIMIT = len(PDF)
    kept(PDF)
    with pytest.raises(ValidationError, match="超过"):
        kept(PDF + b"1")
    assert len([path for path in home.rglob("*") if path.is_file()]) == 1


def test_the_same_content_twice_is_one_file_and_a_damaged_one_is_healed(home):
    first = kept(PDF, "一.pdf")
    path = store.path_of(first.sha256)
    path.write_bytes(b"%PDF-")
    assert not store.verify(first.sha256)
    assert kept(PDF, "二.pdf").sha256 == first.sha256
    assert store.verify(first.sha256)
    assert [each for each in home.rglob("*") if each.is_file()] == [path]


def test_a_full_disk_is_a_sentence_and_leaves_nothing(home):
    with patch.object(os, "fsync", side_effect=OSError(errno.ENOSPC, "No space left")), pytest.raises(ValidationError, match="磁盘已满"):
        kept()
    assert [path for path in home.rglob("*") if path.is_file()] == []


def raised(problem, cause):
    """Return the problem as it is when it was raised from its cause."""
    problem.__cause__ = cause
    return problem


def sqlite(code):
    """Return SQLite's own error of this code."""
    problem = sqlite3.OperationalError("database")
    problem.sqlite_errorcode = code
    return problem


@pytest.mark.parametrize(("problem", "full"), [
    (OSError(errno.ENOSPC, "No space left"), True),
    (OSError(errno.EDQUOT, "Quota exceeded"), True),
    (OSError(errno.EACCES, "Permission denied"), False),
    (raised(OperationalError("database or disk is full"), sqlite(sqlite3.SQLITE_FULL)), True),
    (raised(OperationalError("disk I/O error"), sqlite(sqlite3.SQLITE_IOERR_SHMSIZE)), True),
    (raised(OperationalError("disk I/O error"), sqlite(sqlite3.SQLITE_IOERR_READ)), False),
    (raised(OperationalError("could not extend file"), DiskFull()), True),
    (raised(OperationalError("deadlock detected"), DeadlockDetected()), False),
    (None, False),
])
def test_a_full_disk_is_known_by_the_word_of_the_system_and_of_either_database(problem, full):
    assert store.is_full(problem) == full


@pytest.mark.parametrize("odd", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64])
def test_what_is_no_hash_of_a_kept_file_opens_nothing(odd):
    with pytest.raises(LookupError):
        store.open(odd)
    assert (store.size_of(odd), store.verify(odd)) == (None, False)


@pytest.mark.parametrize(("given", "plain"), [
    ("C:\\用户\\桌面\\证.pdf", "证.pdf"), ("../../证.pdf", "证.pdf"), ("证\u202efdp.exe", "证fdp.exe"), ("证\r\n.pdf", "证.pdf"),
    ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
])  # fmt: skip
def test_a_name_is_made_plain(given, plain):
    assert store.plain(given) == plain


def test_a_backup_puts_only_what_it_names(home):
    with pytest.raises(ValidationError, match="不符"):
        store.put(io.BytesIO(PDF), "0" * 64)
    assert [path for path in home.rglob("*") if path.is_file()] == []
