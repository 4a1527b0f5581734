"""Every expected value of tests/fixtures/toy-values.json, and the call that must give it.

Each line: where it stands in the file, the question, the row (None: meta.summary) and the column. The values there are in
USD million and rounded to six decimals. `every_value` makes sure that none is left out.
"""
from cases import Dollars
from names import URL as URL_OF, column, url

M = 10**6
HOME = dict(d="toy", t="2023", r="IND", p="CHN", l="hs6", k="854140")
CUT = dict(cut=0.5, expand=0.1, divert=0.2)


def lines():
    b = "bilateral_IND_CHN"
    yield from ((b, name, "bilateral", {}, "2023", name) for name in (
        "exports", "imports", "balance", "total", "cover_ratio", "normalised_balance"))
    yield b, "partner_share_imports", "bilateral", {}, "2023", "share_of_imports"
    yield b, "partner_share_exports", "bilateral", {}, "2023", "share_of_exports"
    yield b, "share_of_world_balance", "deficits", {}, "CHN", "share_of_balance"
    for k in ("854140", "293359", "520512"):
        at = "dependence_IND/" + k
        yield at, "share_CHN", "dependence on", {}, k, "share"
        yield at, "hhi_import", "dependence on", {}, k, "hhi"
        yield at, "hhi_world_export", "dependence on", {}, k, "hhi_world_exports"
        yield at, "m_over_x", "dependence on", {}, k, "imports_over_exports"
        yield at, "ces_logloss_sigma3", "leverage", {"sigma": 3}, k, "loss_index_reporter"
        for reporter in ("CHN", "IND"):
            yield "rca_" + reporter, k, "rca", {"r": reporter}, k, "rca"
        yield "grubel_lloyd_IND_CHN/by_product", k, "grubel-lloyd", {}, k, "grubel_lloyd"
        yield "growth_imports_IND_from_CHN/contribution_pp", k, "products", {"vs": "2022"}, k, "imports_contribution_pp"
    yield "", "hhi_partner_import_IND", "hirschman", {}, "IND", "hhi"
    yield "", "hirschman_1945_IND", "hirschman", {}, "IND", "hirschman"
    for name, term in (("dep_IND_on_CHN_imports", "a"), ("dep_CHN_on_IND_market", "b"), ("dep_IND_on_CHN_market", "c"),
                       ("dep_CHN_on_IND_imports", "d")):
        yield "asymmetry", name, "leverage", {}, None, column(term)
    for name, ours in (("ts_IND", "trade_share_reporter"), ("ts_CHN", "trade_share_partner"), ("salience", "salience"),
                       ("symmetry", "symmetry"), ("interdependence", "interdependence")):
        yield "barbieri", name, "leverage", {}, None, column(ours)
    yield "tii_CHN_to_IND", "simple", "tii", {"r": "CHN", "p": "IND"}, "CHN", "tii"
    yield "tii_CHN_to_IND", "excl_reporter", "tii", {"r": "CHN", "p": "IND"}, "CHN", "tii_excluding_reporter"
    yield "", "tci_CHN_exports_IND_imports", "tci", {"r": "CHN", "p": "IND"}, "CHN", "tci"
    yield "grubel_lloyd_IND_CHN", "aggregate", "grubel-lloyd", {}, None, column("aggregate_grubel_lloyd")
    yield "", "finger_kreinin_IND_CHN", "finger-kreinin", {}, "IND", "finger_kreinin"
    yield "", "krugman_specialisation_IND_CHN", "finger-kreinin", {}, "IND", "krugman"
    g = "growth_imports_IND_from_CHN"
    yield g, "v2022", "bilateral", {}, "2022", "imports"
    yield g, "v2023", "bilateral", {}, "2023", "imports"
    yield g, "yoy", "bilateral", {}, "2023", "imports_growth"
    yield from what_if()


def what_if():
    w = "whatif_854140"
    for name in ("cut", "gap", "covered", "uncovered"):
        yield w, name, "scenario", CUT, "gradual", name
    yield w, "uncovered_share_of_imports", "scenario", CUT, "gradual", "uncovered_share"
    for s in ("USA", "DEU"):
        yield w + "/capacity", s, "suppliers", {"expand": 0.1, "divert": 0.2}, s, "capacity"
        yield w + "/allocation", s, "scenario", dict(CUT, allocation=1), s, "allocation"
    for name in ("capacity_total", "resourcing_multiple", "market_tightness"):
        yield w, name, "suppliers", CUT, None, name


# The inputs of a what-if stand beside its results; the sum of all balances is a term of one share and no column.
ASSUMED = {("whatif_854140", "beta"), ("whatif_854140", "delta"), ("", "IND_world_balance")}
KEYS = {"bilateral": "period", "deficits": "partner", "rca": "product", "products": "product", "leverage": "product",
        "dependence on": "product", "grubel-lloyd": "product", "hirschman": "reporter", "tii": "reporter", "tci": "reporter",
        "finger-kreinin": "reporter", "scenario": "path", "suppliers": "supplier"}
MONEY = {"exports", "imports", "balance", "total", "gap", "covered", "uncovered", "capacity", "capacity_total", "allocation"}


def leaves_of(tree, path=""):
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from leaves_of(value, (path + "/" + name).strip("/"))
        else:
            yield path, name, value


def every_value(case, document):
    there = {(path, name) for path, name, _ in leaves_of(document["expected_2023"])}
    asked = {(path, name) for path, name, *_ in lines()} | ASSUMED
    case.holds("tests/fixtures/toy-values.json", "every value is asked for: %s" % sorted(there ^ asked), there == asked)


def by_question(document):
    """Question -> what it must give, so that one that is not served is told once."""
    expected = {(path, name): value for path, name, value in leaves_of(document["expected_2023"])}
    questions = {}
    for path, name, what, more, row, wanted_column in lines():
        questions.setdefault(what, []).append((more, row, wanted_column, expected[path, name]))
    return questions


def ask_all(case, server, what, wanted):
    for more, row, name, value in wanted:
        values = dict(HOME, **more)
        names = {"d", "t", "r", "p", "l", "k"}
        needed = {k: v for k, v in values.items() if k not in names or "{%s}" % k in URL_OF[what]}
        answer = server.ask_once(url(what, **needed))
        if not case.answered(answer):
            continue
        key = "partner" if what == "partners" else "supplier" if more.get("allocation") else KEYS[what]
        if row is not None and (row not in answer.by(key)):
            case.differ(answer.url, "row " + row, "not there", "there")
            continue
        value = Dollars(value * M) if name in MONEY else float(value)
        if row is None:
            case.summary(answer, {name: value})
        else:
            case.record(answer, row, answer.by(key)[row], {name: value})
