"""Fixtures: a store of its own, and small files of the kinds that people attach."""

import io
import zipfile

import pytest

from kaifaqu.files import store
from kaifaqu.kernel import testing
from kaifaqu.kernel.access import Role
from kaifaqu.kernel.actions import find
from kaifaqu.kernel.commit import commit

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    """Return an empty home of the installation."""
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def role(zone, clerk) -> Role:
    """Return a record that files are attached to."""
    [made] = testing.enter(Role, zone, "code | name\nDESK | 窗口", by=clerk)
    return made


def zipped(*names: str) -> bytes:
    """Return a zip with an entry of each name."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "内容")
    return content.getvalue()


def attach(record, by, *, content=PDF, name="许可证.pdf", **told):
    """Attach a file to a record and return the attachment."""
    plan = find(f"{record.register}.attach").plan
    [made] = commit([plan(record, by=by, version=record.row_version, kept=kept(content, name), **told)], by=by)
    return made


def erase(record, by):
    """Erase the record's personal facts and return it."""
    [erased] = commit([find(record.right_to("erase")).plan(record, by=by, version=record.row_version, reason="本人要求")], by=by)
    return erased


def kept(content: bytes = PDF, name: str = "许可证.pdf") -> store.Kept:
    """Keep a file in the store."""
    return store.keep(io.BytesIO(content), name)
