"""G1: a document on paper is laid out as GB/T 9704-2012 says, and every digit in it is traced or fixed text.

The demo's monthly brief of July 2024 is composed from its template, and some pages of prose follow it. Its Word file is
read here as what it is, a folder of XML: paper, margins, grid, fonts by name, sizes, numerals, page number, a note of each
number. LibreOffice lays it out, and the lines of a page and the characters of a line are counted on what comes out; so they
are in the PDF, no page of which is blank. The planted faults are a digit typed into the text by hand, and a wrong margin.
"""

import io
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bar import Bar
from lxml import etree

from tests import laboratory

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
REFERENCE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
POINT, MM = 72 / 25.4, 1440 / 25.4  # points and twips of a millimetre
TYPED = "no digit between the numbers that the template did not fix, but for the names of periods"
TRACED, MARGINS = "no digit without a trace: each is in a number or in fixed text", "margins are those of the standard, ±1 mm"
FONTS = {  # style: font and size in points, as the standard's 7.3 names them
    "Title": ("方正小标宋简体", 22), "BodyText": ("仿宋_GB2312", 16), "Heading1": ("黑体", 16), "Heading2": ("楷体_GB2312", 16),
    "Heading3": ("仿宋_GB2312", 16), "Heading4": ("仿宋_GB2312", 16), "Footer": ("宋体", 14),
}  # fmt: skip
HANGING = "，。、；：！？）」》"
PROSE = (
    "各部门要把项目建设摆在突出位置，逐个项目明确责任人和完成时限，及时协调用地、用水、用电和资金方面的困难，做到开工有保障、"
    "建设有进度、投产有效益；对进展缓慢的项目要查明原因，提出办法，按月报告；对已经竣工的项目要抓紧办理验收手续，尽快形成产能。")


def composed(bar: Bar) -> Any:
    """Return the demo's monthly brief of July 2024 as its template makes it, and pages of prose whose lines can be counted."""
    from kaifaqu.kernel.access import User
    from kaifaqu.kernel.periods import Period
    from kaifaqu.reporting.briefs import making
    from kaifaqu.reporting.briefs.models import BriefTemplate
    from kaifaqu.reporting.document import Heading, Paragraph

    template = BriefTemplate.objects.get(code="MB0002")
    made = making.compose(template, Period.parse("2024-07"), User.objects.get(code="projects"))
    document = made.document
    told = f"{len(document.numbers)} numbers, {len(document.blocks)} blocks"
    bar.check("the monthly brief is composed and nothing is missing", not made.problems, told)
    bar.check(TYPED, not (typed := list(typed_in(document, template.body))), typed[:3])
    document.blocks += [
        Heading(1, ["下一步工作"]), Heading(2, ["抓开工"]), Heading(3, ["责任"]), Heading(4, ["分工"]), *[Paragraph([PROSE * 3])] * 6]
    return document


def typed_in(document: Any, template: str) -> Iterator[str]:
    """Yield each run of digits between the numbers that neither the template's fixed text nor the name of a period holds."""
    from kaifaqu.kernel.periods import Period

    periods = {document.period_label, document.known_on, Period.parse(f"{Period.parse(document.period).end}").label}
    periods |= {each.period_label for each in document.numbers}
    periods |= {Period.parse(each.against).label for each in document.numbers if each.against}
    fixed = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", template, flags=re.S)
    for words in given(document):
        for period in sorted(periods, key=len, reverse=True):
            words = words.replace(period, "")
        yield from (digits for digits in re.findall(r"\d+", words) if digits not in re.findall(r"\d+", fixed))


def given(document: Any) -> Iterator[str]:
    """Yield the texts of the document that are no numbers; the names of a chart's bars are months, which its numbers have too."""
    yield document.title
    for block in document.blocks:
        cells = [each for row in getattr(block, "rows", []) for cell in row for each in cell]
        for each in [*getattr(block, "spans", []), getattr(block, "caption", ""), *getattr(block, "heads", []), *cells]:
            if isinstance(each, str):
                yield each


def stamp() -> Any:
    """Return what stands around it."""
    from kaifaqu.reporting.document import Stamp

    people = [("拟稿", "项目办"), ("审核", "办公室"), ("签发", "主任")]
    return Stamp("JB0001", "2024年第6期", "草稿", "某管委会", "2024年7月5日", people, "1 0123456789abcdef", "http://127.0.0.1:8000/briefs/1/")


def parts_of(data: bytes) -> dict[str, Any]:
    """Return the parts of the Word file."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    parts = {name.removeprefix("word/").removesuffix(".xml"): etree.fromstring(archive.read(name))
             for name in archive.namelist() if name.startswith("word/") and name.endswith(".xml")}
    return parts | {"relations": etree.fromstring(archive.read("word/_rels/document.xml.rels"))}


def spoilt(data: bytes) -> bytes:
    """Return the file with a digit typed by hand and a wrong margin."""
    archive, stream = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(stream, "w") as spoilt_one:
        for name in archive.namelist():
            content = archive.read(name)
            if name == "word/document.xml":
                content = content.replace("督促补报。".encode(), "督促补报，另有17个。".encode())
                content = content.replace(b'w:left="1587"', b'w:left="1134"')
            spoilt_one.writestr(name, content)
    return stream.getvalue()


def text(element: Any) -> str:
    """Return the words of an element."""
    return "".join(each.text or "" for each in element.iter(f"{W}t"))


def value(element: Any, name: str, key: str = "val") -> str:
    """Return an attribute of a part of the element; nothing where it is not there."""
    found = None if element is None else element.find(name.replace("w:", W))
    return "" if found is None else found.get(f"{W}{key}", "")


def styled(styles: Any, name: str) -> tuple[str, float]:
    """Return font and size of a style, as it inherits them."""
    held = {each.get(f"{W}styleId"): each for each in styles.iter(f"{W}style")}
    font, size, at = "", "", name
    while at:
        properties = held[at].find(f"{W}rPr")
        font = font or value(properties, "w:rFonts", "eastAsia")
        size = size or value(properties, "w:sz")
        at = value(held[at], "w:basedOn")
    return font, int(size) / 2


def check_page(bar: Bar, parts: dict[str, Any]) -> None:
    """Check paper, margins, grid, fonts and page number."""
    section = parts["document"].find(f".//{W}body/{W}sectPr")
    size, sides, grid = (section.find(f"{W}{name}").attrib for name in ("pgSz", "pgMar", "docGrid"))
    width, height = (int(size[f"{W}{each}"]) / MM for each in "wh")
    bar.check("the paper is A4", abs(width - 210) < 0.1 and abs(height - 297) < 0.1, f"{width:.2f} × {height:.2f} mm")
    told = {name: int(sides[f"{W}{name}"]) / MM for name in ("top", "left", "bottom", "right")}
    bar.check(MARGINS, all(abs(told[name] - wanted) < 1 for name, wanted in {"top": 37, "left": 28, "bottom": 35, "right": 26}.items()),
              ", ".join(f"{name} {each:.2f}" for name, each in told.items()))
    across, down = width - told["left"] - told["right"], height - told["top"] - told["bottom"]
    bar.check("the type area is 156 × 225 mm", abs(across - 156) < 0.2 and abs(down - 225) < 0.2, f"{across:.2f} × {down:.2f}")
    lines = down * MM / int(grid[f"{W}linePitch"])
    characters = across * MM / 20 / (16 + int(grid[f"{W}charSpace"]) / 4096)
    bar.check("the grid is 22 lines of 28 characters",
              (grid[f"{W}type"], int(lines + 1e-6), int(characters)) == ("linesAndChars", 22, 28), f"{lines:.3f} × {characters:.3f}")
    fonts = {name: styled(parts["styles"], name) for name in FONTS}
    bar.check("fonts and sizes are those of the standard, by name", fonts == FONTS,
              ", ".join(f"{name} {font} {size:g}" for name, (font, size) in fonts.items()))
    [third] = [each for each in parts["styles"].iter(f"{W}style") if each.get(f"{W}styleId") == "Heading3"]
    bar.check("level 3 is bold", third.find(f"{W}rPr/{W}b") is not None)
    check_page_number(bar, parts, section)
    heads = [text(each) for name, each in parts.items() if name.startswith("header")]
    bar.check("the head says that it is a draft", heads and {*heads} == {"草稿"}, heads)


def check_page_number(bar: Bar, parts: dict[str, Any], section: Any) -> None:
    """Check the page number on odd and on even pages."""
    targets = {each.get("Id"): each.get("Target").removesuffix(".xml") for each in parts["relations"]}
    feet = {each.get(f"{W}type"): parts[targets[each.get(REFERENCE)]] for each in section.iter(f"{W}footerReference")}
    for which, side in (("default", "right"), ("even", "left")):
        properties, field = feet[which].find(f".//{W}pPr"), feet[which].find(f".//{W}fldSimple")
        told = text(feet[which]), "PAGE" in field.get(f"{W}instr"), value(properties, "w:jc"), value(properties, "w:ind", f"{side}Chars")
        bar.check(f"the page number is — 1 —, {side}, one character from the edge ({which})", told == ("— 1 —", True, side, "100"), told)
    bar.check("even pages have a foot of their own", parts["settings"].find(f"{W}evenAndOddHeaders") is not None)


def fixed_text(document: Any) -> set[str]:
    """Return the texts of the document that are no numbers, as they were given."""
    from kaifaqu.reporting.paper import notes

    fixed = {document.title, notes.subtitle(stamp()), *notes.numerals(document)}
    fixed |= {f"{name}：{words}" for name, words in notes.closing(document, stamp()).lines}
    fixed |= {line for block in document.blocks if block.kind == "table" for line in notes.of_table(document, stamp(), block)}
    tables = {each.shown for each in document.numbers}  # those of a table stand without a mark of their own
    return fixed | {*given(document)} | tables


def check_text(bar: Bar, parts: dict[str, Any], document: Any) -> None:
    """Check numerals, footnotes, and that every digit is accounted for."""
    heads = [text(each) for each in parts["document"].iter(f"{W}p") if value(each.find(f"{W}pPr"), "w:pStyle").startswith("Heading")]
    bar.check("headings are numbered 一、（一）1.（1）",
              heads == [
                  "一、总体情况", "二、投资进度", "（一）本月开工的项目", "（二）本月投产的项目", "三、分园区和建设性质", "四、需要关注",
                  "五、下一步工作", "（一）抓开工", "1.责任", "（1）分工"], heads)
    told = {each.get(f"{W}id"): text(each) for each in parts["footnotes"] if not each.get(f"{W}type")}
    fixed = fixed_text(document)
    numbers, loose, wrong = 0, [], []
    below = "".join(text(each) for each in parts["document"].iter(f"{W}p") if value(each.find(f"{W}pPr"), "w:pStyle") == "FootnoteText")
    for block in (each for each in document.blocks if each.kind == "table"):
        places = [each for row in block.rows for cell in row for each in cell if isinstance(each, int)]
        numbers += len(places)
        wrong += [(block.caption, place) for place in places if place + 1 not in codes_in(below)]
        wrong += [] if all(each in below for each in ("口径：", "来源：", "数据截至 ", " 条记录")) else [(block.caption, below)]
    captions = {block.caption: block for block in document.blocks if block.kind == "chart"}
    for run in parts["document"].iter(f"{W}r"):
        follower = run.getnext()
        mark = None if follower is None else follower.find(f"{W}footnoteReference")
        words = text(run)
        if mark is None:
            loose += [words] if re.search(r"\d", words) and words not in fixed else []
            continue
        note = told.pop(mark.get(f"{W}id"), "")
        drawn = captions[words].bars if words in captions else []
        places = [place for _name, place in drawn] or [code - 1 for code in codes_in(note)]
        numbers += len(places)
        right = words in captions or [document.numbers[place].shown for place in places] == [words]
        named = all(each in note for each in ("口径：", "来源：", "数据截至 ", " 条记录"))
        named = named and codes_in(note) == {place + 1 for place in places}
        wrong += [] if right and named else [(words, note)]
    bar.check("every number has a footnote with basis, source, data date and its code",
              not wrong and numbers == len(document.numbers) and not told, f"{numbers} numbers" + "".join(map(str, wrong[:2])))
    bar.check(TRACED, not loose, loose[:3])


def codes_in(note: str) -> set[int]:
    """Return the numbers of the trace codes in a note; 至 stands for all between two."""
    found: set[int] = set()
    for first, last in re.findall(r"JB0001-(\d+)(?: 至 JB0001-(\d+))?", note):
        found |= {*range(int(first), int(last or first) + 1)}
    return found


def laid_out(data: bytes, folder: Path) -> Path:
    """Return the Word file as LibreOffice lays it out."""
    (folder / "brief.docx").write_bytes(data)
    own = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    made = ["soffice", "--headless", own, "--convert-to", "pdf", "--outdir", folder, folder / "brief.docx"]
    subprocess.run(made, check=True, capture_output=True, timeout=180)
    return folder / "brief.pdf"


def lines_of(path: Path, high: int) -> Iterator[list[str]]:
    """Yield for each page the lines of body text, top to bottom: those as high as the program says 16 pt is."""
    told = subprocess.run(["pdftotext", "-bbox-layout", path, "-"], capture_output=True, check=True).stdout
    for page in etree.fromstring(told, etree.XMLParser(recover=True)).iter("{*}page"):
        rows: dict[int, list[tuple[float, str]]] = {}
        for word in page.iter("{*}word"):
            top, bottom = float(word.get("yMin")), float(word.get("yMax"))
            if top > 37 * POINT - 8 and bottom < 262 * POINT + 8 and bottom - top > high:
                rows.setdefault(round((top + bottom) / 2 / 6), []).append((float(word.get("xMin")), word.text or ""))
        yield ["".join(words for _x, words in sorted(row)) for _y, row in sorted(rows.items())]


def check_laid_out(bar: Bar, path: Path, program: str, high: int) -> None:
    """Check on a PDF the lines of a page and the characters of a line."""
    pages = list(lines_of(path, high))
    counts = [len(page) for page in pages]
    bar.check(f"{program}: at most 22 lines stand on a page, 22 on one of nothing but text", max(counts) == 22, counts)
    prose = PROSE * 4
    full = [line for page in pages for line in page if len(line) > 26 and line in prose]
    lengths = Counter(len(line) - (len(line) > 28 and line[-1] in HANGING) for line in full)
    bar.check(f"{program}: a full line holds 28 characters, one less or more where a mark of punctuation makes it so",
              lengths[28] > 20 and lengths[28] > 0.85 * lengths.total() and {*lengths} <= {27, 28, 29}, dict(lengths))


def check_pdf(bar: Bar, path: Path, document: Any) -> None:
    """Check the PDF: fonts inside, no page blank, every number and its code in its words."""
    told = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True).stdout.decode()
    words = "".join(told.split())
    drawn = {place for block in document.blocks if block.kind == "chart" for _name, place in block.bars}  # the unit stands above
    wanted = [each.shown.removesuffix("亿元") if place in drawn else each.shown for place, each in enumerate(document.numbers)]
    codes = codes_in(" ".join(told.split()).replace("- ", "-"))
    missing = [each for place, each in enumerate(wanted) if "".join(each.split()) not in words or place + 1 not in codes]
    bar.check("PDF: every number and its code can be read in it", not missing, f"{len(document.numbers)} numbers {missing[:3]}")
    fonts = subprocess.run(["pdffonts", path], capture_output=True, check=True).stdout.decode().splitlines()[2:]
    bar.check("PDF: its fonts are in it", len(fonts) >= 2 and all(line.split()[-5] == "yes" for line in fonts), len(fonts))
    subprocess.run(["pdftoppm", "-gray", "-r", "30", path, path.with_suffix("")], check=True)
    pictures = [page.read_bytes() for page in sorted(path.parent.glob(f"{path.stem}-*.pgm"))]
    ink = [sum(grey < 128 for grey in picture.split(b"\n", 3)[3]) / len(picture) for picture in pictures]
    bar.check("PDF: no page is blank", len(ink) > 3 and min(ink) > 0.002, f"{len(ink)} pages, the emptiest {min(ink):.1%} ink")


def main(bar: Bar) -> None:
    """Compose, write and check."""
    missing = [program for program in ("soffice", "pdftotext", "pdftoppm", "pdffonts") if shutil.which(program) is None]
    if missing:
        sys.exit(f"没有 {'、'.join(missing)}。请先安装 libreoffice-writer 和 poppler-utils。")
    with laboratory.database():
        laboratory.enter()
        from kaifaqu.reporting.paper import pdf, word

        laboratory.demo()
        document = composed(bar)
        data = word.write(document, stamp())
        if bar.fault:
            data = spoilt(data)
        parts = parts_of(data)
        check_page(bar, parts)
        check_text(bar, parts, document)
        if bar.fault:
            for name, statement in (("a digit typed by hand", TRACED), ("a wrong margin", MARGINS)):
                bar.part(name, int(statement not in bar.failed))
            return
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            check_laid_out(bar, laid_out(data, folder), "LibreOffice", 18)
            (folder / "set.pdf").write_bytes(pdf.write(document, stamp()))
            check_laid_out(bar, folder / "set.pdf", "PDF", 15)
            check_pdf(bar, folder / "set.pdf", document)


if __name__ == "__main__":
    the_bar = Bar("G1", __doc__, several=True)
    main(the_bar)
    the_bar.close()
