"""Random worlds, each of a kind in which something is not known, written as a user would bring them."""
import csv
import json
import os
import random

from codes import CHAPTERS, WORLD, countries, revisions
from returns import World

COUNTRIES = ("IND", "CHN", "USA", "DEU", "KOR", "BRA", "VNM", "JPN")
CODES = ("100630", "100640", "293359", "293361", "293499", "847130", "847150", "850440", "850650", "850760", "850790", "851713",
         "851762", "854142", "854143")
YEARS = ("2019", "2020", "2021")
WORDS = {"X": "X", "M": "M"}


def amount(chance):
    return int(10 ** chance.uniform(3, 9))


def trade(chance, reporters, partners, periods, codes, flows="XM", fill=0.5, partner_fill=0.85):
    """Reporter's books: some partners, some products."""
    rows = []
    for t in periods:
        for r in reporters:
            for f in flows:
                for p in partners:
                    if p == r or chance.random() > partner_fill:
                        continue
                    some = [c for c in codes if chance.random() < fill] or [chance.choice(codes)]
                    rows += [(t, r, p, f, c, amount(chance)) for c in some]
    return rows


def with_world(rows, seen=lambda row: True):
    """The world's row of each product: the sum of all partners."""
    sums = {}
    for t, r, p, f, c, usd in rows:
        sums[t, r, f, c] = sums.get((t, r, f, c), 0) + usd
    return [row for row in rows if seen(row)] + [(t, r, WORLD, f, c, usd) for (t, r, f, c), usd in sums.items()]


def with_totals(rows, digits=0):
    """Above each partner's products their sum: of all products, or of each chapter."""
    sums = {}
    for t, r, p, f, c, usd in rows:
        if len(c) > digits:
            key = t, r, p, f, c[:digits]
            sums[key] = sums.get(key, 0) + usd
    return rows + [(*key, usd) for key, usd in sums.items()]


def reported(chance):
    return dict(rows=trade(chance, COUNTRIES, COUNTRIES + ("THA", "X490"), YEARS, CODES), coverage="full", partners="all")


def with_total(chance):
    """As UN Comtrade gives it: TOTAL and subheadings, the world and its partners. Nothing stated."""
    rows = trade(chance, COUNTRIES[:5], COUNTRIES + ("THA",), YEARS[:2], CODES)
    return dict(rows=with_totals(with_world(rows)))


def reconciled(chance, coverage="full", partners="all"):
    rows = trade(chance, COUNTRIES, COUNTRIES, YEARS, CODES, flows="X", partner_fill=0.7)
    quiet = chance.choice(COUNTRIES[3:])  # exports nothing in one year
    rows = [(t, r, p, None, c, v) for t, r, p, f, c, v in rows if not (r == quiet and t == YEARS[1])]
    return dict(rows=rows, basis="reconciled", coverage=coverage, partners=partners)


def closed(chance):
    rows = trade(chance, COUNTRIES[:6], COUNTRIES[:6], YEARS, CODES)
    return dict(rows=rows, coverage="full", partners="closed")


def reconciled_closed(chance):
    return reconciled(chance, partners="closed")


def listed(chance):
    everybody = trade(chance, COUNTRIES[:4], COUNTRIES, YEARS, CODES)
    named = chance.sample(COUNTRIES, 4)
    return dict(rows=with_world(everybody, lambda row: row[2] in named), coverage="full", partners="listed")


def selected(chance):
    some = chance.sample(CODES, 8)
    rows = trade(chance, COUNTRIES[:5], COUNTRIES, YEARS, some)
    return dict(rows=with_world(rows), coverage="selected", partners="all")


def extract_with_total(chance):
    """TOTAL beside the products of one chapter."""
    rows = with_totals(with_world(trade(chance, COUNTRIES[:5], COUNTRIES, YEARS[:2], CODES)))
    return dict(rows=[row for row in rows if not row[4] or row[4].startswith("85")])


def extract_bare(chance):
    """The usual extract: one chapter, all partners, no total."""
    rows = with_world(trade(chance, COUNTRIES[:5], COUNTRIES, YEARS[:2], [c for c in CODES if c.startswith("85")]))
    return dict(rows=rows)


def chapters_and_some(chance):
    """Several levels at once: TOTAL, chapters, subheadings of one chapter only for some partners."""
    rows = with_world(trade(chance, COUNTRIES[:4], COUNTRIES[:6], YEARS[:2], CODES))
    rows = with_totals(with_totals(rows, 2))
    known = chance.sample(COUNTRIES[:6], 3)
    return dict(rows=[row for row in rows if len(row[4]) <= 2 or (row[4].startswith("85") and row[2] in known)])


def mixed_revisions(chance):
    """HS 2017 up to 2021, HS 2022 after: smartphones and solar cells have other codes."""
    if "HS2017" not in revisions():
        return None
    old, new = ("100630", "293359", "851712", "854140"), ("100630", "293359", "851713", "851714", "854142", "854143")
    rows = trade(chance, COUNTRIES[:5], COUNTRIES, ("2020", "2021"), old) + trade(chance, COUNTRIES[:5], COUNTRIES,
                                                                                ("2022", "2023"), new)
    keys = {(r, f, t) for t, r, p, f, c, v in rows}
    return dict(rows=rows, coverage="full", partners="all", hs=None,
                revision_of={k: "HS2017" if k[2] < "2022" else "HS2022" for k in keys})


def old_revision(chance):
    """One revision in which some codes that are asked for do not exist."""
    if "HS2017" not in revisions():
        return None
    codes = ("100630", "293359", "847130", "850760", "851712", "854140")
    return dict(rows=trade(chance, COUNTRIES[:5], COUNTRIES, YEARS[:2], codes), coverage="full", partners="all", hs="HS2017")


def missing_flows(chance):
    rows = trade(chance, COUNTRIES, COUNTRIES, YEARS, CODES)
    gone = {(r, f, t) for r in COUNTRIES for f in "XM" for t in YEARS if chance.random() < 0.3}
    return dict(rows=[row for row in rows if (row[1], row[3], row[0]) not in gone], coverage="full", partners="all")


def missing_months(chance, partners="all", named=COUNTRIES):
    months = ["%d-%02d" % (y, m) for y in (2018, 2019, 2020) for m in range(1, 13)]
    rows = [(t, r, p, f, "", v) for t, r, p, f, c, v in trade(chance, COUNTRIES[:4], COUNTRIES, months, ("",), fill=1)]
    gone = {(r, f, t) for r in COUNTRIES[:4] for f in "XM" for t in months if t > "2019" and chance.random() < 0.12}
    gone |= {(COUNTRIES[0], "M", t) for t in months if t > "2020-06"}
    rows = with_world([row for row in rows if (row[1], row[3], row[0]) not in gone], lambda row: row[2] in named)
    return dict(rows=rows, level="total", hs=None, coverage="full", partners=partners, frequency="M")


def missing_months_listed(chance):
    """A partner's rows of some months against the world's of all."""
    world = missing_months(chance, "listed", COUNTRIES[:3])
    world["rows"] = [row for row in world["rows"] if row[2] == WORLD or chance.random() < 0.93]
    return world


def half(chance):
    """Half of the countries report; the others are partners only."""
    return dict(rows=trade(chance, COUNTRIES[:4], COUNTRIES, YEARS, CODES), coverage="full", partners="all")


def groups(chance):
    """The Union's own rows beside its members', as reporter and as partner."""
    members = ("DEU", "FRA", "ITA")
    rows = trade(chance, COUNTRIES[:3] + members, COUNTRIES[:3] + members, YEARS[:2], CODES[:8])
    union = [(t, r, "X97", f, c, 3 * v) for t, r, p, f, c, v in rows if p == "DEU" and r == "IND" and t == YEARS[0]]
    own = [(t, "X97", p, f, c, 5 * v) for t, r, p, f, c, v in rows if r == "DEU" and p == "CHN"]
    return dict(rows=rows + union + own, coverage="full", partners="all")


def ended(chance):
    """Countries that end and begin."""
    rows = trade(chance, ("IND", "CHN", "SCG", "SRB"), ("IND", "CHN", "USA", "SCG", "SRB", "MNE"), ("2004", "2005", "2008"), CODES[:8])
    gone = {"2004": ("SRB", "MNE"), "2005": ("SRB", "MNE"), "2008": ("SCG",)}
    return dict(rows=[row for row in rows if row[1] not in gone[row[0]] and row[2] not in gone[row[0]]], coverage="full",
                partners="all", hs="HS2002" if "HS2002" in revisions() else None)


def all_chapters(chance):
    """By chapter, nothing stated, no totals: in one year all 96, in the other one of them is not there at all."""
    rows = trade(chance, COUNTRIES[:3], COUNTRIES[:5], YEARS[:2], CHAPTERS, fill=0.8)
    return dict(rows=with_world([row for row in rows if not (row[0] == YEARS[1] and row[4] == "09")]), level="hs2", hs=None)


def many_partners(chance):
    """Totals of one reporter with 160 countries in one year and 120 in the other; no world row, nothing stated."""
    named = sorted(c for c, row in countries().items() if row["kind"] == "country" and not row["valid_from"] and c != "IND")
    everybody = sorted(c for c, row in countries().items() if row["kind"] == "country" and c != "IND")
    rows = []
    for t, n in (("2019", 160), ("2020", 120)):
        some = (named + [c for c in everybody if c not in named])[:n]
        rows += [(t, "IND", p, f, "", amount(chance)) for f in "XM" for p in some]
    return dict(rows=rows, level="total", hs=None)


def nowhere_in_particular(chance):
    rows = trade(chance, COUNTRIES[:5], COUNTRIES[:5] + ("X899", "X837", "X490"), YEARS[:2], CODES, partner_fill=1)
    return dict(rows=with_world(rows), coverage="full", partners="all")


def rounded(chance):
    """To 0.01 million USD, as the source prints it: totals differ from the sums of chapters by what rounding makes."""
    unit, rows = 10000, []
    for t, r, p, f, c, v in trade(chance, COUNTRIES[:4], COUNTRIES[:6], YEARS[:2], ("29", "84", "85", "90"), fill=0.7):
        rows.append((t, r, p, f, c, 10**9 + v // unit * unit))
    rows = with_world(rows)
    counted = {}
    for t, r, p, f, c, v in rows:
        counted[t, r, p, f] = counted.get((t, r, p, f), 0) + 1
    rows = [(t, r, p, f, c, v if c else v + unit * chance.randint(-counted[t, r, p, f], counted[t, r, p, f]))
            for t, r, p, f, c, v in with_totals(rows)]
    return dict(rows=[row for row in rows if row[5] > 0], level="hs2", hs=None, unit=unit)


def stated_by_return(chance):
    """An extract whose manifest says of which returns all is there."""
    rows = trade(chance, COUNTRIES[:4], COUNTRIES[:6], YEARS, [c for c in CODES if c.startswith("85")])
    stated = ({"reporter": "IND", "products": "full"}, {"period": YEARS[0], "flow": "M", "products": "full"},
              {"reporter": "USA", "partners": "listed"})
    return dict(rows=rows, partners="all", stated=stated)


def comtrade(chance):
    return dict(with_total(chance), form="comtrade")


def comtrade_extract(chance):
    return dict(extract_bare(chance), form="comtrade")


def comtrade_with_total(chance):
    return dict(extract_with_total(chance), form="comtrade")


def comtrade_world_alone(chance):
    """In one year only the world's rows."""
    made = with_total(chance)
    return dict(rows=[row for row in made["rows"] if row[0] == YEARS[0] or row[2] == WORLD], form="comtrade")


def baci_extract(chance):
    """BACI filtered to some products."""
    return dict(reconciled(chance, None, None), form="baci", hs="HS2017") if "HS2017" in revisions() else None


def baci_closed(chance):
    return dict(reconciled(chance, "full", "closed"), form="baci", hs="HS2017") if "HS2017" in revisions() else None


def baci(chance):
    """Nine codes of ten in a year, four areas: full by the reader's word, partners listed; in the second year half of the codes."""
    if "HS2017" not in revisions():
        return None
    rows, codes = [], sorted(revisions()["HS2017"])
    for t, part in ((YEARS[0], 0.9), (YEARS[1], 0.5)):
        some = chance.sample(codes, int(part * len(codes)))
        pairs = [(i, j) for i in COUNTRIES[:4] for j in COUNTRIES[:4] if i != j and chance.random() < 0.8]
        for n, c in enumerate(some):
            i, j = pairs[n % len(pairs)]
            rows.append((t, i, j, None, c, amount(chance)))
    return dict(rows=rows, basis="reconciled", form="baci", hs="HS2017")


KINDS = {f.__name__: f for f in (
    reported, with_total, reconciled, closed, reconciled_closed, listed, selected, extract_with_total, extract_bare,
    chapters_and_some, mixed_revisions, old_revision, missing_flows, missing_months, missing_months_listed, half, groups, ended,
    all_chapters, many_partners, nowhere_in_particular, rounded, stated_by_return, comtrade, comtrade_extract, comtrade_with_total,
    comtrade_world_alone, baci_extract, baci_closed, baci)}
LARGE = ("baci",)  # only in long runs


def make(kind, seed):
    chance = random.Random("%s %d" % (kind, seed))
    made = KINDS[kind](chance)
    return made and World("%s-%d" % (kind.replace("_", "-"), seed), kind=kind, **made)


def write(world, folder):
    """The files of a world, in its form; what `entrepot import` is told of them."""
    return {"tidy": write_tidy, "comtrade": write_comtrade, "baci": write_baci}[world.form](world, folder)


def words(world):
    """What is stated on the command line."""
    said = ["--id", world.name, "--hs", world.hs] if world.hs else ["--id", world.name]
    for key in ("coverage", "partners"):
        if getattr(world, key):
            said += ["--" + key, getattr(world, key)]
    return said


def write_comtrade(world, folder):
    number = {c: row["comtrade"] for c, row in countries().items()}
    path = os.path.join(folder, world.name + ".csv")
    with open(path, "w", encoding="utf-8", newline="") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(("period", "reporterCode", "flowCode", "partnerCode", "partner2Code", "classificationCode", "cmdCode",
                         "customsCode", "motCode", "primaryValue", "netWgt"))
        for t, r, p, flow, code, usd in world.rows:
            writer.writerow((t, number[r], flow, number[p], 0, "H6", code or "TOTAL", "C00", 0, usd, ""))
    return ["comtrade", path] + words(world)


def write_baci(world, folder):
    number = {c: row["comtrade"] for c, row in countries().items()}
    said = ["baci"]
    for period in world.periods:
        path = os.path.join(folder, "BACI_HS17_Y%s_V202501.csv" % period)
        with open(path, "w", encoding="utf-8", newline="") as f:
            writer = csv.writer(f, lineterminator="\n")
            writer.writerow("tijkvq")
            for t, i, j, _, code, usd in sorted(r for r in world.rows if r[0] == period):
                writer.writerow((t, number[i], number[j], code, "%d.%03d" % divmod(usd, 1000), "NA"))
        said.append(path)
    return said + words(world)


def decimal(world, usd):
    return usd if world.unit == 1 else "%d.%02d" % (usd // 10**6, usd % 10**6 // 10**4)


def write_tidy(world, folder):
    """A manifest beside a tidy CSV. What is not stated is not in the manifest."""
    reconciled_ = world.basis == "reconciled"
    columns = {k: k for k in ("period", "reporter", "partner", "flow", "product", "value")}
    if world.level == "total":
        del columns["product"]
    if reconciled_:
        del columns["flow"]
    if world.revision_of:
        columns["hs"] = "hs"
    with open(os.path.join(folder, world.name + ".csv"), "w", encoding="utf-8", newline="") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(list(columns))
        for t, r, p, flow, code, usd in sorted(world.rows, key=lambda row: tuple(map(str, row))):
            cells = {"period": t, "reporter": r, "partner": p, "flow": flow, "product": code or "TOTAL", "value": decimal(world, usd),
                     "hs": world.revision_of.get((r, flow, t), "")}
            writer.writerow([cells[k] for k in columns])
    document = {
        "id": world.name, "title": "A world of the tests: " + world.name, "source": "a test", "source_url": None,
        "licence": "none", "published": None, "checked": "no", "frequency": world.frequency, "level": world.level,
        "hs": world.hs, "valuation": {"exports": "FOB", "imports": "FOB" if reconciled_ else "CIF"}, "basis": world.basis,
        "synthetic": False, "notes": [], "file": world.name + ".csv", "codes": "iso3", "columns": columns,
        "value_unit": "USD" if world.unit == 1 else "USD million"}
    for key in ("coverage", "partners"):
        if getattr(world, key):
            document[key] = getattr(world, key)
    if world.stated:
        document["availability"] = list(world.stated)
    path = os.path.join(folder, world.name + ".json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(document, f)
    return [path]
