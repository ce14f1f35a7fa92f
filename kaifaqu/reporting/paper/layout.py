"""The page of GB/T 9704-2012 in millimetres and points, and what Word's twentieths of a point are made of it."""

from kaifaqu.reporting.document import Document, Table

PAPER = (210, 297)  # A4, mm; 5.1
TOP, LEFT = 37, 28  # 天头 and 订口, mm, each ±1; 5.2.1
AREA = (156, 225)  # 版心, mm; 5.2.1
RIGHT, BOTTOM = PAPER[0] - LEFT - AREA[0], PAPER[1] - TOP - AREA[1]
LINES, CHARACTERS = 22, 28  # of a page and of a line; 5.2.3
BODY, TITLE, PAGE, SMALL, NOTE = 16, 22, 14, 12, 9  # 3号, 2号, 4号, 小4号, 小5号, pt
INDENT = 2  # characters; 7.3.3
FOOT = 7  # the dash of the page number below the type area, mm; 7.5
NARROWEST, WIDEST = 6, 40  # columns of a table, halves of a character
POINT = 72 / 25.4  # of a millimetre
PITCH = 580  # of lines, twips: 225 mm / 22
SLACK = 4  # twips by which the type area is higher than 22 lines, for programs that reckon in hundredths of a millimetre


def twips(millimetres: float) -> int:
    """Return a length in twentieths of a point."""
    return round(millimetres * POINT * 20)


def character_pitch() -> float:
    """Return the width of one of 28 characters of a line, pt."""
    return AREA[0] * POINT / CHARACTERS


def char_space() -> int:
    """Return what w:docGrid adds to each character of the body, in 4096ths of a point: rounded down, that 28 fit a line."""
    width = twips(PAPER[0]) - twips(LEFT) - twips(RIGHT)
    return (width * 4096 // 20 // CHARACTERS) - BODY * 4096


def bottom() -> int:
    """Return the bottom margin, twips, above which 22 lines stand: 35 mm less what their pitch was rounded up, and the slack."""
    return twips(PAPER[1]) - twips(TOP) - LINES * PITCH - SLACK


def widths(document: Document, table: Table) -> list[int]:
    """Return how wide the columns of a table stand to each other: halves of a character of the longest cell, within reason."""
    cells = [[head, *(document.text(row[place]) for row in table.rows)] for place, head in enumerate(table.heads)]
    longest = [max(sum(2 if ord(each) > 0x2E7F else 1 for each in text) for text in column) for column in cells]
    return [min(max(each, NARROWEST), WIDEST) + 2 for each in longest]
