"""The files of a brief of some thirty pages, 300 numbers and ten charts, against bare files of the same words.

    python -m benchmarks.briefs            measures, and prints the result
    python -m benchmarks.briefs --write    writes it to benchmarks/results as well

Ours: the Word file in the layout of GB/T 9704-2012 and the PDF, with a footnote behind each number and ten charts, and the
annex with 50 records a number. The peers: python-docx writing the same headings, paragraphs and tables in one loop, without
footnotes and charts; typst setting the same lines as plain text in the same font, without footnotes, tables and charts;
xlsxwriter writing the same cells of the annex, row by row, as it is set without options. The document is composed by hand:
what is measured is making files, not computing figures. CPU seconds, the best of the runs, the sides in turn; the first use
of Vega and of the fonts is in none of them. For information the charts alone. Memory: the largest resident size of a fresh
process that makes one file, less that of one which has only composed the document.
"""

import argparse
import hashlib
import inspect
import io
import json
import re
import subprocess
import sys
import zlib
from collections.abc import Callable
from typing import Any

from benchmarks import stopwatch
from benchmarks.catalogue import write
from tests import laboratory

SECTIONS, PARAGRAPHS, NUMBERS, ROWS, RECORDS, RUNS = 10, 6, 3, 12, 50, 3
WORDS = "推动项目建设，本期完成"
BASIS = "期末已开工、未竣工投产的项目的计划总投资，不含已停建项目。"


def composed(run: int = 0) -> Any:
    """Return the document: ten sections of six paragraphs with three numbers each, a table of twelve and their chart.

    Those of two runs have no line in common: typst remembers what it has set in a process.
    """
    from kaifaqu.reporting.document import Chart, Document, Heading, Number, Paragraph, Table

    document = Document("三十页的简报", "测量", "2024-06", "2024年6月", 1, "2024-07-05")

    def number() -> int:
        place = len(document.numbers)
        amount = (place * 7919 + run * 104_729) % 90_000 + 10_000
        records = [["projects", pk, f"P{pk:05d}", pk] for pk in range(place, place + RECORDS)]
        document.numbers.append(Number(
            "projects.under_construction.investment", "在建项目总投资", BASIS, "万元", "2024-06", "2024年6月", ["DEMO"], ["演示开发区"], 1,
            f"{amount / 10_000:.2f}亿元", str(amount), data_date="2024-07-01", status="open", records=records))
        return place

    for section in range(SECTIONS):
        document.blocks.append(Heading(1, [f"第{run}次，第{section}方面"]))
        for _paragraph in range(PARAGRAPHS):
            document.blocks.append(Paragraph([each for _number in range(NUMBERS) for each in (f"第{run}次{WORDS}", number(), "。")]))
        places = [number() for _row in range(ROWS)]
        rows = [[[f"行业{run}-{row}"], [place]] for row, place in enumerate(places)]
        bars = [(f"{month}月", place) for month, place in enumerate(places, 1)]
        document.blocks += [Table("分行业", ["行业", "投资"], rows, [False, True]), Chart("分月", "亿元", bars)]
    return document


def stamp() -> Any:
    """Return what stands around the document."""
    from kaifaqu.reporting.document import Stamp

    return Stamp("JB0001", "第1期", "草稿", "某管委会", "2024年7月5日", [("签发", "主任")], "1 0123456789abcdef", "http://127.0.0.1:8000/briefs/1/")


def word(document: Any) -> bytes:
    """Return our Word file."""
    from kaifaqu.reporting.paper import word

    return word.write(document, stamp())


def pdf(document: Any) -> bytes:
    """Return our PDF."""
    from kaifaqu.reporting.paper import pdf

    return pdf.write(document, stamp())


def annex(document: Any) -> bytes:
    """Return our annex."""
    from kaifaqu.reporting.paper import annex

    return annex.write(document, stamp())


def charts(document: Any) -> bytes:
    """Return the charts as our Word file has them, one after the other."""
    from kaifaqu.reporting.paper import charts

    return b"".join(charts.png(document, block) for block in document.blocks if block.kind == "chart")


def bare_word(document: Any) -> bytes:
    """Return the same words in a Word file that python-docx writes in one loop."""
    import docx

    made, stream = docx.Document(), io.BytesIO()
    made.add_heading(document.title, 0)
    for block in document.blocks:
        if block.kind == "heading":
            made.add_heading(document.text(block.spans), block.level)
        elif block.kind == "paragraph":
            paragraph = made.add_paragraph()
            for each in block.spans:
                paragraph.add_run(each if isinstance(each, str) else document.numbers[each].shown)
        elif block.kind == "table":
            table = made.add_table(0, len(block.heads))
            for row in [[[head] for head in block.heads], *block.rows]:
                for cell, spans in zip(table.add_row().cells, row, strict=True):
                    cell.text = document.text(spans)
    made.save(stream)
    return stream.getvalue()


def bare_pdf(document: Any) -> bytes:
    """Return the same lines as plain text that typst sets in the same font."""
    import typst

    from kaifaqu.reporting.paper.fonts import fonts

    found = fonts()
    template = f'#set text(font: "{found.body}", size: 16pt)\n#for line in json("lines.json") {{ par(line) }}'
    files = {"main.typ": template.encode(), "lines.json": json.dumps(list(document.lines()), ensure_ascii=False).encode()}
    return typst.compile(files, font_paths=found.read, ignore_system_fonts=True, format="pdf")


def bare_annex(document: Any) -> bytes:
    """Return the same cells in a workbook that xlsxwriter writes row by row."""
    import xlsxwriter

    from kaifaqu.reporting.paper import annex

    stream, told = io.BytesIO(), stamp()
    with xlsxwriter.Workbook(stream) as book:
        for columns, rows in ((annex.NUMBERS, annex._numbers(document, told)), (annex.RECORDS, annex._records(document, told))):
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, [heading for heading, _width in columns])
            for place, row in enumerate(rows, 1):
                sheet.write_row(place, 0, row)
    return stream.getvalue()


SIDES: dict[str, tuple[Callable[[Any], bytes], Callable[[Any], bytes]]] = {
    "word": (word, bare_word), "pdf": (pdf, bare_pdf), "annex": (annex, bare_annex),
}  # fmt: skip


def nothing(document: Any) -> bytes:
    """Return nothing: what a process needs that has only composed the document."""
    return b""


def pages(data: bytes) -> int:
    """Return how many pages the PDF has; its page tree may lie in a compressed stream."""
    packed = [piece for piece in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL) if piece[:1] == b"x"]
    text = data + b"".join(zlib.decompressobj().decompress(piece) for piece in packed)
    return len(re.findall(rb"/Type\s*/Page\b", text))


def measure(runs: int = RUNS) -> dict[str, Any]:
    """Return the seconds and the size of each file on both sides, and our memory."""
    document = composed()
    taken: dict[str, list[dict[str, float]]] = {}
    made: dict[str, bytes] = {}
    for sides in SIDES.values():  # warm: Vega, fonts, imports
        for side in sides:
            side(document)
    for run in range(1, runs + 1):
        document = composed(run)
        for name, (ours, bare) in SIDES.items():
            for label, side in ((f"{name}, ours", ours), (f"{name}, peer", bare)):
                seconds, made[label] = stopwatch.timed(lambda side=side, document=document: side(document))
                taken.setdefault(label, []).append(seconds)
        taken.setdefault("charts alone", []).append(stopwatch.timed(lambda document=document: charts(document))[0])
    seconds = {name: stopwatch.best(each) for name, each in taken.items()}
    drawn = sum(block.kind == "chart" for block in document.blocks)
    return {
        "benchmark": "briefs", "machine": stopwatch.machine(),
        "size": {"numbers": len(document.numbers), "charts": drawn, "pages": pages(made["pdf, ours"]),
                 "records": sum(len(each.records) for each in document.numbers), "runs": runs},
        "seconds": seconds, "bytes": {name: len(data) for name, data in made.items()},
        "ratios": {clock: {name: round(seconds[f"{name}, ours"][clock] / seconds[f"{name}, peer"][clock], 2) for name in SIDES}
                   for clock in ("cpu", "wall")},
        "peer": peer(),
    }  # fmt: skip


def peer() -> dict[str, str]:
    """Return by what the peers are known: the SHA-256 of their source."""
    return {"sha256": hashlib.sha256("".join(map(inspect.getsource, (bare_word, bare_pdf, bare_annex))).encode()).hexdigest()}


def memories() -> dict[str, int]:
    """Return in MB what a fresh process needs at most for each file, beyond what it needs for the document."""
    base = memory("nothing")
    return {"document": base} | {each.__name__: memory(each.__name__) - base for sides in SIDES.values() for each in sides}


def memory(side: str) -> int:
    """Return in MB the largest size of a fresh process that makes this file once."""
    process = laboratory.child("-m", "benchmarks.briefs", "--make", side, stdout=subprocess.PIPE, text=True)
    said = process.communicate()[0]
    if process.returncode:
        raise SystemExit(said)
    return int(said)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--make", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.make:
        laboratory.enter()
        globals()[arguments.make](composed())
        print(stopwatch.peak())
        return
    with laboratory.database():
        laboratory.enter()
        from django.db import connection

        result = measure(arguments.runs)
        connection.close()
        result["megabytes"] = memories()
        json.dump(result, sys.stdout, ensure_ascii=False, indent=2)
        if arguments.write:
            write(result)


if __name__ == "__main__":
    main()
