"""What LibreOffice made of a CSV: sheet.py BOOK.xlsx or BOOK.ods prints its cells as tab-separated text, formulas with their sign."""
import sys
import zipfile
from xml.etree import ElementTree

X = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
T = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
P = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
O = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


def rows_of_xlsx(book):
    shared = ["".join(t.text or "" for t in item.iter(X + "t")) for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))]
    for row in ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(X + "row"):
        cells = []
        for cell in row.iter(X + "c"):
            value, formula = cell.find(X + "v"), cell.find(X + "f")
            text = "" if value is None else shared[int(value.text)] if cell.get("t") == "s" else "#" + value.text
            cells.append("FORMULA " + (formula.text or "") if formula is not None else text)
        yield cells


def rows_of_ods(book):
    for row in ElementTree.fromstring(book.read("content.xml")).iter(T + "table-row"):
        cells = []
        for cell in row.iter(T + "table-cell"):
            text = "\n".join("".join(p.itertext()) for p in cell.iter(P + "p"))
            if cell.get(O + "value-type") == "float":
                text = "#" + cell.get(O + "value")
            cells += ["FORMULA " + cell.get(T + "formula") if cell.get(T + "formula") else text] * int(cell.get(T + "number-columns-repeated", 1))
        yield cells


with zipfile.ZipFile(sys.argv[1]) as opened:
    for line in (rows_of_xlsx if sys.argv[1].endswith("xlsx") else rows_of_ods)(opened):
        print("\t".join(line))
