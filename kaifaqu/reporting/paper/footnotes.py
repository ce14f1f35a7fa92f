"""Footnotes of a Word file, which python-docx does not write: their part, their styles, and the mark in the text.

ECMA-376 part 1, 17.11: two notes draw the separators, each other is referred to by its number.
"""

from typing import Any

from docx.document import Document as Word
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from lxml import etree

ID = qn("w:id")
SEPARATORS = (("separator", "-1"), ("continuationSeparator", "0"))
STYLES = {  # where a user's own file has none: by the names that Word knows in every language
    "footnote text": f"""<w:style {nsdecls('w')} w:type="paragraph" w:styleId="KfqFootnoteText"><w:name w:val="footnote text"/>
        <w:pPr><w:snapToGrid w:val="0"/><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/></w:pPr>
        <w:rPr><w:sz w:val="18"/><w:szCs w:val="18"/></w:rPr></w:style>""",
    "footnote reference": f"""<w:style {nsdecls('w')} w:type="character" w:styleId="KfqFootnoteReference">
        <w:name w:val="footnote reference"/><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>""",
}


class Footnotes:
    """The footnotes of one file; `finish` writes them into it."""

    def __init__(self, word: Word):
        self.word, self.part = word, _part(word)
        self.root = etree.fromstring(self.part.blob)
        self.next = max((int(each.get(ID)) for each in self.root), default=0) + 1
        self.text, self.reference = (_style(word, name) for name in STYLES)
        _declare_separators(word)

    def refer(self, words: str) -> Any:
        """Add a footnote and return the run that marks it in the text."""
        number, self.next = str(self.next), self.next + 1
        paragraph = OxmlElement("w:p")
        properties = etree.SubElement(paragraph, qn("w:pPr"))
        etree.SubElement(properties, qn("w:pStyle"), {qn("w:val"): self.text})
        paragraph.extend([self._mark(OxmlElement("w:footnoteRef")), run(f" {words}")])
        note = etree.SubElement(self.root, qn("w:footnote"), {ID: number})
        note.append(paragraph)
        reference = OxmlElement("w:footnoteReference")
        reference.set(ID, number)
        return self._mark(reference)

    def _mark(self, element: Any) -> Any:
        marked = OxmlElement("w:r")
        properties = etree.SubElement(marked, qn("w:rPr"))
        etree.SubElement(properties, qn("w:rStyle"), {qn("w:val"): self.reference})
        marked.append(element)
        return marked

    def finish(self) -> None:
        """Write the footnotes into the part of the file, in the order of their marks: some programs go by that alone."""
        notes = {each.get(ID): each for each in self.root if not each.get(qn("w:type"))}
        marks = list(self.word.element.body.iter(qn("w:footnoteReference")))
        order = [each for each in dict.fromkeys(mark.get(ID) for mark in marks) if each in notes]
        numbers = {old: str(number) for number, old in enumerate([*order, *(each for each in notes if each not in order)], 1)}
        for mark in marks:
            mark.set(ID, numbers.get(mark.get(ID), mark.get(ID)))
        for old, number in numbers.items():
            notes[old].set(ID, number)
            self.root.append(notes[old])
        self.part._blob = etree.tostring(self.root, xml_declaration=True, encoding="UTF-8", standalone=True)


def run(text: str, properties: Any = None) -> Any:
    """Return a run of text, with a copy of these properties."""
    made = OxmlElement("w:r")
    if properties is not None:
        made.append(properties)
    words = etree.SubElement(made, qn("w:t"))
    words.text = printable(text)
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return made


def printable(text: str) -> str:
    """Return the text without the control characters that XML cannot hold."""
    return "".join(each for each in text if each >= " " and each not in "\ufffe\uffff" or each == "\t")


def _part(word: Word) -> Part:
    """Return the part of the file that holds footnotes, a new one where it has none."""
    try:
        return word.part.part_related_by(RELATIONSHIP_TYPE.FOOTNOTES)
    except KeyError:
        lines = "".join(
            f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:pPr><w:spacing w:after="0" w:line="240" w:lineRule="auto"/></w:pPr>'
            f"<w:r><w:{kind}/></w:r></w:p></w:footnote>" for kind, number in SEPARATORS)
        blob = f"<w:footnotes {nsdecls('w', 'r')}>{lines}</w:footnotes>".encode()
        part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, blob, word.part.package)
        word.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
        return part


def _style(word: Word, name: str) -> str:
    """Return the id of the style of this name, which differs with the language of the Word that wrote the file."""
    for style in word.styles.element.findall(qn("w:style")):
        called = style.find(qn("w:name"))
        if called is not None and called.get(qn("w:val"), "").lower() == name:
            return style.get(qn("w:styleId"))
    style = parse_xml(STYLES[name])
    word.styles.element.append(style)
    return style.get(qn("w:styleId"))


def _declare_separators(word: Word) -> None:
    """Name the separators in the settings; a file that has footnotes names them already."""
    settings = word.settings.element
    if settings.find(qn("w:footnotePr")) is None:
        declared = "".join(f'<w:footnote w:id="{number}"/>' for _kind, number in SEPARATORS)
        _put(settings, parse_xml(f"<w:footnotePr {nsdecls('w')}>{declared}</w:footnotePr>"), BEFORE_COMPAT)


BEFORE_COMPAT = ("endnotePr", "compat", "docVars", "rsids", "mathPr", "attachedSchema", "themeFontLang", "clrSchemeMapping",
                 "doNotIncludeSubdocsInStats", "shapeDefaults", "decimalSymbol", "listSeparator")


def _put(parent: Any, element: Any, followers: tuple[str, ...]) -> None:
    """Insert the element before the first of its followers in the order of the schema."""
    for place, child in enumerate(parent):
        if etree.QName(child).localname in followers:
            parent.insert(place, element)
            return
    parent.append(element)
