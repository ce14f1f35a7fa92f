"""Guarding: what a file from outside is, told from its content before anything in it is unpacked or opened."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePath
from xml.parsers import expat

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

DEFAULTS = {  # each may be set in SHEET_LIMITS of the settings; bytes and seconds
    "upload": 20 * 2**20,
    "unpacked": 200 * 2**20,  # of all parts of a workbook together; 100,000 rows of 25 columns have 90 MB
    "ratio": 200,  # of unpacked to packed, asked of parts above `small`: an honest sheet of blank cells reaches 60
    "small": 10 * 2**20,
    "parts": 2000,
    "memory": 2**30,  # of the child that reads; address space, of which it touches about a third
    "processor": 60,
    "silence": 60,  # how long the child may say nothing
    "conversion": 120,
    "office": 4 * 2**30,  # address space of the office program that converts
}
READ = ("xlsx", "xls", "ods", "csv", "et", "json", "geojson", "parquet")
DAMAGED = (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error)  # what a broken archive raises
PROLOG = 2**16  # bytes within which an honest part comes to its first element
SAMPLE = 2**16
MAGIC = (
    (b"PK", "zip"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"), (b"%PDF", "pdf"), (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"), (b"\x1f\x8b", "archive"), (b"\x89PNG", "picture"), (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"), (b"BM", "picture"), (b"MZ", "program"), (b"\x7fELF", "program"), (b"PAR1", "parquet"),
)  # fmt: skip
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
MARKUP = re.compile(rb"\s*<(?:!doctype\s+html|html|head|meta|table|\?xml|mht)", re.I)
CONTROL = bytes({*range(32)} - {*b"\t\n\r\f"})
EXCEL_XML = b"urn:schemas-microsoft-com:office:spreadsheet"


class Refused(ValidationError):
    """Raised for a file that is not read; its one sentence names the file, what is wrong and what to do."""


def limit(name: str) -> int:
    """Return a limit of this installation, in bytes or seconds where it is a size or a time."""
    return getattr(settings, "SHEET_LIMITS", {}).get(name, DEFAULTS[name])


def examine(path: Path, name: str) -> str:
    """Return the kind of the file that was handed in under the name: one of READ.

    Looks at size, content and the declared sizes of a workbook's parts; unpacks no more than the first bytes of each.
    Raise Refused for whatever is not a spreadsheet of the kind that its name says, and for one that could do harm.
    """
    wanted = _wanted(name)
    size = path.stat().st_size
    if not size:
        raise _refused(name, _("文件是空的，请重新导出或另存后再上传。"))
    weigh(name, size)
    found = _content(path, name)
    if wanted in ("json", "geojson") and found == "csv":  # both are text; what is none of JSON, reading finds out
        return wanted
    if found == wanted or wanted == "et" and found in ("xls", "xlsx"):
        return "et" if wanted == "et" and found == "xls" else found
    raise _refused(name, _mismatch(wanted, found))


def weigh(name: str, size: int) -> None:
    """Refuse a file of more bytes than one may have; asked of a part already, as it comes in."""
    if size > limit("upload"):
        message = _("文件超过上限 {limit} MB。请删去图片和无关的工作表，或分成几个文件。")
        raise _refused(name, message.format(limit=limit("upload") // 2**20))


def _refused(name: str, sentence: str) -> Refused:
    return Refused(_("「{name}」：{sentence}").format(name=PurePath(name).name, sentence=sentence))


def _wanted(name: str) -> str:
    """Return the kind that the name's extension says; raise Refused where we read no such kind."""
    extension = PurePath(name).suffix.lower().removeprefix(".")
    if extension in READ:
        return extension
    if extension in ("txt", "tsv"):
        return "csv"
    if extension in ("xlsm", "xltm", "xlam", "xla", "xlt", "xltx"):
        raise _refused(name, _("这是含宏的工作簿或模板，不予打开。请在 Excel 或 WPS 中另存为 .xlsx 再上传。"))
    raise _refused(name, _("不是电子表格。可上传 .xlsx、.xls、.csv、.ods、.et、.geojson，以及导出的 .json、.parquet；其他请另存为 .xlsx。"))


def _content(path: Path, name: str) -> str:
    """Return what the file is, whatever its name; raise Refused for what must not or cannot be opened."""
    with path.open("rb") as file:
        start = file.read(SAMPLE)
    kind = next((kind for magic, kind in MAGIC if start.startswith(magic)), "")
    if kind == "zip":
        return _zipped(path, name)
    if kind == "ole":
        return _compound(path, name)
    if kind:
        return kind
    if any(start.startswith(bom) for bom, _encoding in BOMS):
        start = start.lstrip(b"\xef\xbb\xbf")
    elif len(start.translate(None, CONTROL)) < len(start) * 0.995:
        return "unknown"
    if MARKUP.match(start):
        return "excel-xml" if EXCEL_XML in start else "html"
    return "csv"


def _mismatch(wanted: str, found: str) -> str:
    """Return the sentence for a file that is something else than its name says."""
    if found in READ:
        kinds = {
            "xlsx": _("Excel 工作簿（.xlsx）"), "xls": _("旧版 Excel 工作簿（.xls）"), "ods": _("OpenDocument 表格（.ods）"),
            "csv": _("文本（.csv）"), "parquet": _("Parquet 文件（.parquet）"),
        }  # fmt: skip
        message = _("扩展名是 .{wanted}，内容却是{kind}。请把扩展名改为 .{found}，或另存为 .xlsx 再上传。")
        return message.format(wanted=wanted, kind=kinds[found], found=found)
    kinds = {
        "html": _("网页"), "excel-xml": _("XML 表格"), "pdf": _("PDF 文件"), "archive": _("压缩包"), "picture": _("图片"),
        "program": _("程序"), "word": _("Word 文档"), "slides": _("演示文稿"), "xlsb": _("二进制工作簿（.xlsb）"),
        "macros": _("含宏的工作簿"),
    }  # fmt: skip
    if found == "archive":
        return _("这是压缩包。请先解压，再上传其中的表格。")
    if found in kinds:
        message = _("扩展名是 .{wanted}，内容却是{kind}。请用 Excel 或 WPS 打开，另存为 .xlsx 再上传。")
        return message.format(wanted=wanted, kind=kinds[found])
    return _("内容无法识别，可能已经损坏。请用 Excel 或 WPS 打开，另存为 .xlsx 再上传。")


# Workbooks that are zip archives


def _zipped(path: Path, name: str) -> str:
    """Return what the archive is; raise Refused for a damaged one, and for one whose list of parts is dangerous."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _weigh(parts, name)
            names = {part.filename for part in parts}
            kind = _zip_kind(archive, names)
            if kind in ("xlsx", "ods"):
                for part in parts:
                    if part.filename.lower().endswith((".xml", ".rels", ".vml")) and part.file_size:
                        _check_prolog(archive, part, name)
            return kind
    except Refused:
        raise
    except DAMAGED:
        sentence = _("文件不完整或已损坏，可能没有传完。请用 Excel 或 WPS 打开检查，另存后再上传。")
        raise _refused(name, sentence) from None


def _weigh(parts: list[zipfile.ZipInfo], name: str) -> None:
    """Refuse by what the archive declares, without unpacking anything."""
    if len(parts) > limit("parts"):
        message = _("压缩包内有 {count} 个部分，超过上限 {limit} 个，不像正常的表格，不予打开。请另存为新的 .xlsx。")
        raise _refused(name, message.format(count=len(parts), limit=limit("parts")))
    total = sum(part.file_size for part in parts)
    packed = any(part.file_size > limit("small") and part.file_size > limit("ratio") * part.compress_size for part in parts)
    if packed or total > limit("unpacked"):
        message = _("解压后有 {size} MB，大得不像正常的表格，不予打开。请只保留有数据的行列，复制到新的工作簿再上传。")
        raise _refused(name, message.format(size=total // 2**20))
    if any(part.flag_bits & 1 for part in parts):
        raise _password(name)
    names = [part.filename for part in parts]
    outside = any(each.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", each) or ":" in each for each in names)
    if outside or len({each.lower() for each in names}) < len(names):
        message = _("压缩包内有越界或重复的路径，不是正常的表格，不予打开。请向提供文件的人核实。")
        raise _refused(name, message)


def _password(name: str) -> Refused:
    return _refused(name, _("文件有打开密码。请在 Excel 或 WPS 中取消密码，另存后再上传。"))


def _zip_kind(archive: zipfile.ZipFile, names: set[str]) -> str:
    """Return the kind of document that the archive is by its parts."""
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "mimetype" in names:
        with archive.open("mimetype") as file:
            if file.read(100).startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
                return "ods"
    kinds = {"xl/workbook.bin": "xlsb", "word/document.xml": "word", "ppt/presentation.xml": "slides"}
    found = next((kind for part, kind in kinds.items() if part in names), "archive")
    if found == "archive" and "[Content_Types].xml" in names:  # the workbook's part may bear another name
        with archive.open("[Content_Types].xml") as file:
            return "xlsx" if b"spreadsheetml.sheet.main+xml" in file.read(SAMPLE) else "archive"
    return found


class _RootReached(Exception):
    pass


def _check_prolog(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> None:
    """Refuse a part that declares a document type: without one there are no entities that could grow or reach outside."""
    forbidden = _("文件里有文档类型声明（DTD），正常的表格没有，可能被人做过手脚，不予打开。请向提供文件的人核实。")

    def declared(*_details: object) -> None:
        raise _refused(name, forbidden)

    def reached(*_details: object) -> None:
        raise _RootReached

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = declared
    parser.StartElementHandler = reached
    with archive.open(part) as file:
        try:
            start = file.read(PROLOG)
            parser.Parse(start, len(start) < PROLOG)
        except _RootReached:
            return
        except expat.ExpatError as error:
            raise zipfile.BadZipFile(str(error)) from None
    raise _refused(name, forbidden)  # 64 KB without an element hide something


# Compound files: the workbooks of before 2007, and encrypted ones


def _compound(path: Path, name: str) -> str:
    """Return what the compound file is by the streams it lists; raise Refused for an encrypted workbook."""
    content = path.read_bytes()
    if _lists(content, "EncryptedPackage") or _lists(content, "EncryptionInfo"):
        raise _password(name)
    if _lists(content, "Workbook") or _lists(content, "Book"):
        return "xls"
    kinds = {"WordDocument": "word", "PowerPoint Document": "slides"}
    return next((kind for stream, kind in kinds.items() if _lists(content, stream)), "unknown")


def _lists(content: bytes, stream: str) -> bool:
    """Tell whether the directory has an entry of this name: entries stand at multiples of 128, name first, then its length."""
    entry = f"{stream}\0".encode("utf-16-le")
    place = content.find(entry)
    while place >= 0:
        if place % 128 == 0 and content[place + 64:place + 66] == len(entry).to_bytes(2, "little"):
            return True
        place = content.find(entry, place + 2)
    return False


# Archives of several files, as people send them


def members(path: Path, name: str) -> Iterator[tuple[str, bytes | Refused]]:
    """Yield the files of a zip archive, each by its bare name with its content, or with the refusal of this one.

    Archives within it are not unpacked. Nothing is written, and no more is unpacked than a single upload may hold, whatever
    the archive declares. Raise Refused for one that is damaged, encrypted, or declares too much.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = [part for part in archive.infolist() if not part.is_dir()]
            _weigh(parts, name)
            for part in parts:
                bare = re.split(r"[/\\]", _spelt(part))[-1]
                if not bare.startswith((".", "~$")) and "__MACOSX" not in part.filename:  # what systems and open programs leave
                    yield bare, _member(archive, part, name, bare)
    except DAMAGED:
        raise _refused(name, _("压缩包不完整或已损坏，可能没有传完。请重新打包再上传，或直接选择其中的表格。")) from None


def _member(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, bare: str) -> bytes | Refused:
    """Return the content of one file, or its refusal."""
    try:
        with archive.open(part) as file:
            content = file.read(limit("upload") + 1)
    except DAMAGED:
        return _refused(name, _("压缩包里的「{file}」不完整或已损坏，请单独处理。").format(file=bare))
    if len(content) > limit("upload"):
        message = _("压缩包里的「{file}」超过上限 {limit} MB，请单独处理。")
        return _refused(name, message.format(file=bare, limit=limit("upload") // 2**20))
    return content


def _spelt(part: zipfile.ZipInfo) -> str:
    """Return a member's name; where it is not said to be UTF-8, Chinese systems write GB18030."""
    if part.flag_bits & 0x800:
        return part.filename
    try:
        return part.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return part.filename
