"""The worlds that the same questions are put to, each as the arguments with which the program serves it.

  shipped    what config/entrepot.json names
  toy        four countries, three products, in which a figure can be worked out by hand
  matrix     the real trade of 23 countries, reconciled, by heading (only where $FIGURES has the file)
  synthetic  a small world in the form of BACI, as `make run-world` makes it
  books      invented: seven countries' own monthly books, weights and gaps, once with all partners and once with some of them
"""
import csv
import json
import os
import random
import subprocess

FIGURES = os.environ.get("FIGURES", "../shared/figures")
MATRIX = "comtrade-23x23-hs4-1989-1990.csv"
SYNTHETIC = ("--years", "2016..2021", "--areas", "60", "--products", "600")


def write_manifest(folder, name, **changes):
    document = {
        "id": name, "title": "A world of the tests: " + name, "source": "a test", "source_url": None, "licence": "none",
        "published": None, "checked": "no", "frequency": "A", "level": "hs6", "hs": "HS2017",
        "valuation": {"exports": "FOB", "imports": "CIF"}, "basis": "reported", "coverage": "full", "partners": "all",
        "synthetic": True, "notes": [], "file": name + ".csv", "codes": "iso3", "value_unit": "USD", **changes}
    path = os.path.join(folder, name + ".json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(document, f)
    return path


def matrix(folder):
    figures = os.path.join(FIGURES, MATRIX)
    if not os.path.exists(figures):
        return None
    link = os.path.join(folder, "matrix.csv")
    if not os.path.lexists(link):
        os.symlink(os.path.abspath(figures), link)
    columns = {"period": "year", "reporter": "exporter", "partner": "importer", "product": "hs4",
               "value": "value_usd_thousand", "quantity": "quantity_tonnes"}
    path = write_manifest(folder, "matrix", level="hs4", hs="HS1992", basis="reconciled", partners="closed", synthetic=False,
                          valuation={"exports": "FOB", "imports": "FOB"}, columns=columns, value_unit="USD thousand",
                          quantity_unit="tonnes")
    return ["--data", path]


def synthetic(folder, entrepot, bench_synth, options=SYNTHETIC):
    world = os.path.join(folder, "synthetic")
    years = [os.path.join(world, "BACI_HS17_Y%d_V202501.csv" % year) for year in range(2016, 2022)]
    if not all(map(os.path.exists, years)):
        subprocess.run([bench_synth, "--out", world, *options], check=True, stdout=subprocess.DEVNULL)
    cube = os.path.join(folder, "synthetic-world.cube")
    known = subprocess.run([entrepot, "import", "--help"], check=True, capture_output=True, text=True).stdout
    stated = ["--coverage", "full", "--partners", "all"] if "--coverage" in known else []  # which older programs take for granted
    subprocess.run([entrepot, "import", "baci", *years, "--countries-file", os.path.join(world, "country_codes_V202501.csv"),
                    "--products-file", os.path.join(world, "product_codes_HS17_V202501.csv"), *stated, "--synthetic",
                    "--id", "synthetic-world", "--title", "Synthetic world: invented figures", "-o", cube],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return ["--data", cube]


COUNTRIES = ("IND", "CHN", "USA", "DEU", "JPN", "X490", "BRA")
PRODUCTS = ("010121", "100630", "270900", "300490", "310210", "381800", "520512", "720839", "840734", "850760", "851713",
            "854142", "854231", "870380", "901890")


def book_rows(dice):
    """Seven countries over 26 months; Brazil reports exports only, Japan skips months, and no two books agree."""
    months = ["%d-%02d" % (year, month) for year in (2017, 2018, 2019) for month in range(1, 13)][:26]
    for reporter in COUNTRIES[:-1]:
        for partner in COUNTRIES:
            for flow in "XM":
                sold = [p for p in PRODUCTS if dice.random() < 0.6]
                size = {p: 10 ** dice.uniform(4, 9) for p in sold}
                for month in months:
                    gone = partner == reporter or (reporter, flow) == ("DEU", "M") or \
                        reporter == "JPN" and month in ("2018-03", "2018-11")
                    for product in () if gone else sold:
                        value = int(size[product] * dice.uniform(0.5, 1.6))
                        kg = int(value / dice.uniform(1, 60)) if dice.random() < 0.9 else ""
                        if dice.random() < 0.9:
                            status = "provisional" if month >= "2019" else "estimated" if dice.random() < 0.02 else "final"
                            yield month, reporter, partner, flow, product, value, kg, status


def books(folder):
    dice = random.Random(2017)
    header = ("period", "reporter", "partner", "flow", "product", "value", "quantity", "status")
    rows = list(book_rows(dice))
    world = {}
    for month, reporter, _, flow, product, value, _, status in rows:
        key = month, reporter, "WLD", flow, product
        world[key] = world.get(key, 0) + value
    some = [row for row in rows if row[2] in ("IND", "CHN", "USA")]
    some += [(*key, value + 1000, "", "final") for key, value in sorted(world.items())]
    arguments = []
    for name, content, partners in (("books", rows, "all"), ("some-partners", some, "listed")):
        with open(os.path.join(folder, name + ".csv"), "w", encoding="utf-8", newline="") as f:
            writer = csv.writer(f, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(content)
        arguments += ["--data", write_manifest(folder, name, frequency="M", partners=partners, quantity_unit="kg",
                                               columns={word: word for word in header})]
    return arguments


def make(folder, entrepot, bench_synth):
    """name -> arguments, in the order in which they are asked; None for what cannot be had here."""
    return {"shipped": ["--config", "config/entrepot.json"],
            "toy": ["--data", "tests/fixtures/toy-world.json"],
            "matrix": matrix(folder),
            "synthetic": synthetic(folder, entrepot, bench_synth),
            "books": books(folder)}
