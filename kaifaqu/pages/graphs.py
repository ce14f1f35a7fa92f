"""Pictures of graphs: boxes in layers from left to right, joined by lines; each box opens what it stands for.

The layers and the order within them come from a layout library; what is drawn is SVG, which prints and needs no script.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

WIDTH, LINE, PAD = 146, 18, 8  # of a box, in the picture's own units: at full size a pixel each
ACROSS, DOWN = 40, 18  # between boxes
COLUMNS = 18  # half-width letters in a line of a box
TIP = 8  # of an arrow
SHEET = 960  # what a sheet of A4 takes from top to bottom
LINES = 3  # of a title, at most: what is longer is cut, and told whole where the box is reached
STEP = 100.0  # what the layout library is asked to leave between two places


@dataclass(frozen=True)
class Node:
    """One box: its name, a line below it, where it leads, and how what it stands for is: a word that the style sheet knows.

    `strong` is what stands out, as the links of the longest path do; a line between two strong boxes stands out with them.
    """

    key: Any
    title: str
    detail: str = ""
    href: str = ""
    state: str = ""
    strong: bool = False


@dataclass(frozen=True)
class Graph:
    """A picture: what it shows, in words, its boxes, and the pairs of keys that are joined, the earlier one first.

    Raise KeyError when a pair names a box that is not there.
    """

    label: str
    nodes: Sequence[Node]
    edges: Sequence[tuple[Any, Any]]


class Box(NamedTuple):
    """A box in its place, with its words line by line: how far down each stands, and the words."""

    node: Node
    x: float
    y: float
    width: float
    height: float
    middle: float
    lines: list[tuple[float, str]]
    detail: float  # how far down the line below the name stands


class Drawing(NamedTuple):
    """A picture that is laid out: its size, its boxes in the order of reading, its lines as SVG paths and whether each stands out.

    One that is `wide` may be shown smaller than it is drawn, where there is less room.
    """

    label: str
    width: float
    height: float
    boxes: list[Box]
    lines: list[tuple[str, bool]]

    @property
    def is_wide(self) -> bool:
        """Tell whether it has more than four layers."""
        return self.width > 4 * (WIDTH + ACROSS)

    @property
    def is_long(self) -> bool:
        """Tell whether it would run over more than two sheets, cut through its boxes: such a picture is for the screen."""
        return self.height > 2 * SHEET


def draw(graph: Graph) -> Drawing:
    """Return the boxes and lines of a graph in their places."""
    wrapped = [wrap(node.title) for node in graph.nodes]
    tall = 2 * PAD + LINE * (max(map(len, wrapped), default=1) + any(node.detail for node in graph.nodes))
    place, routes = _places(graph)
    at = {spot: (PAD + layer * (WIDTH + ACROSS), PAD + row * (tall + DOWN)) for spot, (layer, row) in place.items()}
    boxes = []
    for number, (node, lines) in enumerate(zip(graph.nodes, wrapped, strict=True)):
        x, y = at[number]
        below = len(lines) * LINE
        top = y + (tall - below - (LINE if node.detail else 0)) / 2 + LINE * 0.75
        boxes.append(Box(node, x, y, WIDTH, tall, x + WIDTH / 2, [(top + LINE * n, text) for n, text in enumerate(lines)], top + below))
    drawn = [(_path([at[spot] for spot in route], tall), all(graph.nodes[end].strong for end in (route[0], route[-1]))) for route in routes]
    return Drawing(
        graph.label, max((box.x for box in boxes), default=0) + WIDTH + PAD, max((box.y for box in boxes), default=0) + tall + PAD,
        sorted(boxes, key=lambda box: (box.x, box.y)), sorted(drawn, key=lambda line: line[1]))


def wrap(text: str, columns: int = COLUMNS, most: int = LINES) -> list[str]:
    """Return the text in lines of so many half-width letters, of which a Chinese character takes two; the last one is cut with …."""
    lines = [""]
    for word in _words(text):
        if _columns(lines[-1] + word.rstrip()) <= columns or not lines[-1]:
            lines[-1] += word
        else:
            lines.append(word.lstrip())
    lines = [line.rstrip() for line in lines]
    if len(lines) > most:
        last = lines[most - 1]
        while _columns(last) > columns - 2:
            last = last[:-1]
        lines = [*lines[:most - 1], f"{last}…"]
    return lines


def _words(text: str) -> Iterator[str]:
    """Yield what may not be torn apart: a Chinese character, a word of other letters; a word that no line holds is torn."""
    word = ""
    for letter in " ".join(text.split()):
        if _columns(letter) == 2 or letter == " " or len(word) == COLUMNS:
            if word and letter != " ":
                yield word
                word = ""
            if letter == " " or _columns(letter) == 2:
                yield word + letter
                word = ""
                continue
        word += letter
    if word:
        yield word


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _places(graph: Graph) -> tuple[dict[int, tuple[float, float]], list[list[int]]]:
    """Return the layer and the row of each box and of each bend, by number, and each line as the numbers it runs through.

    Parts of the graph that nothing joins stand below each other, boxes that nothing is joined to in rows below all others.
    """
    from fast_sugiyama import from_edges  # what no other page needs

    numbers = {node.key: number for number, node in enumerate(graph.nodes)}
    edges = sorted({(numbers[one], numbers[other]) for one, other in graph.edges})
    layouts: list[Any] = list(from_edges(edges, vertex_spacing=STEP, dummy_size=0.5)) if edges else []
    place: dict[int, tuple[float, float]] = {}
    routes: list[list[int]] = []
    first, bends = 0.0, len(graph.nodes)
    for spots, _width, _height, joined in sorted(layouts, key=lambda each: min(spot for spot, _at in each[0])):
        names = {spot: spot if spot < len(graph.nodes) else bends + n for n, (spot, _at) in enumerate(spots)}
        bends += len(spots)
        top, left = max(y for _spot, (_x, y) in spots), min(x for _spot, (x, _y) in spots)
        for spot, (x, y) in spots:
            place[names[spot]] = ((top - y) / STEP, first + (x - left) / STEP)
        routes += _routes([(names[one], names[other]) for one, other in joined], len(graph.nodes))
        first = max(place[name][1] for name in names.values()) + 1
    layers = int(max((layer for layer, _row in place.values()), default=3)) + 1
    for n, number in enumerate(number for number in range(len(graph.nodes)) if number not in place):
        place[number] = (n % layers, first + n // layers)
    return place, routes


def _routes(joined: Iterable[tuple[int, int]], boxes: int) -> Iterator[list[int]]:
    """Yield each line from box to box through its bends."""
    onward: dict[int, list[int]] = {}
    for one, other in joined:
        onward.setdefault(one, []).append(other)
    for start in sorted(spot for spot in onward if spot < boxes):
        for following in onward[start]:
            route = [start, following]
            while route[-1] >= boxes:
                route += onward[route[-1]]
            yield route


def _path(spots: list[tuple[float, float]], tall: float) -> str:
    """Return the SVG path from the right side of the first box to the left side of the last one; a bend runs straight through."""
    (x, y), *others = spots
    middle = tall / 2
    path, x, y = f"M{x + WIDTH:g} {y + middle:g}", x + WIDTH, y + middle
    for n, (left, top) in enumerate(others, 1):
        half = (left - x) / 2
        path += f" C{x + half:g} {y:g} {left - half:g} {top + middle:g} {left:g} {top + middle:g}"
        x, y = left, top + middle
        if n < len(others):
            x += WIDTH
            path += f" H{x:g}"
    return f"{path} M{x - TIP:g} {y - TIP / 2:g} L{x:g} {y:g} L{x - TIP:g} {y + TIP / 2:g}"
