"""Our own workbooks through another office program: opened by LibreOffice, saved as .xlsx, and compared cell by cell.

    python -m tests.round_trip      exports and filled-in forms of every register of the demo; exit code 1 if anything is lost

Needs `soffice` on the PATH, which is no dependency of the product; without it, it says so and checks nothing.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl

from tests import laboratory

OWN = ("_kaifaqu", "_lists")  # hidden sheets


def through_libreoffice(files: list[Path], folder: Path) -> list[Path]:
    """Return the files as LibreOffice saves them into the folder."""
    program = shutil.which("soffice")
    assert program is not None
    profile = folder / "profile"
    subprocess.run(
        [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML",
         "--outdir", str(folder), *map(str, files)], check=True, capture_output=True, timeout=600)  # fmt: skip
    return [folder / file.name for file in files]


def differences(before: Path, after: Path) -> Iterator[str]:
    """Yield a sentence for each cell, hidden sheet, hidden column, drop-down or text format that was lost on the way."""
    one, two = openpyxl.load_workbook(before), openpyxl.load_workbook(after)
    if one.sheetnames != two.sheetnames:
        yield f"{before.name}: sheets {two.sheetnames}, not {one.sheetnames}"
        return
    for sheet, other in zip(one.worksheets, two.worksheets, strict=True):
        place = f"{before.name} {sheet.title}"
        if (sheet.title in OWN) != (other.sheet_state == "hidden"):
            yield f"{place}: {other.sheet_state}"
        for row in sheet.iter_rows():
            for cell in row:
                kept = other.cell(cell.row, cell.column)
                if _plain(cell.value) != _plain(kept.value):
                    yield f"{place} {cell.coordinate}: {kept.value!r}, not {cell.value!r}"
        if (offered := _lists(sheet)) != (kept_offers := _lists(other)):
            yield f"{place}: drop-downs {kept_offers}, not {offered}"
    first = two.worksheets[0]
    if not first.column_dimensions["A"].hidden:
        yield f"{before.name}: the key column is shown"


def _lists(sheet) -> dict[str, str]:
    """Return where the drop-downs take what they offer, by their first cell."""
    return {str(each.sqref).partition(":")[0]: each.formula1.replace("$", "").replace("'", "")
            for each in sheet.data_validations.dataValidation if each.type == "list"}


def _plain(value: object) -> object:
    """Return the value without the escapes that openpyxl leaves as they stand in the file."""
    return str(value).replace("_x005F_", "_").replace("_x000D_\n", "\n") if isinstance(value, str) else value


def main() -> int:
    """Send the demo's workbooks through; print what was lost."""
    if shutil.which("soffice") is None:
        print("soffice is not on the PATH: nothing was checked")
        return 0
    with laboratory.database(), tempfile.TemporaryDirectory() as name:
        laboratory.enter()
        from kaifaqu.kernel.access import SYSTEM
        from kaifaqu.kernel.records import registers
        from kaifaqu.sheets.blanks import blank
        from kaifaqu.sheets.exporting import export

        laboratory.demo()
        here, there = Path(name) / "here", Path(name) / "there"
        here.mkdir()
        there.mkdir()
        for register in registers().values():
            with (here / f"{register.register}.xlsx").open("wb") as stream:
                export(register.objects.current().order_by("code"), register, SYSTEM, "xlsx", stream)
            with (here / f"{register.register}_form.xlsx").open("wb") as stream:
                blank(register, SYSTEM, stream, register.objects.current().order_by("code"))
        files = sorted(here.glob("*.xlsx"))
        lost = [line for file, saved in zip(files, through_libreoffice(files, there), strict=True) for line in differences(file, saved)]
    print("\n".join(lost[:50]))
    print(f"{len(files)} workbooks, {len(lost)} differences")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
