"""The English catalogue: which texts of the product are not in it, and its compiled form.

    python -m tests.translations            names what is missing or idle, and compiles; exit code 1 if something is
    python -m tests.translations --add      adds the missing texts, still empty, for somebody to translate
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "kaifaqu" / "locale" / "en" / "LC_MESSAGES"
CATALOGUE, COMPILED = FOLDER / "django.po", FOLDER / "django.mo"
MARKS = {"_", "_t", "gettext", "gettext_lazy", "gettext_noop"}
TRANSLATE = re.compile(r"""{%\s*translate\s+(?:"([^"]*)"|'([^']*)')""")
ARGUMENT = re.compile(r"""\b_\((?:"([^"]*)"|'([^']*)')\)""")
BLOCK = re.compile(r"{%\s*blocktranslate\b[^%]*%}(.*?){%\s*endblocktranslate\s*%}", re.DOTALL)
VARIABLE = re.compile(r"{{\s*(\w+)\s*}}")
PLACE = re.compile(r"{\w+}|%\(\w+\)s")


def used() -> dict[str, str]:
    """Return every text that is marked for translation, with the file in which it first stands."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "kaifaqu").rglob("*")):
        if path.suffix in (".py", ".html") and "tests" not in path.parts:
            source = path.read_text(encoding="utf-8")
            for text in in_python(source) if path.suffix == ".py" else in_template(source):
                found.setdefault(text, path.relative_to(ROOT).as_posix())
    return found


def in_python(source: str) -> Iterator[str]:
    """Yield the texts of calls such as _("…")."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS and node.args:
            if not isinstance(node.args[0], ast.Constant):
                continue  # a text marked elsewhere
            yield node.args[0].value


def in_template(source: str) -> Iterator[str]:
    """Yield the texts of {% translate %}, {% blocktranslate %} and _("…")."""
    for pattern in (TRANSLATE, ARGUMENT):
        for match in pattern.finditer(source):
            yield match[1] or match[2]
    for match in BLOCK.finditer(source):
        yield VARIABLE.sub(r"%(\1)s", match[1])


def problems() -> list[str]:
    """Return a sentence for each text without a translation, each that nobody uses, and each that lost a place."""
    entries = {entry.msgid: entry for entry in polib.pofile(str(CATALOGUE))}
    texts = used()
    told = [f"{place}: {text!r} is not in the catalogue" for text, place in texts.items() if text not in entries]
    told += [f"{text!r} is used nowhere" for text in entries if text not in texts]
    for text, entry in entries.items():
        if not entry.msgstr or entry.fuzzy:
            told.append(f"{text!r} has no translation")
        elif sorted(PLACE.findall(text)) != sorted(PLACE.findall(entry.msgstr)):
            told.append(f"{text!r} and its translation {entry.msgstr!r} differ in what is put in")
    return told


def add() -> None:
    """Add the missing texts to the catalogue, without a translation, and remove those that nobody uses."""
    catalogue, texts = polib.pofile(str(CATALOGUE), wrapwidth=118), used()
    entries = {entry.msgid: entry for entry in catalogue}
    catalogue.clear()
    for text, place in sorted(texts.items(), key=lambda item: (item[1], item[0])):
        entry = entries.get(text) or polib.POEntry(msgid=text)
        entry.occurrences = [(place, "")]
        catalogue.append(entry)
    catalogue.save(str(CATALOGUE))


def compiled() -> bytes:
    """Return the catalogue in the form that the product reads."""
    return polib.pofile(str(CATALOGUE)).to_binary()


if __name__ == "__main__":
    if "--add" in sys.argv:
        add()
    COMPILED.write_bytes(compiled())
    for problem in (found := problems()):
        print(problem)
    print(f"{len(used())} texts, {len(found)} problems")
    sys.exit(1 if found else 0)
