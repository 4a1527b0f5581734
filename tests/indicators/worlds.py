"""Worlds whose trade is known row by row: read from their CSV with integers, summed up to any level by code of our own.

Three worlds are written as a manifest beside a tidy CSV, as a user would bring them:
  toy     four economies, three products, two years, every value worked out by hand (tests/fixtures/toy-values.json)
  books   the same trade as each country's own books have it: imports dearer than the partner's exports, some rows missing
  matrix  the real trade of 23 countries in headings of the Harmonized System, 1989 and 1990 (only where the file is)
"""
import csv
import json
import os

PRODUCTS = ("854140", "293359", "520512")
MATRIX = "../shared/figures/comtrade-23x23-hs4-1989-1990.csv"
# Last chapter of each section of the Harmonized System.
SECTION_ENDS = (5, 14, 15, 24, 27, 38, 40, 43, 46, 49, 63, 67, 70, 71, 83, 85, 89, 92, 93, 96, 97)
DIGITS = {"hs2": 2, "hs4": 4, "hs6": 6}


def section_of(code):
    chapter = int(code[:2])
    return next("S%02d" % (i + 1) for i, end in enumerate(SECTION_ENDS) if chapter <= end)


def sectors_for(revision, leaf_digits):
    """Sector id -> prefixes, None where the leaves are too coarse for it or the revision has no list."""
    with open("config/sectors.json", encoding="utf-8") as f:
        listed = json.load(f)["sectors"]
    found = {}
    for sector in listed:
        prefixes = sector["hs"].get("any") or sector["hs"].get(revision)
        fine = prefixes is not None and all(len(p) <= leaf_digits for p in prefixes)
        found[sector["id"]] = tuple(prefixes) if fine else None
    return found


class Trade:
    """Who sold what to whom in one period: at one product level, with totals that are always sums of leaves."""

    def __init__(self, leaves, nodes_of):
        self.flow, self.pair = {}, {}
        self.sold, self.bought, self.world = {}, {}, {}  # country -> code -> USD; code -> USD
        self.x, self.m, self.w = {}, {}, 0
        self.sellers, self.buyers = {}, {}  # code -> country -> USD
        self.suppliers, self.customers = {}, {}  # importer -> code -> {exporter: USD}; exporter -> code -> {importer: USD}
        for (exporter, importer), by_leaf in leaves.items():
            total = sum(by_leaf.values())
            self.pair[exporter, importer] = total
            self.x[exporter] = self.x.get(exporter, 0) + total
            self.m[importer] = self.m.get(importer, 0) + total
            self.w += total
            codes = self.flow[exporter, importer] = {}
            for leaf, usd in by_leaf.items():
                for code in nodes_of(leaf):
                    codes[code] = codes.get(code, 0) + usd
            for code, usd in codes.items():
                for where, who, other in ((self.suppliers, importer, exporter), (self.customers, exporter, importer)):
                    where.setdefault(who, {}).setdefault(code, {})[other] = usd
                for where, who in ((self.sold, exporter), (self.bought, importer)):
                    row = where.setdefault(who, {})
                    row[code] = row.get(code, 0) + usd
                for where, who in ((self.sellers, exporter), (self.buyers, importer)):
                    row = where.setdefault(code, {})
                    row[who] = row.get(who, 0) + usd
                self.world[code] = self.world.get(code, 0) + usd

    def to(self, exporter, importer, code):
        return self.flow.get((exporter, importer), {}).get(code, 0)

    def total(self, exporter, importer):
        return self.pair.get((exporter, importer), 0)

    def exports(self, country, code):
        return self.sold.get(country, {}).get(code, 0)

    def imports(self, country, code):
        return self.bought.get(country, {}).get(code, 0)

    def origins(self, country, code):
        return self.suppliers.get(country, {}).get(code, {})

    def markets(self, country, code):
        return self.customers.get(country, {}).get(code, {})

    def importers(self, code):
        return self.buyers.get(code, {})

    def exporters(self, code):
        return self.sellers.get(code, {})

    def codes_of(self, *tables):
        """Codes in any of the tables, each a dictionary by code."""
        return sorted(set().union(*tables)) if tables else []


class World:
    def __init__(self, name, level, revision, leaves):
        self.name, self.level, self.revision = name, level, revision
        self.leaves = leaves  # period -> (exporter, importer) -> leaf -> USD
        self.periods = sorted(leaves)
        self.countries = sorted({c for by_pair in leaves.values() for pair in by_pair for c in pair})
        self.sectors = sectors_for(revision, DIGITS[level])
        self._trade = {}
        self.weight = {}  # period -> (exporter, importer) -> leaf -> kg, where there is one

    def unit_value(self, period, pairs, codes):
        """USD a tonne of the leaves that begin with one of the codes and have a weight; None if nothing was weighed."""
        usd = kg = 0
        for pair in pairs:
            weights, values = self.weight.get(period, {}).get(pair, {}), self.leaves[period].get(pair, {})
            for leaf, weight in weights.items():
                if leaf.startswith(codes):
                    usd, kg = usd + values[leaf], kg + weight
        return usd / (kg / 1000) if kg else None

    def _node_function(self, level):
        memory = {}
        if level == "sector":
            def find(leaf):
                return [s for s, prefixes in self.sectors.items() if prefixes and leaf.startswith(prefixes)]
        elif level == "section":
            def find(leaf):
                return [section_of(leaf)]
        else:
            def find(leaf):
                return [leaf[:DIGITS[level]]]

        def nodes_of(leaf):
            if leaf not in memory:
                memory[leaf] = find(leaf)
            return memory[leaf]
        return nodes_of

    def trade(self, period, level=None):
        key = period, level or self.level
        if key not in self._trade:
            self._trade[key] = Trade(self.leaves[period], self._node_function(key[1]))
        return self._trade[key]


def manifest(folder, name, **changes):
    document = {
        "id": name, "title": "A world of the tests: " + name, "source": "a test", "source_url": None, "licence": "none",
        "published": None, "checked": "no", "frequency": "A", "level": "hs6", "hs": "HS2017",
        "valuation": {"exports": "FOB", "imports": "FOB"}, "basis": "reconciled", "coverage": "full", "partners": "closed",
        "synthetic": True, "notes": [], "file": name + ".csv", "codes": "iso3",
        "columns": {"period": "period", "reporter": "reporter", "partner": "partner", "product": "product",
                    "value": "value"},
        "constants": {}, "value_unit": "USD million"}
    document.update(changes)
    document = {key: value for key, value in document.items() if value != {}}
    path = os.path.join(folder, name + ".json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(document, f)
    return path


def write_rows(folder, name, header, rows):
    with open(os.path.join(folder, name + ".csv"), "w", encoding="utf-8", newline="") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def read_toy():
    with open("tests/fixtures/toy-values.json", encoding="utf-8") as f:
        return json.load(f)


def toy_flows(document):
    for period, by_pair in document["flows"].items():
        for pair, millions in by_pair.items():
            exporter, importer = pair.split(">")
            for product, million in zip(PRODUCTS, millions):
                yield period, exporter, importer, product, million


def make_toy(folder, document):
    rows = list(toy_flows(document))
    write_rows(folder, "toy", ("period", "reporter", "partner", "product", "value"),
               [(t, e, i, k, v) for t, e, i, k, v in rows])
    leaves = {}
    for period, exporter, importer, product, million in rows:
        leaves.setdefault(period, {}).setdefault((exporter, importer), {})[product] = million * 10**6
    return World("toy", "hs6", "HS2017", leaves), manifest(folder, "toy")


def make_books(folder, document):
    """Each country's own books: imports 8 % above the partner's exports, and twice as much of one product from the USA."""
    books, rows = {}, []
    for period, exporter, importer, product, million in toy_flows(document):
        usd = million * 10**6
        seen = usd * 2 if (exporter, product) == ("USA", "293359") else usd * 108 // 100
        for reporter, partner, flow, value in ((exporter, importer, "X", usd), (importer, exporter, "M", seen)):
            books[period, reporter, partner, flow, product] = value
            rows.append((period, reporter, partner, flow, product, value))
    write_rows(folder, "books", ("period", "reporter", "partner", "flow", "product", "value"), rows)
    columns = {k: k for k in ("period", "reporter", "partner", "flow", "product", "value")}
    return books, manifest(folder, "books", basis="reported", partners="all", columns=columns, value_unit="USD",
                           valuation={"exports": "FOB", "imports": "CIF"})


def thousandths(text):
    """A decimal with at most three places times a thousand: thousand USD as USD, tonnes as kilograms."""
    whole, _, fraction = text.partition(".")
    return int(whole) * 1000 + int(fraction.ljust(3, "0")) if fraction else int(whole) * 1000


def make_matrix(folder):
    """None where the figures are not here. The CSV is read in place by a link beside the manifest."""
    if not os.path.exists(MATRIX):
        return None
    os.symlink(os.path.abspath(MATRIX), os.path.join(folder, "matrix.csv"))
    leaves, weights = {}, {}
    with open(MATRIX, encoding="utf-8", newline="") as f:
        rows = csv.reader(f)
        next(rows)
        for period, exporter, importer, product, value, tonnes in rows:
            leaves.setdefault(period, {}).setdefault((exporter, importer), {})[product] = thousandths(value)
            if thousandths(tonnes):  # goods of some value weigh something: 0 stands for a weight that is not known
                weights.setdefault(period, {}).setdefault((exporter, importer), {})[product] = thousandths(tonnes)
    columns = {"period": "year", "reporter": "exporter", "partner": "importer", "product": "hs4",
               "value": "value_usd_thousand", "quantity": "quantity_tonnes"}
    path = manifest(folder, "matrix", level="hs4", hs="HS1992", synthetic=False, columns=columns,
                    value_unit="USD thousand", quantity_unit="tonnes")
    world = World("matrix", "hs4", "HS1992", leaves)
    world.weight = weights
    return world, path
