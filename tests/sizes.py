"""How many lines a register takes in its room, and in how many files; what bars R6 and W3 measure by.

The lines of a register are those of its class, of the actions on it, of the test that every register has, and of whatever
else at the top of a module of its room speaks of it: its figures, its sections of pages. The other tests are counted
beside them: a rule that was mended brings one along. What speaks of several registers is shared out among them evenly;
what speaks of none is the room's own. Templates, data, samples and migrations are not counted.
"""

import ast
from dataclasses import dataclass, field
from pathlib import Path

ASIDE = {"migrations", "sample.py", "management"}


def names_in(node: ast.AST) -> set[str]:
    """Return the names that a piece of code speaks of."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} | {
        each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}


def length(node: ast.stmt) -> int:
    """Return how many lines a piece of code takes, with its decorators."""
    first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
    return (node.end_lineno or node.lineno) - first + 1


@dataclass
class Size:
    """How many lines a register takes, and tests of it besides; in which files it stands alone, and in which at all."""

    lines: float = 0
    tests: float = 0
    own: set[Path] = field(default_factory=set)
    all: set[Path] = field(default_factory=set)


def measured(room: Path, classes: dict[str, str]) -> dict[str, Size]:
    """Return of each register of the room what it takes; under "" what speaks of none."""
    found = {register: Size() for register in (*classes.values(), "")}
    for path in sorted(each for each in room.rglob("*.py") if not ASIDE & {*each.relative_to(room).parts}):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                continue
            named = classes.get(getattr(node, "name", ""))
            spoken = {named} if named else {classes[name] for name in names_in(node) if name in classes} or {""}
            is_further_test = "tests" in path.parts and "RegisterTests" not in {name for base in getattr(node, "bases", ())
                                                                                 for name in names_in(base)}
            for register in spoken:
                if is_further_test:
                    found[register].tests += length(node) / len(spoken)
                    continue
                found[register].lines += length(node) / len(spoken)
                found[register].all.add(path)
                found[register].own |= {path} if len(spoken) == 1 else set()
    return found
