"""G1: a document on paper is laid out as GB/T 9704-2012 says, and every digit in it is traced or fixed text.

The demo zone's figures of the first half of 2024 go into a document by hand. Its Word file is read here as what it is, a
folder of XML: paper, margins, grid, fonts by name, sizes, numerals, page number, a footnote behind each number. LibreOffice
lays it out, and the lines of a page and the characters of a line are counted on what comes out; so they are in the PDF, no
page of which is blank. The planted faults are a digit typed into the text by hand, and a wrong margin.
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
TRACED, MARGINS = "no digit without a trace: each is in a number or in fixed text", "margins are those of the standard, ±1 mm"
FONTS = {  # style: font and size in points, as the standard's 7.3 names them
    "Title": ("方正小标宋简体", 22), "BodyText": ("仿宋_GB2312", 16), "Heading1": ("黑体", 16), "Heading2": ("楷体_GB2312", 16),
    "Heading3": ("仿宋_GB2312", 16), "Heading4": ("仿宋_GB2312", 16), "Footer": ("宋体", 14),
}  # fmt: skip
HANGING = "，。、；：！？）」》"
PROSE = (
    "各部门要把项目建设摆在突出位置，逐个项目明确责任人和完成时限，及时协调用地、用水、用电和资金方面的困难，做到开工有保障、"
    "建设有进度、投产有效益；对进展缓慢的项目要查明原因，提出办法，按月报告；对已经竣工的项目要抓紧办理验收手续，尽快形成产能。")


def composed() -> Any:
    """Return a document with the demo's figures: all that have a value, in sentences, a table and a chart."""
    from kaifaqu.kernel.access import Party
    from kaifaqu.kernel.events import last_seq
    from kaifaqu.kernel.indicators import catalogue
    from kaifaqu.kernel.periods import Period
    from kaifaqu.registers.projects.models import Project
    from kaifaqu.reporting import calls
    from kaifaqu.reporting.document import Chart, Document, Heading, Paragraph, Table

    owners = set(Project.objects.values_list("owner_id", flat=True))
    asker = calls.now(Period.parse("2024-H1"), owners)
    wanted = [calls.Call(code) for code in catalogue()]
    wanted += [calls.Call("projects.under_construction.investment", period=f"2024-{month:02d}") for month in range(1, 7)]
    asker.expect(wanted)
    numbers = [each for each in map(asker.number, wanted) if not each.problem]
    months = [place for place, each in enumerate(numbers) if re.fullmatch(r"2024-\d\d", each.period)]
    others = [place for place in range(len(numbers)) if place not in months]
    told, listed = others[:14], others[14:]
    zone = str(Party.objects.get(pk=min(owners)))
    document = Document("2024年上半年项目建设情况", zone, "2024-H1", "2024年上半年", last_seq(), "2024-07-05", numbers=numbers)
    sentence = [part for place in told for part in (numbers[place].label, place, "，")]
    rows = [[[numbers[place].label], [place]] for place in listed]
    bars = [(numbers[place].period_label[5:], place) for place in months]
    document.blocks = [
        Heading(1, ["总体情况"]), Paragraph(["截至6月底，", *sentence, "总体平稳。"]),
        Heading(2, ["各项指标"]), Table("主要指标", ["指标", "数值"], rows, [False, True]),
        Heading(2, ["逐月情况"]), Chart("在建项目总投资", "亿元", bars),
        Heading(1, ["下一步工作"]), Heading(2, ["抓开工"]), Heading(3, ["责任"]), Heading(4, ["分工"]), *[Paragraph([PROSE * 3])] * 6,
    ]  # fmt: skip
    return document


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
                content = content.replace("总体平稳。".encode(), "总体平稳，新增17个。".encode())
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
    for block in document.blocks:
        cells = [each for row in getattr(block, "rows", []) for cell in row for each in cell]
        given = [*getattr(block, "spans", []), getattr(block, "caption", ""), *getattr(block, "heads", []), *cells]
        fixed |= {each for each in given if isinstance(each, str)}
    return fixed


def check_text(bar: Bar, parts: dict[str, Any], document: Any) -> None:
    """Check numerals, footnotes, and that every digit is accounted for."""
    heads = [text(each) for each in parts["document"].iter(f"{W}p") if value(each.find(f"{W}pPr"), "w:pStyle").startswith("Heading")]
    bar.check("headings are numbered 一、（一）1.（1）",
              heads == ["一、总体情况", "（一）各项指标", "（二）逐月情况", "二、下一步工作", "（一）抓开工", "1.责任", "（1）分工"], heads)
    told = {each.get(f"{W}id"): text(each) for each in parts["footnotes"] if not each.get(f"{W}type")}
    fixed = fixed_text(document)
    numbers, loose, wrong = 0, [], []
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
        places = [place for _name, place in drawn] or [int(note.rstrip("。").rpartition("JB0001-")[2] or 1) - 1]
        numbers += len(places)
        right = words in captions or document.numbers[places[0]].shown == words
        named = all(each in note for each in ("口径：", "来源：", "数据截至 ", " 条记录", *(stamp().trace(place) for place in places)))
        wrong += [] if right and named else [(words, note)]
    bar.check("every number has a footnote with basis, source, data date and its code",
              not wrong and numbers == len(document.numbers) and not told, f"{numbers} numbers" + "".join(map(str, wrong[:2])))
    bar.check(TRACED, not loose, loose[:3])


def laid_out(data: bytes, folder: Path) -> Path:
    """Return the Word file as LibreOffice lays it out."""
    (folder / "brief.docx").write_bytes(data)
    own = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    made = ["soffice", "--headless", own, "--convert-to", "pdf", "--outdir", folder, folder / "brief.docx"]
    subprocess.run(made, check=True, capture_output=True, timeout=180)
    return folder / "brief.pdf"


def lines_of(path: Path) -> Iterator[list[str]]:
    """Yield for each page the lines of body text, top to bottom: those as high as 16 pt stands, within the type area."""
    told = subprocess.run(["pdftotext", "-bbox-layout", path, "-"], capture_output=True, check=True).stdout
    for page in etree.fromstring(told, etree.XMLParser(recover=True)).iter("{*}page"):
        rows: dict[int, list[tuple[float, str]]] = {}
        for word in page.iter("{*}word"):
            top, bottom = float(word.get("yMin")), float(word.get("yMax"))
            if top > 37 * POINT - 8 and bottom < 262 * POINT + 8 and bottom - top > 15:
                rows.setdefault(round((top + bottom) / 2 / 6), []).append((float(word.get("xMin")), word.text or ""))
        yield ["".join(words for _x, words in sorted(row)) for _y, row in sorted(rows.items())]


def check_laid_out(bar: Bar, path: Path, program: str) -> None:
    """Check on a PDF the lines of a page and the characters of a line."""
    pages = list(lines_of(path))
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
    missing = [each for place, each in enumerate(wanted) if "".join(each.split()) not in words or stamp().trace(place) not in words]
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
        from kaifaqu.web import sample

        sample.load()
        document = composed()
        bar.check("the document has some forty numbers", len(document.numbers) >= 35, len(document.numbers))
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
            check_laid_out(bar, laid_out(data, folder), "LibreOffice")
            (folder / "set.pdf").write_bytes(pdf.write(document, stamp()))
            check_laid_out(bar, folder / "set.pdf", "PDF")
            check_pdf(bar, folder / "set.pdf", document)


if __name__ == "__main__":
    the_bar = Bar("G1", __doc__)
    main(the_bar)
    the_bar.close()
