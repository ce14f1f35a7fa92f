"""Pictures of graphs: every box has its place, lines run from left to right, long names are cut where they stand and told whole beside."""

import random

import pytest
from django.template import Context, Template

from kaifaqu.pages.graphs import ACROSS, WIDTH, Graph, Node, draw, wrap


def graph(names: str, *edges: str) -> Graph:
    return Graph("示例", [Node(name, name) for name in names], [(edge[0], edge[1]) for edge in edges])


def columns(picture: Graph) -> dict[str, int]:
    """Return the layer of each box, counted from the left."""
    return {box.node.title: round((box.x - 8) / (WIDTH + ACROSS)) for box in draw(picture).boxes}


@pytest.mark.parametrize(("names", "edges", "layers"), [
    ("ab", ["ab"], {"a": 0, "b": 1}),
    ("abcd", ["ab", "ac", "bd", "cd"], {"a": 0, "b": 1, "c": 1, "d": 2}),
    ("abc", ["ab", "bc", "ac"], {"a": 0, "b": 1, "c": 2}),  # the long line bends around b
    ("abxy", ["ab", "xy"], {"a": 0, "b": 1, "x": 0, "y": 1}),
    ("abc", ["ab"], {"a": 0, "b": 1, "c": 0}),  # nothing leads to c, and nothing from it
    ("abc", [], {"a": 0, "b": 1, "c": 2}),
    ("", [], {}),
])  # fmt: skip
def test_what_comes_first_stands_further_left(names, edges, layers):
    assert columns(graph(names, *edges)) == layers


@pytest.mark.parametrize("seed", range(20))
def test_no_two_boxes_overlap_every_line_is_drawn_and_all_stands_within_the_picture(seed):
    chance = random.Random(seed)
    names = [chr(ord("A") + n) for n in range(chance.randint(2, 25))]
    edges = [one + other for n, one in enumerate(names) for other in names[n + 1:] if chance.random() < 0.15]
    drawing = draw(graph("".join(names), *edges))
    boxes = [(box.x, box.y, box.x + box.width, box.y + box.height) for box in drawing.boxes]
    overlaps = [
        (one, other) for n, one in enumerate(boxes) for other in boxes[n + 1:]
        if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]]
    assert (overlaps, len(boxes), len(drawing.lines)) == ([], len(names), len(edges))
    assert all(x >= 0 and y >= 0 and right <= drawing.width and bottom <= drawing.height for x, y, right, bottom in boxes)


def test_the_same_graph_is_drawn_the_same_way_each_time():
    pictures = {str(draw(graph("abcdef", "ac", "bc", "cd", "ce", "df", "ef", "af"))) for _time in range(10)}
    assert len(pictures) == 1


def test_the_line_between_two_strong_boxes_stands_out_and_is_drawn_last():
    nodes = [Node("a", "a", strong=True), Node("b", "b", strong=True), Node("c", "c")]
    drawing = draw(Graph("示例", nodes, [("a", "b"), ("a", "c"), ("c", "b")]))
    assert [strong for _path, strong in drawing.lines] == [False, False, True]


@pytest.mark.parametrize(("text", "lines"), [
    ("备案", ["备案"]),
    ("建设工程规划许可证核发", ["建设工程规划许可证", "核发"]),
    ("Filing of the investment project", ["Filing of the", "investment project"]),
    ("超长" * 20, ["超长超长超长超长超", "长超长超长超长超长", "超长超长超长超长…"]),
    ("x" * 50, ["x" * 18, "x" * 18, "x" * 14]),
])  # fmt: skip
def test_a_name_is_broken_between_its_words(text, lines):
    assert wrap(text) == lines


def test_a_box_opens_what_it_stands_for_and_tells_its_whole_name():
    name = "超长" * 20
    picture = Graph("环节", [Node("a", name, "缺口", "/records/1/", "none"), Node("b", "<b>")], [("a", "b")])
    page = Template("{% load graphs %}{% graph picture %}").render(Context({"picture": picture}))
    assert f'<a href="/records/1/" class="none"><title>{name} 缺口</title>' in page
    assert '<g class=""><title>&lt;b&gt;</title>' in page
    assert page.count("<path") == 1


@pytest.mark.parametrize(("children", "is_printed"), [(20, True), (60, False)])
def test_a_picture_of_more_than_two_sheets_is_for_the_screen(children, is_printed):
    nodes = [Node(number, f"公司{number}") for number in range(children + 1)]
    picture = Graph("示例", nodes, [(0, number) for number in range(1, children + 1)])
    page = Template("{% load graphs %}{% graph picture %}").render(Context({"picture": picture}))
    assert ("screen-only" not in page, f"{children + 1} 个框" not in page) == (is_printed, is_printed)


def test_a_line_to_nowhere_is_refused():
    with pytest.raises(KeyError):
        draw(graph("a", "ab"))
