"""Each sentence of DESIGN 9.1 to 9.3 with a world of at most ten rows and its answers worked out by hand.

SENTENCES numbers what the sections say; CASES holds the worlds. A cell is written "reporter partner flow product period: answer",
where an answer is a number, or null and why, and `<=` its bound; words behind a number are flags of which one must be there. It is
asked of the reference and, by /v1/flows, of the program. Questions to other endpoints stand behind the cells.
"""
from returns import World

SENTENCES = {
    "9.1.1": "what a reporter has reported is a fact of each return: reporter, flow, period",
    "9.1.2": "availability says its products: full down to a level or selected, with exceptions by partner",
    "9.1.3": "its partners: all, listed, world alone, closed",
    "9.1.4": "whether the total with the world and with each partner was published",
    "9.1.5": "the revision of its codes",
    "9.1.6": "the months held",
    "9.1.7": "the importer finds it, a manifest can state it for all or by reporter and period, /v1/availability tells it",
    "9.1.8": "the dataset's coverage, partners and hs are its summary",
    "9.1.9": "products, rule 1: stated",
    "9.1.10": "rule 2: full if the aggregate is the sum of its parts within rounding",
    "9.1.11": "rule 2: else selected, and the rest is the bound",
    "9.1.12": "rule 3: no aggregate: full only with all 96 chapters and 85 % of the codes",
    "9.1.13": "rule 4: else selected",
    "9.1.14": "TOTAL alone is full to level total",
    "9.1.15": "the import line says which rule decided and how to overrule it",
    "9.1.16": "partners: stated comes first",
    "9.1.17": "a return without a partner row is world, whatever is stated",
    "9.1.18": "one whose partners miss its world row by more than 0.1 % is listed, whatever is stated",
    "9.1.19": "closed is only ever stated",
    "9.1.20": "reconciled: closed or all where stated, else all with 150 areas on each side, else listed",
    "9.1.21": "with a world row within 0.1 % of the partners' sum: all, rankings allowed",
    "9.1.22": "there an absent partner is 0 only within rounding, else null with the difference as bound",
    "9.1.23": "without a world row: all with 150 countries in that flow and period, else listed",
    "9.2.1": "rest: a published aggregate minus its published parts, signed",
    "9.2.2": "sums up to the published level are the published ones",
    "9.2.3": "what counts products skips the rest",
    "9.2.4": "shares keep the published total below the bar",
    "9.2.5": "a sum of periods has a rest only if each period has one",
    "9.2.6": "a sector never contains a rest; an ancestor's rest is its bound",
    "9.2.7": "in answers a row 85-rest or TOTAL-rest, without a name",
    "9.2.8": "which is not accepted as product=",
    "9.3.1": "value there: it",
    "9.3.2": "return not there: null, not_reported",
    "9.3.3": "code not in the return's revision: null, other_revision, with successors and predecessors",
    "9.3.4": "partner outside a closed set: null, outside_set",
    "9.3.5": "partner not in existence then: null, outside_set",
    "9.3.6": "world row absent: the sum of partners where they are all, flagged summed",
    "9.3.7": "summed is not set for reconciled data",
    "9.3.8": "else null",
    "9.3.9": "group: the sum of its members that reported, flagged where one did not",
    "9.3.10": "partner absent, partners all: 0",
    "9.3.11": "partner absent, listed or world: null",
    "9.3.12": "product absent, full: 0",
    "9.3.13": "product absent, selected: null, with a bound where a rest is known",
    "9.3.14": "reconciled: no flow is 0 from both ends if all or closed and both areas occur in that period",
    "9.3.15": "else null from both ends",
    "9.3.16": "figures set against each other are made of the months both have",
    "9.3.17": "a figure made of less than its name says is flagged, its verdicts null unless what is missing could not turn them",
    "9.3.18": "areas not elsewhere specified are no suppliers: never top_supplier, never counted",
    "9.3.19": "what they hold makes the shares and HHI of the others bounds",
    "9.3.20": "choice: complete before partial",
    "9.3.21": "without a period: candidates are years and twelve months that make one",
    "9.3.22": "the newest by its last month among the complete answers",
    "9.3.23": "provisional ones count",
    "9.3.24": "ties by the order",
    "9.3.25": "months and quarters only by period= or freq=",
    "9.3.26": "a series comes from the dataset that has this newest year, and is in years",
    "9.3.27": "a newest year that is not over closes it, flagged partial_year with its months",
    "9.3.28": "partial only where there is nothing better, with a warning",
}


class Ask:
    """A question: the row that is meant (None: meta.summary, "": nothing but meta), what stands in it, flags of which one is there."""

    def __init__(self, url, at, wanted, flags=(), dataset=None, status=200, warns=False, says=""):
        self.url, self.at, self.wanted, self.flags = url, at, wanted, flags
        self.dataset, self.status, self.warns, self.says = dataset, status, warns, says


class Hand:
    def __init__(self, sentences, worlds, cells=(), asks=()):
        self.sentences, self.worlds = sentences.split(), worlds if isinstance(worlds, list) else [worlds]
        self.cells, self.asks = cells, asks


def w(name, text, **more):
    rows = []
    for line in text.strip().split("\n"):
        t, r, p, flow, code, usd = line.split()
        rows.append((t, r, p, None if flow == "-" else flow, "" if code == "TOTAL" else code, int(usd)))
    assert len(rows) <= 10, name
    return World(name, rows, **more)


def total(name, text, **more):
    more = {"coverage": "full", "partners": "all", **more}
    return w(name, text, level="total", hs=None, **more)


YEAR = """
2019 IND CHN X TOTAL 100
2019 IND USA X TOTAL 50
2019 IND CHN M TOTAL 300
2020 IND CHN X TOTAL 110
"""
REST = """
2019 IND CHN M TOTAL 94000
2019 IND CHN M 85 1000
2019 IND WLD M TOTAL 200000
2019 IND WLD M 85 4000
"""
NAMED = """
2019 IND CHN M TOTAL 94000
2019 IND CHN M 85 1000
2019 IND WLD M TOTAL 200000
2019 IND WLD M 85 4000
2019 CHN IND X TOTAL 90000
2019 CHN IND X 85 900
2019 CHN WLD X TOTAL 900000
2019 CHN WLD X 85 9000
2018 USA MEX M 020130 5
"""
MIXED = """
2019 IND CHN M TOTAL 94000
2019 IND CHN M 85 1000
2019 IND CHN M 850760 600
2019 IND CHN M 847130 70
2019 IND KOR M TOTAL 900
2019 IND KOR M 850760 100
2019 IND USA M 85 300
"""
FULL_BELOW = """
2019 IND CHN M TOTAL 1000
2019 IND CHN M 84 400
2019 IND CHN M 85 602
2019 IND USA M TOTAL 500
2019 IND USA M 85 100
"""
THREE = """
2019 IND CHN M 850760 60
2019 IND KOR M 850760 20
2019 IND CHN M 850440 5
2019 IND WLD M 850760 80
2019 IND WLD M 850440 5
"""
MONTHS = """
2019-01 IND CHN X TOTAL 100
2019-02 IND CHN X TOTAL 100
2019-03 IND CHN X TOTAL 100
2019-01 IND CHN M TOTAL 90
2019-02 IND CHN M TOTAL 110
2019-01 IND WLD X TOTAL 200
2019-02 IND WLD X TOTAL 200
2019-03 IND WLD X TOTAL 400
"""
FLOWS = "/v1/flows?reporter=IND&partner=CHN&flow=%s&period=%s"

CASES = [
    Hand("9.1.1 9.3.1 9.3.2", total("one", YEAR),
         ["IND CHN X TOTAL 2019: 100", "IND CHN M TOTAL 2019: 300", "IND CHN M TOTAL 2020: null not_reported",
          "CHN IND X TOTAL 2019: null not_reported"],
         [Ask("/v1/bilateral/IND/CHN?period=2020", {"period": "2020"}, {"exports": 110, "imports": None, "balance": None,
                                                                      "total": None, "imports_growth": None}, ("not_reported",)),
          Ask("/v1/bilateral/IND/CHN?period=2019", {"period": "2019"}, {"exports": 100, "imports": 300, "balance": -200})]),
    Hand("9.1.2 9.1.10 9.1.11 9.3.13", w("exceptions", FULL_BELOW, level="hs2"),
         # CHN: 1000 against 1002 of two parts, each to 1 USD: rounding. USA: 500 against 100.
         ["IND CHN M 90 2019: 0", "IND USA M 90 2019: null selected_products <=400", "IND USA M 84 2019: null selected_products <=400",
          "IND CHN M TOTAL 2019: 1000", "IND USA M TOTAL 2019: 500"],
         [Ask("/v1/availability?dataset=exceptions", {"partner": "CHN", "flow": "imports"}, {"products": "full"})]),
    Hand("9.1.10", w("rounding", """
2019 IND CHN M TOTAL 1003
2019 IND CHN M 84 400
2019 IND CHN M 85 600
""", level="hs2"), ["IND CHN M 90 2019: null selected_products <=3"]),
    Hand("9.1.10", w("rounding-of-a-source", """
2019 IND CHN M TOTAL 10030000
2019 IND CHN M 84 4010000
2019 IND CHN M 85 6000000
""", level="hs2", unit=10000), ["IND CHN M 90 2019: 0", "IND CHN M TOTAL 2019: 10030000"]),
    Hand("9.1.3 9.1.4 9.1.17 9.3.11", total("world-alone", """
2019 IND WLD X TOTAL 900
2019 IND WLD M TOTAL 1000
2018 IND CHN X TOTAL 10
2018 IND WLD X TOTAL 10
"""), ["IND CHN X TOTAL 2019: null not_listed", "IND WLD X TOTAL 2019: 900", "IND CHN X TOTAL 2018: 10", "IND USA X TOTAL 2018: 0"],
         [Ask("/v1/availability?dataset=world-alone", {"period": "2019", "flow": "exports"},
              {"partners": "world", "products": "full", "level": "total", "world": True}),
          Ask("/v1/bilateral/IND/CHN?period=2019", {"period": "2019"}, {"exports": None, "imports": None, "share_of_exports": None}, status=(200, 422), says="world-alone")]),
    Hand("9.1.5 9.3.3", w("revision", """
2021 IND CHN M 854140 100
2021 IND CHN M 851712 50
2021 IND USA M 854140 10
""", hs="HS2017", coverage="full", partners="all"),
         ["IND CHN M 854140 2021: 100", "IND CHN M 854142 2021: null other_revision", "IND CHN M 851713 2021: null other_revision",
          "IND USA M 851712 2021: 0"],
         [Ask("/v1/bilateral/IND/CHN?product=854142&period=2021", {"product": "854142"}, {"imports": None, "share_of_imports": None},
              ("other_revision",), status=(200, 422), says="854140"),
          Ask("/v1/scenario/IND/CHN?product=854142&cut=0.3&years=1&period=2021", {"path": "gradual"}, {"gap": None},
              status=(200, 422), says="854140")]),
    Hand("9.1.6 9.3.16 9.3.17", total("months", MONTHS, frequency="M", partners="listed"),
         ["IND CHN X TOTAL 2019: 300 partial_year|months_differ", "IND CHN X TOTAL 2019-03: 100", "IND CHN M TOTAL 2019-03: null not_reported"],
         [Ask("/v1/bilateral/IND/CHN?period=2019", {"period": "2019"}, {"balance": (0, None), "total": (400, None), "cover_ratio": (1.0, None),
                                                                      "share_of_exports": (0.375, None), "exports_growth": None},
              ("partial_year", "months_differ")),
          Ask("/v1/bilateral/IND/CHN?period=2019-02", {"period": "2019-02"}, {"balance": -10, "share_of_exports": 0.5}),
          Ask("/v1/check?reporter=IND&partner=CHN&flow=balance&period=2019&value=100", "", {"summary.verdict": ("no_match", None)})]),
    Hand("9.1.7 9.1.9", w("by-return", """
2019 IND CHN M 850760 100
2020 IND CHN M 850760 120
2019 USA CHN M 850760 700
""", partners="all", stated=({"reporter": "IND", "period": "2019", "products": "full"},)),
         ["IND CHN M 850440 2019: 0", "IND CHN M 850440 2020: null selected_products", "USA CHN M 850440 2019: null selected_products",
          "IND CHN M TOTAL 2019: 100", "IND CHN M TOTAL 2020: null selected_products"]),
    Hand("9.1.8 9.1.12 9.1.13 9.3.8", w("extract", THREE),
         # One chapter and no total: nothing of other chapters, nothing of totals; the partners of 850760 are all there.
         ["IND CHN M 850760 2019: 60", "IND CHN M 84 2019: null selected_products", "IND CHN M TOTAL 2019: null selected_products",
          "IND WLD M TOTAL 2019: null selected_products", "IND KOR M 850440 2019: null selected_products <=0",
          "IND USA M 850760 2019: 0", "IND USA M 847130 2019: null selected_products"],
         [Ask("/v1/datasets/extract", {"id": "extract"}, {"coverage": "selected", "partners": "all"}),
          Ask("/v1/bilateral/IND/CHN?period=2019", "", {"exports": None, "imports": None, "share_of_imports": None}, status=(200, 404, 422)),
          Ask("/v1/dependence/IND/CHN?period=2019&product=850760", {"product": "850760"}, {"imports_from_partner": 60, "imports_total": 80,
                                                                                         "share": 0.75, "hhi": 0.625, "dependent": True})]),
    Hand("9.1.14", total("totals", YEAR, coverage=None), ["IND CHN X TOTAL 2019: 100", "IND USA M TOTAL 2019: 0", "IND USA X TOTAL 2020: 0"],
         [Ask("/v1/availability?dataset=totals", {"period": "2019", "flow": "exports"}, {"products": "full", "level": "total"})]),
    Hand("9.1.16 9.3.10 9.3.12", w("stated", """
2019 IND CHN X 850760 10
2019 IND USA X 850440 20
""", coverage="full", partners="all"), ["IND CHN X 850440 2019: 0", "IND DEU X 850440 2019: 0", "IND WLD X TOTAL 2019: 30 summed"]),
    Hand("9.1.18", total("missed", """
2019 IND CHN X TOTAL 600
2019 IND USA X TOTAL 300
2019 IND WLD X TOTAL 1000
"""), ["IND DEU X TOTAL 2019: null not_listed"],
         [Ask("/v1/partners/IND?by=exports&period=2019", "", {}, status=(422,))]),
    Hand("9.1.19 9.1.23 9.3.8", total("few", """
2019 IND CHN X TOTAL 600
2019 IND USA X TOTAL 300
""", partners=None), ["IND DEU X TOTAL 2019: null not_listed", "IND WLD X TOTAL 2019: null not_listed"],
         [Ask("/v1/availability?dataset=few", {"period": "2019"}, {"partners": "listed"})]),
    Hand("9.1.20 9.3.15", w("few-reconciled", """
2019 IND CHN - TOTAL 600
2019 CHN USA - TOTAL 300
2019 USA CHN - TOTAL 50
""", level="total", hs=None, basis="reconciled", coverage="full"),
         ["IND CHN X TOTAL 2019: 600", "CHN IND M TOTAL 2019: 600", "CHN IND X TOTAL 2019: null not_listed|not_reported",
          "IND CHN M TOTAL 2019: null not_listed|not_reported", "USA IND X TOTAL 2019: null not_listed|not_reported",
          "IND WLD X TOTAL 2019: null not_listed"]),
    Hand("9.3.14 9.3.7", w("reconciled", """
2019 CHN NRU - TOTAL 9
2019 AUS NRU - TOTAL 30
2019 CHN AUS - TOTAL 500
""", level="total", hs=None, basis="reconciled", coverage="full", partners="all"),
         ["NRU CHN X TOTAL 2019: 0", "CHN NRU M TOTAL 2019: 0", "NRU WLD M TOTAL 2019: 39", "NRU WLD X TOTAL 2019: 0",
          "CHN USA X TOTAL 2019: null not_reported|not_listed|outside_set", "USA CHN M TOTAL 2019: null not_reported|not_listed|outside_set"],
         [Ask("/v1/bilateral/NRU/CHN?period=2019", {"period": "2019"}, {"exports": 0, "imports": 9, "balance": -9}),
          Ask("/v1/bilateral/CHN/NRU?period=2019", {"period": "2019"}, {"exports": 9, "imports": 0, "balance": 9}),
          Ask("/v1/deficits/NRU?period=2019", {"partner": "AUS"}, {"balance": -30, "share_of_deficit": 0.769231})]),
    Hand("9.1.21 9.1.22", total("nearly-all", """
2019 IND CHN X TOTAL 699600
2019 IND USA X TOTAL 300000
2019 IND WLD X TOTAL 1000000
2020 IND CHN X TOTAL 699999
2020 IND USA X TOTAL 300000
2020 IND WLD X TOTAL 1000000
""", partners=None), ["IND DEU X TOTAL 2019: null not_listed <=400", "IND DEU X TOTAL 2020: 0"],
         [Ask("/v1/partners/IND?by=exports&period=2019", {"partner": "CHN"}, {"exports": 699600, "share": 0.6996}),
          Ask("/v1/availability?dataset=nearly-all", {"period": "2019"}, {"partners": "all", "world": True})]),
    Hand("9.2.1 9.2.2 9.2.4 9.2.7 9.3.13", w("rest", REST, level="hs2"),
         ["IND CHN M TOTAL 2019: 94000", "IND CHN M 85 2019: 1000", "IND CHN M 84 2019: null selected_products <=93000",
          "IND WLD M 84 2019: null selected_products <=196000", "IND WLD M TOTAL 2019: 200000"],
         [Ask("/v1/bilateral/IND/CHN/products?level=hs2&period=2019", {"product": "TOTAL-rest"}, {"imports": 93000, "name": None}),
          Ask("/v1/bilateral/IND/CHN/products?level=hs2&period=2019", {"product": "85"}, {"imports": 1000, "share_of_imports": 0.25,
                                                                                      "share_of_bilateral_imports": 0.010638}),
          Ask("/v1/bilateral/IND/CHN?period=2019", {"period": "2019"}, {"imports": 94000, "share_of_imports": 0.47})]),
    Hand("9.2.2", w("named", NAMED), ["IND CHN M 85 2019: 1000", "CHN IND X 85 2019: 900", "IND CHN M 8507 2019: null selected_products <=1000"],
         [Ask("/v1/flows?reporter=IND&partner=CHN&flow=M&product=85&period=2019", "", {"value": 1000}),
          Ask("/v1/bilateral/IND/CHN?product=85&period=2019", "", {"imports": 1000, "share_of_imports": 0.25}),
          Ask("/v1/suppliers/85?importer=IND&period=2019", {"supplier": "CHN"}, {"sales_to_importer": 1000, "share_of_imports": 0.25,
                                                                                "world_exports": 9000}),
          Ask("/v1/dependence/IND/CHN?product=85&period=2019", {"product": "85"}, {"imports_from_partner": 1000, "imports_total": 4000}),
          Ask("/v1/leverage/IND/CHN?product=85&level=total&period=2019", "", {"imports": 1000, "import_dependence": 0.25,
                                                                              "partner_market_dependence": 0.1}),
          Ask("/v1/compare?pairs=IND-CHN&product=85&period=2019", "", {"imports": 1000}),
          Ask("/v1/check?reporter=IND&partner=CHN&flow=imports&period=2019&value=1000&product=85", "", {"verdict": "match", "value": 1000}),
          Ask("/v1/scenario/IND/CHN?product=85&cut=0.3&years=1&period=2019", "", {"gap": 300, "partner_loss": 270,
                                                                                 "partner_loss_share": 0.03})]),
    Hand("9.2.2", w("mixed", MIXED), ["IND CHN M 85 2019: 1000", "IND CHN M 8507 2019: 600 partial_sector", "IND USA M 85 2019: 300"],
         [Ask("/v1/flows?reporter=IND&partner=CHN,KOR,USA&flow=M&product=85&period=2019&group_by=partner&sort=-value&top=2", {"partner": "USA"},
              {"value": 300}),
          Ask("/v1/flows?reporter=IND&partner=CHN&flow=M&product=85,84,TOTAL&period=2019&group_by=product", {"product": "TOTAL"}, {"value": 94000}),
          Ask("/v1/flows?reporter=IND&partner=CHN&flow=M&product=85,84,TOTAL&period=2019&group_by=product", {"product": "85"}, {"value": 1000}),
          Ask("/v1/bilateral/IND/CHN/products?level=hs6&period=2019", {"product": "85-rest"}, {"imports": 400}),
          Ask("/v1/scenario/IND/CHN?product=85&cut=0.5&years=1&period=2019", "", {"gap": 500})]),
    Hand("9.2.5", w("months-named", """
2019-01 IND CHN M 85 40
2019-01 IND CHN M 850760 10
2019-02 IND CHN M 850760 30
""", frequency="M"), ["IND CHN M 85 2019-01: 40", "IND CHN M 85 2019: 70 partial_sector|partial_year"],
         [Ask("/v1/flows?reporter=IND&partner=CHN&flow=M&product=85&period=2019", "", {"value": 70})]),
    Hand("9.2.8", w("no-product", REST, level="hs2"), [],
         [Ask("/v1/bilateral/IND/CHN?product=85-rest&period=2019", "", {}, status=(400,)),
          Ask("/v1/bilateral/IND/CHN?product=TOTAL-rest&period=2019", "", {}, status=(400,))]),
    Hand("9.2.1", w("negative-rest", """
2019 IND CHN M TOTAL 900
2019 IND CHN M 84 400
2019 IND CHN M 85 600
""", level="hs2"), ["IND CHN M TOTAL 2019: 900", "IND CHN M 85 2019: 600"],
         [Ask("/v1/bilateral/IND/CHN/products?level=hs2&period=2019", {"product": "TOTAL-rest"}, {"imports": -100})]),
    Hand("9.2.3", w("counted", """
2019 IND CHN M 85 1000
2019 IND CHN M 850760 600
2019 IND KOR M 85 500
2019 IND KOR M 850760 400
2019 IND WLD M 85 1500
2019 IND WLD M 850760 1000
"""), ["IND CHN M 85 2019: 1000", "IND CHN M 850440 2019: null selected_products <=400"],
         [Ask("/v1/dependence/IND/CHN?level=hs6&period=2019", None, {"products": 1}),
          Ask("/v1/dependence/IND/CHN?level=hs6&period=2019", {"product": "850760"}, {"imports_total": 1000, "share": 0.6, "suppliers": 2,
                                                                                    "hhi": 0.52})]),
    Hand("9.2.5", w("months-rest", """
2019-01 IND CHN M TOTAL 100
2019-01 IND CHN M 85 40
2019-02 IND CHN M TOTAL 100
2019-02 IND CHN M 85 100
2019-03 IND CHN M 85 30
""", level="hs2", frequency="M"), ["IND CHN M 85 2019-01: 40", "IND CHN M 84 2019-01: null selected_products <=60", "IND CHN M 84 2019-02: 0"],
         [Ask("/v1/bilateral/IND/CHN/products?level=hs2&period=2019-01", {"product": "TOTAL-rest"}, {"imports": 60}),
          Ask("/v1/bilateral/IND/CHN/products?level=hs2&period=2019", {"product": "TOTAL-rest"}, {"imports": None})]),
    Hand("9.2.6", w("basket", """
2019 IND CHN M 85 1000
2019 IND CHN M 850760 600
2019 IND CHN M 850650 50
"""), [],
         [Ask("/v1/bilateral/IND/CHN?product=electric-batteries&period=2019", {"product": "electric-batteries"},
              {"imports": 650, "imports_at_most": (1000, None), "share_of_imports": None}, ("partial_sector",))]),
    Hand("9.3.4", total("set", """
2019 IND CHN X TOTAL 100
2019 CHN USA X TOTAL 20
2019 USA CHN M TOTAL 20
""", partners="closed"), ["IND USA X TOTAL 2019: 0", "IND GBR X TOTAL 2019: null outside_set", "CHN GBR X TOTAL 2019: null outside_set"]),
    Hand("9.3.5", total("ended", """
2005 IND SCG X TOTAL 7
2008 IND SRB X TOTAL 5
2008 IND MNE X TOTAL 1
"""), ["IND SRB X TOTAL 2005: null outside_set", "IND SCG X TOTAL 2008: null outside_set", "IND SCG X TOTAL 2005: 7", "IND CHN X TOTAL 2008: 0"]),
    Hand("9.3.6", total("sums", """
2017 IND WLD X TOTAL 900
2017 IND CHN X TOTAL 900
2018 IND CHN X TOTAL 300
2018 IND USA X TOTAL 100
"""), ["IND WLD X TOTAL 2017: 900", "IND WLD X TOTAL 2018: 400 summed", "IND WLD M TOTAL 2018: null not_reported"],
         [Ask("/v1/bilateral/IND/WLD?period=2018", {"period": "2018"}, {"exports": 400, "imports": None, "imports_growth": None}),
          Ask("/v1/check?reporter=IND&partner=WLD&flow=exports&period=2018&value=0", "", {"summary.verdict": ("no_match", None)})]),
    Hand("9.3.9", total("union", """
2021 IND DEU X TOTAL 40
2021 IND FRA X TOTAL 10
2021 IND USA X TOTAL 70
2021 DEU IND M TOTAL 44
"""), ["IND X97 X TOTAL 2021: 50"]),
    Hand("9.3.11", total("listed", """
2019 IND CHN X TOTAL 100
2019 IND WLD X TOTAL 900
2019 IND CHN M TOTAL 80
2019 IND WLD M TOTAL 700
""", partners="listed"), ["IND USA X TOTAL 2019: null not_listed", "IND CHN X TOTAL 2019: 100"],
         [Ask("/v1/bilateral/IND/CHN?period=2019", {"period": "2019"}, {"share_of_exports": 0.111111, "balance": 20}),
          Ask("/v1/deficits/IND?period=2019", "", {}, status=(422,))]),
    Hand("9.3.17", w("two-products", """
2019 IND CHN M 850760 890
2019 IND WLD M 850760 1000
2019 IND CHN M 854142 10
2019 IND WLD M 854142 20
""", coverage="selected", partners="listed"), ["IND CHN M 850760 2019: 890", "IND CHN M 85 2019: 900 partial_sector|selected_products"],
         [Ask("/v1/dependence/IND/CHN?product=85&period=2019", {"product": "85"}, {"imports_from_partner": 900, "share": None, "hhi": None,
                                                                                "dependent": None}, ("partial_sector", "selected_products")),
          Ask("/v1/dependence/IND/CHN?product=850760&period=2019", {"product": "850760"}, {"share": 0.89, "dependent": True})]),
    Hand("9.3.17", total("half", """
2019 IND CHN X TOTAL 60
2019 CHN IND X TOTAL 90
2019 IND USA M TOTAL 10
"""), ["USA IND X TOTAL 2019: null not_reported"]),
    Hand("9.3.18 9.3.19", w("nowhere", """
2019 IND CHN M 850760 300
2019 IND KOR M 850760 200
2019 IND X899 M 850760 500
""", coverage="full", partners="all"), ["IND X899 M 850760 2019: 500", "IND WLD M 850760 2019: 1000 summed"],
         [Ask("/v1/dependence/IND?product=850760&period=2019", {"product": "850760"}, {"imports_total": 1000, "suppliers": 2, "hhi": 0.13,
                                                                                    "dependent": None}, ("lower_bound",)),
          Ask("/v1/dependence/IND/CHN?product=850760&period=2019", {"product": "850760"}, {"share": 0.3, "top_supplier": ("CHN", None)},
              ("lower_bound",))]),
    Hand("9.3.20 9.3.28", [w("a-part", """
2019 IND CHN X 850760 5
2019 IND CHN M 850760 9
""", coverage="selected", partners="all"), total("whole", YEAR)], [],
         [Ask("/v1/bilateral/IND/CHN?period=2019", {"period": "2019"}, {"exports": 100, "imports": 300}, dataset="whole"),
          Ask("/v1/bilateral/IND/CHN?period=2019&product=850760", {"period": "2019"}, {"exports": 5, "imports": 9}, dataset="a-part"),
          Ask("/v1/bilateral/IND/CHN?period=2020", {"period": "2020"}, {"exports": 110, "imports": None}, dataset="whole")]),
    Hand("9.3.20 9.3.28", [total("exports-only", """
2019 IND CHN X TOTAL 5
2019 IND USA X TOTAL 6
2020 IND CHN X TOTAL 7
"""), total("both", """
2019 IND CHN X TOTAL 100
2019 IND CHN M TOTAL 300
2019 IND USA M TOTAL 30
""")], [],
         [Ask("/v1/deficits/IND", {"partner": "CHN"}, {"balance": -200, "period": "2019"}, dataset="both"),
          Ask("/v1/bilateral/IND/CHN?period=2019", {"period": "2019"}, {"imports": 300}, dataset="both"),
          Ask("/v1/bilateral/IND/CHN?period=2020", {"period": "2020"}, {"exports": 7, "imports": None}, dataset="exports-only", warns=True)]),
    Hand("9.3.22 9.3.24", [total("old", YEAR), total("new", """
2021 IND CHN X TOTAL 7
2021 IND CHN M TOTAL 8
"""), total("new-too", """
2021 IND CHN X TOTAL 70
2021 IND CHN M TOTAL 80
""")], [],
         [Ask("/v1/partners/IND", {"partner": "CHN"}, {"exports": 7, "period": "2021"}, dataset="new"),
          Ask("/v1/bilateral/IND/CHN?period=latest", {"period": "2021"}, {"exports": 7}, dataset="new"),
          Ask("/v1/bilateral/IND/CHN", {"period": "2021"}, {"exports": 7}, dataset="new")]),
    Hand("9.3.21 9.3.25 9.3.26 9.3.27", [total("years", YEAR, partners="listed"), total("some-months", """
2021-01 IND CHN X TOTAL 1
2021-01 IND CHN M TOTAL 2
2021-02 IND CHN X TOTAL 3
2021-02 IND CHN M TOTAL 4
""", frequency="M", partners="listed")], [],
         [Ask("/v1/bilateral/IND/CHN?period=latest", {"period": "2019"}, {"exports": 100, "imports": 300}, dataset="years"),
          Ask("/v1/bilateral/IND/CHN?period=2021-02", {"period": "2021-02"}, {"exports": 3, "imports": 4}, dataset="some-months"),
          Ask("/v1/bilateral/IND/CHN?freq=M&period=latest", {"period": "2021-02"}, {"exports": 3}, dataset="some-months"),
          Ask("/v1/bilateral/IND/CHN?dataset=some-months", {"period": "2021"}, {"exports": 4, "imports": 6, "months_held": 2},
              ("partial_year",))]),
    Hand("9.3.23", [total("with-provisional", YEAR)], [],
         [Ask("/v1/partners/IND?by=exports", {"partner": "CHN"}, {"exports": 110, "period": "2020"})]),
    Hand("9.1.15", w("told", THREE), [], []),
]


def check_sentences():
    """Sentences without a case, and cases of sentences that are none."""
    told = {s for case in CASES for s in case.sentences}
    return sorted(set(SENTENCES) - told), sorted(told - set(SENTENCES))
