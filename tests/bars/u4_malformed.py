"""U4: whatever is malformed gets a sentence for each fault, nothing is guessed, and no path ends in yes with a fact missing.

Rows with facts that are missing, of a wrong kind, future, impossible, contradictory, in other digits or far too long are
written as CSV, JSON and workbook, and typed into the page for owners: the command line, the page of staff and the page for
owners tell all faults of a row together, each by row and field, and judge none of them. Files that are broken, empty,
without or with strange headings or in an uncertain encoding are refused with a sentence; the encodings that are certain are
read. The page that is one file says the same sentences of wrong days and numbers as the server. Then thousands of cases
that come to yes lose one fact after the other: neither one case, nor columns, nor the page for owners says yes. The planted
fault takes a missing fact for one that is told.
"""

import csv
import io
import json
import re
import tempfile
from collections import Counter
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from random import Random

import openpyxl
from bar import Bar

from tests import browser, laboratory

LONG = "很" * 100_000
DAY, PRICE = "handed_over_on", "price"
OTHER_POWER = {"new_power": "fuel", "new_in_catalogue": "", "new_displacement": "1.498"}
WRONG = (  # what is written, and the facts that the sentences begin with
    *(({DAY: text}, [DAY]) for text in (
        "2024-02-30", "2024-04-31", "2023-02-29", "24-05-06", "05/06/2024", "2024-13-01", "2024-05-00", "2024-5", "20240506", "45418",
        "2024-05-06 10:00", "２０２４-05-06", "五月六日", "1024-05-06", "2024-05-06?", "昨天", LONG, "2024\u0007-05-06", "=1+1",
        "0201-01-01", "12020-01-01")),
    *(({PRICE: text}, [PRICE]) for text in (
        "-1", "0", "1e5", "13万", "136,800", "１３６８００", "¥136800", "99999999999999", "1000000000.01", "100.001", "NaN", "inf",
        "0x10", "1/2", "+5", "13 6800", "85%", "#REF!")),
    *(({**OTHER_POWER, "new_displacement": text}, ["new_displacement"]) for text in ("0", "-1.5", "1.4985", "1.5L", "１.５")),
    *(({"already_paid": text}, ["already_paid"]) for text in ("-1", "0.5", "一万", "1e4", "是")),
    *(({name: text}, [name]) for name in ("applicant", "old_kind", "old_fuel", "same_owner", "claimed_before", "same_province")
      for text in ("?", "maybe", "２", "是的", "individual,organisation", "None")),
    ({DAY: "2999-01-01"}, [DAY, "deregistered_on", "applied_on"]), ({"applied_on": "2999-01-01"}, ["applied_on"]),
    ({"invoiced_on": "2999-01-01"}, ["invoiced_on", "registered_on", "applied_on"]),
    ({"old_registered_on": "2999-01-01"}, ["old_registered_on", "owned_since"]),
    *(({"old_registered_on": text, "owned_since": text}, ["old_registered_on", "owned_since"]) for text in ("0201-01-01", "12020-01-01")),
    ({"owned_since": "2010-03-17"}, ["owned_since"]), ({"owned_since": "2024-05-07"}, [DAY]),
    ({"deregistered_on": "2024-05-05"}, ["deregistered_on"]),
    ({"registered_on": "2024-05-09"}, ["registered_on"]), ({"applied_on": "2024-05-13"}, ["applied_on"]),
    ({"applied_on": "2024-05-11"}, ["applied_on", "applied_on"]),
    ({"new_power": "fuel", "new_displacement": "1.5"}, ["new_in_catalogue"]),
    ({PRICE: "x", DAY: "x", "applicant": "x", "already_paid": "x", "same_owner": "x"},
     [PRICE, DAY, "applicant", "already_paid", "same_owner"]),
    ({PRICE: "0", "applied_on": "2999-01-01", "owned_since": "2010-03-17"}, [PRICE, "applied_on", "owned_since"]),
    ({DAY: "2024-05-06\0"}, [DAY]), ({PRICE: "\0"}, [PRICE]),
)
RIGHT_ANYWAY = (
    {DAY: "2024年5月6日"}, {DAY: "2024/5/6"}, {DAY: "2024.05.06"}, {DAY: " 2024-05-06 "}, {"applicant": "个人"}, {"same_owner": "是"},
    {PRICE: "136800.00"}, {"claimed_before": "FALSE"}, OTHER_POWER,
    {"new_displacement": "1.5"}, {**OTHER_POWER, "new_in_catalogue": "否"})
FILL = """([day, told]) => {
    document.getElementById("on").value = day;
    document.getElementById("on").dispatchEvent(new Event("change"));
    for (const field of document.querySelectorAll("#check [name]")) {
        if (field.type === "date") { field.type = "text"; }  // as in a browser that knows no fields for days
        field.value = told[field.name] || "";
    }
    document.querySelector("#check button").click();
    const found = document.getElementById("verdict");
    return [(found.querySelector("h3") || found).textContent, [...found.querySelectorAll("ul li")].map(each => each.textContent)];
}"""
YES, FIRST = "yes", re.compile("「(.*?)」")

bar = Bar("U4", __doc__)
with laboratory.database(), tempfile.TemporaryDirectory() as folder:
    laboratory.enter()
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.core.management import call_command
    from django.test import Client
    from django.test.utils import setup_test_environment
    from django.utils.html import escape

    from kaifaqu.domains.subsidies import columns, evaluating
    from kaifaqu.domains.subsidies.evaluating import evaluate, ready
    from kaifaqu.domains.subsidies.facts import FACTS, plain
    from kaifaqu.domains.subsidies.schemes import SCHEMES
    from kaifaqu.domains.subsidies.tests.truth import cases, drawn
    from kaifaqu.kernel import clock, testing
    from kaifaqu.kernel.access import Installation
    from kaifaqu.reporting.scrappage import standalone

    setup_test_environment()  # answers tell by what they were made
    right = next(case.told for case in cases() if case.eligible == YES and case.scheme == 2024)
    label_of = {str(fact.label): name for name, fact in FACTS.items()}
    staff, owner = Client(), Client()
    staff.force_login(testing.employ(testing.found(), "clerk", "subsidy_applications.view"))
    if bar.fault:
        evaluating.Ready.missing = lambda by, facts: []

    # The three ways

    def by_command(content: bytes, name: str) -> tuple[list[tuple[int, str, list[str]]], str]:
        """Return of each row its number, its answer and its sentences, or the sentence that refuses the file."""
        path, told = Path(folder, name), io.StringIO()
        path.write_bytes(content)
        with suppress(SystemExit):
            call_command("subsidies", "check", str(path), "--scheme", "2024", "--as-of", "2024-08-16", "--json", stdout=told)
        answer = json.loads(told.getvalue())
        if "error" in answer:
            return [], answer["error"]
        return [(each["row"], each["eligible"], each["problems"] or each["reasons"]) for each in answer["cases"]], ""

    def by_page(content: bytes, name: str) -> tuple[list[tuple[int, str, list[str]]], str]:
        """Return the same from the page of staff, whose text has every sentence, those of a row with its number."""
        sent = {"file": SimpleUploadedFile(name, content), "scheme": "2024", "on": "2024-08-16"}
        answer = staff.post("/trade-in/check/", sent)
        text = answer.content.decode()
        if (summary := answer.context["summary"]) is None:
            error = "".join(answer.context["form"].errors.get("file", []))
            return [], error if answer.status_code == 200 and escape(error) in text else ""
        assert all(escape(f"第 {each.number} 行：{problem}") in text for each in summary.shown for problem in each.problems)
        return [(each.number, each.eligible, each.problems or [
            f"{reason}（{source}）" for reason, source in each.reasons]) for each in summary.shown], ""

    def by_form(told: dict[str, str], scheme: int = 2024, on: str = "2024-08-16") -> tuple[str, list[str]]:
        """Return the answer of the page for owners, and its sentences."""
        answer = owner.post("/trade-in/", {**told, "scheme": str(scheme), "on": on})
        verdict, problems = answer.context["verdict"], answer.context["problems"]
        assert answer.status_code == 200
        assert all(escape(each) in answer.content.decode() for each in problems)
        if verdict is None:
            return "", problems or [answer.context["problem"]]
        return verdict.eligible, [each.text for each in (*verdict.failing, *verdict.unclear)] + verdict.next

    # Files

    def as_csv(told: dict[str, str], encoding: str = "utf-8") -> bytes:
        text = io.StringIO()
        csv.writer(text).writerows([[str(FACTS[name].label) for name in told], [*told.values()]])
        return text.getvalue().encode(encoding)

    def as_json(told: dict[str, str], encoding: str = "utf-8") -> bytes:
        return json.dumps([told], ensure_ascii=False).encode(encoding)

    def as_book(told: dict, *more: str) -> bytes:
        """Return a workbook of the case; `more` are the names of further sheets with the same."""
        book, content = openpyxl.Workbook(), io.BytesIO()
        for sheet in (book.active, *map(book.create_sheet, more)):
            sheet.append([str(FACTS[name].label) for name in told])
            sheet.append([None if value == "" else value for value in told.values()])
        book.save(content)
        return content.getvalue()

    ways = {"CSV": (as_csv, "x.csv"), "JSON": (as_json, "x.json"), "workbook": (as_book, "x.xlsx")}

    def named(sentence: str) -> bool:
        """Tell whether a sentence names a field, or a column without a name."""
        return bool(re.match("「|没有「|第 [0-9]+ 列", sentence))

    # Rows

    apart, untold, guessed, asked = [], [], [], Counter()
    for changed, wanted in WRONG:
        told = {**right, **changed}
        unwritable = any(char in str(value) for value in changed.values() for char in "\0\u0007")
        short = {name: text[:20] for name, text in changed.items()}
        for kind, (make, name) in ways.items():
            if kind == "workbook" and (unwritable or "=1+1" in changed.values()):  # the library that writes it refuses, or calculates
                continue
            content = make({name: text for name, text in told.items() if text != ""} if kind == "JSON" else told)
            found = by_command(content, name), by_page(content, name)
            asked[kind] += 2
            if found[0] != found[1]:
                apart.append((kind, short, found))
            for rows, _error in found:
                number = 1 if kind == "JSON" else 2
                first = [label_of.get((FIRST.match(each) or [""])[1] if FIRST.match(each) else "") for each in rows[0][2]] if rows else []
                if [row[:2] for row in rows] != [(number, "")] or sorted(map(str, first)) != sorted(wanted):
                    untold.append((kind, short, rows and rows[0][2][:3], wanted))
        eligible, sentences = by_form(told)
        asked["form"] += 1
        if eligible or sorted(str(label_of.get(FIRST.match(each)[1])) for each in sentences) != sorted(wanted):
            untold.append(("form", short, eligible, sentences[:3]))
        if max(map(len, sentences), default=0) > 300:
            untold.append(("form", short, "too long"))
    for changed in RIGHT_ANYWAY:
        told = {**right, **changed}
        found = [by_command(make(told), name)[0] for make, name in ways.values()]
        if [rows[0][1] for rows in found if rows] + [by_form(told)[0]] != [YES] * 4:
            guessed.append((changed, found))
    bar.check("every fault of a row has its sentence with row and field, all of them together, and the row is not judged", not untold,
              f"{len(WRONG)} rows, {sum(asked.values())} times asked: {dict(asked)}; {len(untold)} otherwise {untold[:2] or ''}")
    bar.check("the command line and the page of staff say the same", not apart,
              f"{len(apart)} differ {str(apart[:1])[:400] if apart else ''}")
    bar.check("what is certain in other writings is read", not guessed, f"{len(RIGHT_ANYWAY)} rows {guessed[:1] or ''}")

    unsaid = []
    needed = ready(SCHEMES.shipped().content, 2024, date(2024, 8, 16)).needed
    for base in (right, {name: text for name, text in {**right, **OTHER_POWER}.items() if text}):
        for name in base:
            for told in ({each: text for each, text in base.items() if each != name}, {**base, name: ""}, {**base, name: " "}):
                sentences = [rows[0][1:] for make, file in ways.values()
                             for rows, _error in (by_command(make(told), file), by_page(make(told), file))]
                eligible, reasons = by_form(told)
                for answer, words in [*sentences, (eligible, reasons)]:
                    if name in needed and (answer != "unclear" or str(FACTS[name].label) not in "".join(words)):
                        unsaid.append((name, answer, words[:2]))
    bar.check("a fact that is missing is named, and the answer is never yes", not unsaid,
              f"{len(needed)} facts, {len(unsaid)} otherwise {unsaid[:2] or ''}")

    # Files as a whole

    heads = ",".join(label_of).encode()
    book = as_book(right)
    refused = {
        "empty": (b"", "x.csv"), "blank lines": (b"\n\n\n", "x.csv"), "headings only": (heads, "x.csv"),
        "no heading": (as_csv(right).split(b"\n")[1], "x.csv"),
        "unknown heading": ("颜色,price\n红,1".encode(), "x.csv"), "heading twice": (b"price,price\n1,2", "x.csv"),
        "heading twice in two names": ("price,新车价税合计（元）\n1,2".encode(), "x.csv"),
        "headings in other brackets": ("新车排量(升)\n1.5".encode(),
        "x.csv"),
        "UTF-16 without mark": (as_csv(right, "utf-16-le"), "x.csv"), "UTF-32": (as_csv(right, "utf-32"), "x.csv"),
        "Big5": ("新車排量（升）,price\n1.5,100000".encode("big5"), "x.csv"), "Shift-JIS": ("価格,price\n1,1".encode("shift-jis"), "x.csv"),
        "cut within a character": (heads[:-1] + b"\n", "x.csv"), "no text": (bytes(range(256)) * 40, "x.csv"),
        "only NUL": (b"\0" * 1000, "x.csv"),
        "half a workbook": (book[:len(book) // 2], "x.xlsx"), "no workbook": (b"price\n1", "x.xlsx"),
        "a workbook by another name": (book, "x.csv"),
        "torn zip": (b"PK\x03\x04" + b"x" * 99, "x.xlsx"), "empty workbook": (as_book({}), "x.xlsx"),
        "a picture": (b"\x89PNG\r\n\x1a\n" + b"x" * 99, "x.xlsx"),
        "cases in two sheets": (as_book(right, "另一张"), "x.xlsx"), "macros": (book, "x.xlsm"), "PDF": (b"%PDF-1.4", "x.pdf"),
        "no kind": (book, "x"),
        "JSON that breaks off": (as_json(right)[:-20], "x.json"), "JSON of numbers": (b"[1, 2]", "x.json"),
        "JSON of a text": (b'"x"', "x.json"),
        "JSON of nothing": (b"null", "x.json"), "an empty list": (b"[]", "x.json"), "lists in lists": (b"[[{}]]", "x.json"),
        "100,000 brackets": (b"[" * 100_000, "x.json"), "JSON in GBK": (as_json({"applicant": "个人"}, "gbk"), "x.json"),
        "JSON in UTF-16": (as_json(right, "utf-16"), "x.json"), "an empty JSON": (b" ", "x.json"), "two JSON texts": (b"{}{}", "x.json")}
    silent = []
    for name, (content, file) in refused.items():
        command, page = by_command(content, file), by_page(content, file)
        if command[0] or page[0] or not (command[1] and page[1]) or re.search("Traceback|Error|Expecting", command[1] + page[1]):
            silent.append((name, command, page))
    bar.check("a file that cannot be read for certain is refused with a sentence", not silent,
              f"{len(refused)} files, {len(silent)} otherwise {str(silent[:2])[:600] if silent else ''}")

    rows_of = {  # files that are read, with the answer and how many sentences their row has
        **{encoding: (as_csv(right, encoding), "x.csv", YES, 0) for encoding in ("utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030")},
        "UTF-16, other end first": (b"\xfe\xff" + as_csv(right, "utf-16-be"), "x.csv", YES, 0),
        "JSON with mark": (as_json(right, "utf-8-sig"), "x.json", YES, 0),
        "tabs": (as_csv(right).replace(b",", b"\t"), "x.txt", YES, 0),
        "names of data": (f"{','.join(right)}\n{','.join(right.values())}".encode(), "x.csv", YES, 0),
        "true dates, numbers and truths": (as_book({
            **right, DAY: datetime(2024, 5, 6), PRICE: 136800.5, "same_owner": True, "already_paid": 0}), "x.xlsx", YES, 0),
        "JSON numbers and truths": (json.dumps({**right, PRICE: 136800.5, "same_owner": True, "already_paid": 0}).encode(),
        "x.json", YES, 0),
        "a time of day": (as_book({**right, DAY: datetime(2024, 5, 6, 10, 30)}), "x.xlsx", "", 1),
        "a number for a day": (as_book({**right, DAY: 45418}), "x.xlsx", "", 1),
        "a formula never calculated": (as_book({**right, PRICE: "=1+1"}), "x.xlsx", "", 1),
        "an error": (as_book({**right, PRICE: "#REF!"}), "x.xlsx", "", 1),
        "NaN": (b"[" + json.dumps({**right, PRICE: float("nan")}).encode() + b"]", "x.json", "", 1),
        "infinity": (json.dumps({**right, PRICE: float("inf")}).encode(), "x.json", "", 1),
        "nested": (json.dumps({**right, PRICE: {"value": 1}}).encode(), "x.json", "", 1),
        "a list": (json.dumps({**right, "applicant": ["individual"]}).encode(), "x.json", "", 1),
        "exponent": (json.dumps(right).replace('"200000"', "2e5").encode(), "x.json", "", 1),
        "a key twice": (json.dumps(right).replace('"price"', '"price": "1", "price"').encode(), "x.json", "", 1),
        "an unknown key": (json.dumps({**right, "colour": "red"}).encode(), "x.json", "", 1),
        "half a character": (json.dumps({**right, PRICE: "\ud800"}).encode(), "x.json", "", 1),
        "5,000 digits": (json.dumps(right).replace('"200000"', "9" * 5000).encode(), "x.json", "", 1),
        "more cells than headings": (as_csv(right).rstrip() + b",1,2\n", "x.csv", "", 2),
        "a cell under no heading": (b"," + as_csv(right).replace(b"\n", b"\nx,", 1), "x.csv", "", 1),
        "full-width digits": (as_csv({**right, "already_paid": "０"}), "x.csv", "", 1)}
    misread = []
    for name, (content, file, eligible, count) in rows_of.items():
        for rows, error in (by_command(content, file), by_page(content, file)):
            if [row[1] for row in rows] != [eligible] or not eligible and (len(rows[0][2]) != count or not all(map(named, rows[0][2]))):
                misread.append((name, str(rows)[:200], error))
    bar.check("what is certain is read, and what is not is told by row and field", not misread,
              f"{len(rows_of)} files, {len(misread)} otherwise {misread[:2] or ''}")

    # The page for owners

    twice = owner.post("/trade-in/", {**right, PRICE: ["1", "200000"], "scheme": "2024", "on": "2024-08-16"})
    strange = [by_form(right, on="2024-02-31"), by_form(right, scheme=2023), by_form(right, on="2024-04-23")] if not bar.fault else []
    bar.check("on the page for owners a field sent twice, an impossible day and a scheme that is not out are no yes",
              twice.context["verdict"] is None and "「新车价税合计（元）」" in twice.context["problems"][0]
              and not any(each for each, _words in strange),
              f"{[words for _each, words in strange]}")

    # The page that is one file

    typed = [("2024-08-16", changed) for changed, _wanted in WRONG
             if all(not text or text in (FACTS[name].choices or text) for name, text in changed.items())]
    typed.append(("12020-01-01", {}))
    file = Path(folder, "page.html")
    file.write_text(standalone.page(Installation.objects.get().owner, clock.today()), encoding="utf-8")
    with browser.chromium() as chrome:
        page = chrome.new_page()
        page.goto(file.as_uri())
        (heading, _none), *shown = [page.evaluate(FILL, [day, {**right, **changed}]) for day, changed in (("2024-08-16", {}), *typed)]
    otherwise = [({name: text[:20] for name, text in changed.items()}, answer, sentences[:3])
                 for (day, changed), (answer, sentences) in zip(typed, shown, strict=True)
                 if ("", [plain(each) for each in sentences]) != by_form({**right, **changed}, on=day)]
    bar.check("the page that is one file says what the server says of wrong days and numbers", not otherwise
              and heading.startswith("可以申请"), f"{len(typed)} rows, {len(otherwise)} otherwise {otherwise[:2] or ''}")

    # One fact after the other

    chance, taken, yes = Random(4), Counter(), []
    bases = [(scheme, ready(SCHEMES.shipped().content, scheme, day), day) for scheme, day in (
        (2024, date(2024, 5, 1)), (2024, date(2024, 8, 5)), (2024, date(2024, 8, 16)), (2025, date(2025, 6, 1)), (2026, date(2026, 6, 1)))]
    times, started = bar.size(quick=2_000, full=50_000), 0
    while started < times:
        scheme, by, day = chance.choice(bases)
        facts = drawn(chance, scheme)
        if evaluate(facts, by, day).eligible != YES:
            continue
        started += 1
        asked_of = [name for name in by.needed if (when := FACTS[name].when) is None or facts[when[0]] == when[1]]
        lacking = [{each: value for each, value in facts.items() if each != name} for name in asked_of]
        taken["one case"] += len(lacking)
        yes += [(scheme, "one case", facts.keys() - less.keys()) for less in lacking if evaluate(less, by, day).eligible == YES]
        if started % 10 == 0:
            taken["columns"] += len(lacking)
            found = columns.judged(columns.table(lacking), by).column("eligible").to_pylist()
            yes += [(scheme, "columns", facts.keys() - less.keys()) for less, answer in zip(lacking, found, strict=True) if answer == YES]
        if started % 200 == 0:
            typed = next(case.told for case in cases() if case.scheme == scheme and case.eligible == YES)
            for name in by.needed:
                if name in typed:
                    taken["page"] += 1
                    eligible, _reasons = by_form({each: text for each, text in typed.items() if each != name}, scheme, str(day))
                    yes += [(scheme, "page", name)] if eligible == YES else []
    bar.check("with one fact missing no path says yes", not yes and min(taken.values()) > 100,
              f"{started} cases that come to yes, {dict(taken)} with one fact less; {len(yes)} say yes {yes[:3] or ''}")
bar.close()
