"""Countries (kind, when in existence, members of groups) and the codes of each revision of the Harmonized System."""
import csv
import datetime
import functools
import os

CORRELATIONS = os.environ.get("HS_CORRELATIONS", "")  # the tables as published; else as the program ships them
REVISIONS = ("HS1992", "HS1996", "HS2002", "HS2007", "HS2012", "HS2017", "HS2022")
WORLD = "WLD"
# Comtrade's number of the European Union, as it has been since 2020-02.
GROUPS = {"X97": ("AUT BEL BGR CYP CZE DEU DNK ESP EST FIN FRA GRC HRV HUN IRL ITA LTU LUX LVA MLT NLD POL PRT ROU SVK "
                  "SVN SWE").split()}
CHAPTERS = tuple("%02d" % n for n in range(1, 98) if n != 77)  # the 96 in use; 98 and 99 are national


@functools.lru_cache(None)
def countries():
    with open("config/countries.csv", encoding="utf-8", newline="") as f:
        return {row["id"]: row for row in csv.DictReader(f)}


def is_country(code):
    return countries().get(code, {}).get("kind") == "country"


def nowhere(code):
    """Areas not elsewhere specified, bunkers, free zones: nobody in particular. Other Asia is Taiwan."""
    return countries().get(code, {}).get("kind") == "area_nes" and code != "X490"


def days(period):
    """First and last day of a leaf period."""
    if period.startswith("FY"):
        year = int(period[2:6])
        return datetime.date(year, 4, 1), datetime.date(year + 1, 3, 31)
    if len(period) == 7:
        year, month = int(period[:4]), int(period[5:])
        after = datetime.date(year + month // 12, month % 12 + 1, 1)
        return datetime.date(year, month, 1), after - datetime.timedelta(1)
    return datetime.date(int(period), 1, 1), datetime.date(int(period), 12, 31)


@functools.lru_cache(None)
def exists(code, period):
    row = countries().get(code)
    if row is None:
        return True
    first, last = days(period)
    day = datetime.date.fromisoformat
    return not ((row["valid_from"] and day(row["valid_from"]) > last) or (row["valid_to"] and day(row["valid_to"]) < first))


@functools.lru_cache(None)
def shipped():
    """config/hs-revisions.txt: code -> revisions that have it, and newer revision -> its lines (newer code, older code)."""
    codes, blocks, block = {}, {}, None
    with open("config/hs-revisions.txt", encoding="utf-8") as f:
        for line in f:
            words = line.split()
            if line.startswith("="):
                block = line[1:].strip()
            elif not line.startswith("#") and block == "CODES":
                codes[words[0]] = {r for i, r in enumerate(REVISIONS) if int(words[1], 16) >> i & 1}
            elif not line.startswith("#") and block:
                blocks.setdefault(block, []).append(tuple(words[:2]))
    return codes, blocks


@functools.lru_cache(None)
def revisions():
    """Revision -> its subheadings."""
    found = {}
    if CORRELATIONS:
        with open(CORRELATIONS, encoding="utf-8", newline="") as f:
            for row in csv.DictReader(f):
                found.setdefault(row["newer"], set()).add(row["newer_code"])
                found.setdefault(row["older"], set()).add(row["older_code"])
    for code, those in () if CORRELATIONS else shipped()[0].items():
        for revision in those:
            found.setdefault(revision, set()).add(code)
    return {revision: frozenset(codes) for revision, codes in found.items()}


@functools.lru_cache(None)
def codes_below(revision, node, digits):
    """Codes of that many digits in a revision at or below a node, None where the revision is not known."""
    codes = revisions().get(revision)
    return None if codes is None else frozenset(c[:digits] for c in codes if c.startswith(node))


def in_revision(revision, node):
    if not node or revision not in revisions() or node[:2] in ("98", "99"):
        return True
    return bool(codes_below(revision, node[:6], 6))


def published_links():
    """Older revision -> newer code -> older codes, as published."""
    found = {}
    with open(CORRELATIONS, encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f):
            found.setdefault(row["older"], {}).setdefault(row["newer_code"], set()).add(row["older_code"])
    return found


def shipped_links():
    """The same from the file that ships: what stands in no line, and is in both revisions, is the same in both."""
    found = {}
    for older, newer in zip(REVISIONS, REVISIONS[1:]):
        lines, before = shipped()[1].get(newer, []), found.setdefault(older, {})
        named = {code for line in lines for code in line}
        for now, was in lines:
            if "-" not in now + was:
                before.setdefault(now, set()).add(was)
        for code, those in shipped()[0].items():
            if {older, newer} <= those and code not in named:
                before[code] = {code}
    return found


@functools.lru_cache(None)
def links():
    """Older revision -> (code -> its successors, successor -> its predecessors); codes that have more than 20 old ones apart."""
    found = {}
    for older, before in (published_links() if CORRELATIONS else shipped_links()).items():
        before = {newer: olds for newer, olds in before.items() if len(olds) <= 20}
        after = {}
        for newer, olds in before.items():
            for old in olds:
                after.setdefault(old, set()).add(newer)
        found[older] = after, before
    return found


def successors(code):
    """Codes that come after one in the next revision, over all revisions in which it changes."""
    return set().union(*(after.get(code, set()) for after, _ in links().values())) - {code}


def predecessors(code):
    return set().union(*(before.get(code, set()) for _, before in links().values())) - {code}


@functools.lru_cache(None)
def same_in_2022(revision, code):
    """The chain from a revision to HS 2022 is 1:1 with the same code."""
    for older in sorted(r for r in links() if r >= revision):
        after, before = links()[older]
        if after.get(code) != {code} or before.get(code) != {code}:
            return False
    return True
