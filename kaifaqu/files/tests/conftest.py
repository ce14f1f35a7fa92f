"""Fixtures: a store of its own, and small files of the kinds that people attach."""

import io
import zipfile

import pytest

from kaifaqu.files import store
from kaifaqu.kernel import testing
from kaifaqu.kernel.access import Role

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


def kept(content: bytes = PDF, name: str = "许可证.pdf") -> store.Kept:
    """Keep a file in the store."""
    return store.keep(io.BytesIO(content), name)
