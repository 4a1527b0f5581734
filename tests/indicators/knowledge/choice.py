"""Which dataset answers (DESIGN 9.3, Choice): random sets of datasets that hold more or less of the same, asked without naming one.

Complete for what is asked comes before partial; without a period the newest complete year by its last month; then the order.
"""
import os
import random
import tempfile

import kinds
from codes import WORLD
from figures import figure
from returns import World

PARTNERS = ("CHN", "USA", "DEU")
REPORTERS = ("IND", "CHN")


def rows_of(chance, periods, flows="XM", reporters=REPORTERS, partners=PARTNERS, codes=("",)):
    rows = [(t, r, p, f, c, kinds.amount(chance)) for t in periods for r in reporters for p in partners if p != r for f in flows
            for c in codes]
    return kinds.with_world(rows)


def years(chance):
    last = chance.randint(2018, 2021)
    return [str(y) for y in range(last - chance.randint(0, 2), last + 1)]


def months_of(some, lacking=0):
    found = ["%s-%02d" % (y, m) for y in some for m in range(1, 13)]
    return found[:len(found) - lacking]


def dataset(chance, name):
    """One of several kinds: whole, one flow only, few partners, months, months of a year that is not over, some products."""
    kind = chance.choice(("whole", "whole", "one flow", "few partners", "months", "months going on", "one reporter", "products", "chapters"))
    some, more = years(chance), {"level": "total", "hs": None, "coverage": "full", "partners": "all"}
    if kind == "one flow":
        rows = rows_of(chance, some, chance.choice("XM"))
    elif kind == "few partners":
        rows = [row for row in rows_of(chance, some) if row[2] in ("CHN", WORLD)]
        more["partners"] = "listed"
    elif kind in ("months", "months going on"):
        rows = rows_of(chance, months_of(some, chance.randint(1, 11) if kind == "months going on" else 0))
        more["frequency"] = "M"
    elif kind == "one reporter":
        rows = rows_of(chance, some, reporters=(chance.choice(REPORTERS),))
    elif kind == "products":
        rows = rows_of(chance, some, codes=("850760", "850440"))
        more.update(level="hs6", hs="HS2022", coverage="selected")
    elif kind == "chapters":
        rows = rows_of(chance, some, codes=("84", "85"))
        more.update(level="hs2")
    else:
        rows = rows_of(chance, some)
    return World(name, rows, kind=kind, **more)


def years_in(world):
    return sorted({t[:4] for t in world.periods})


def pair_is_whole(world, r, p, flows, node, t):
    return all(figure(world, r, p, flow, node, t).whole for flow in flows)


def ranking_is_whole(world, r, flows, node, t):
    for flow in flows:
        whole = figure(world, r, WORLD, flow, node, t)
        if not whole.whole or any(world.partners_of(r, flow, leaf) not in ("all", "closed") for leaf in whole.cells):
            return False
    return True


def complete(world, what, r, p, flows, node, t):
    if what == "pair":
        return pair_is_whole(world, r, p, flows, node, t)
    return ranking_is_whole(world, r, flows, node, t)


def chosen(worlds, t, *asked):
    """(dataset, period) that must answer, None where no one is complete."""
    best = None
    for world in worlds:
        for year in [t] if t else reversed(years_in(world)):
            if complete(world, *asked, year):
                if best is None or year > best[1]:
                    best = world, year
                break
    return best


def questions(chance):
    """(path, what must be whole)."""
    r, p = chance.choice((("IND", "CHN"), ("CHN", "USA"), ("IND", "USA")))
    year = str(chance.randint(2017, 2021))
    for t in (None, year):
        period = "period=" + t if t else ""
        yield "/v1/bilateral/%s/%s?%s" % (r, p, period or "period=latest"), t, ("pair", r, p, "XM", "")
        yield "/v1/bilateral/%s/%s?product=85&%s" % (r, p, period or "period=latest"), t, ("pair", r, p, "XM", "85")
        yield "/v1/partners/%s?by=exports&%s" % (r, period), t, ("ranking", r, p, "X", "")
        yield "/v1/partners/%s?by=imports&%s" % (r, period), t, ("ranking", r, p, "M", "")
        yield "/v1/partners/%s?%s" % (r, period), t, ("ranking", r, p, "XM", "")
        yield "/v1/deficits/%s?%s" % (r, period), t, ("ranking", r, p, "XM", "")
        yield "/v1/compare?pairs=%s-%s&%s" % (r, p, period), t, ("pair", r, p, "XM", "")
        yield "/v1/flows?reporter=%s&partner=%s&flow=imports&%s" % (r, p, period), t, ("pair", r, p, "M", "")
        yield "/v1/indices/hirschman?reporter=%s&flow=imports&%s" % (r, period), t, ("ranking", r, p, "M", "")
    yield "/v1/bilateral/%s/%s" % (r, p), "series", ("pair", r, p, "XM", "")


def endpoint_of(url):
    parts = url.split("?")[0].split("/")
    return parts[3] if parts[2] == "indices" else parts[2]


def one(server, faults, worlds, url, t, asked):
    answer = server.ask(url)
    best = chosen(worlds, None if t == "series" else t, *asked)
    endpoint = endpoint_of(url) + (" series" if t == "series" else " of a period" if t else "")
    there = ", ".join("%s: %s %s..%s" % (w.name, w.kind, w.periods[0], w.periods[-1]) for w in worlds)
    faults.compared += 1
    if best is None:
        if answer.status >= 500:
            faults.fault(endpoint, "(status)", "status %d" % answer.status, url, there)
        elif answer.status == 200 and not answer.body["meta"]["warnings"] and not any(row.get("flags") for row in answer.rows):
            faults.fault(endpoint, "warnings", "partial without a word", url, there)
        return
    if answer.status != 200:
        faults.fault(endpoint, "(status)", "refused what is known", url, "%s [%s]" % (str(answer.body.get("detail"))[:100], there))
        return
    got = answer.body["meta"]["dataset"]
    if got is None and answer.rows:
        got = answer.rows[0].get("dataset")
    if got != best[0].name:
        faults.fault(endpoint, "meta.dataset", "another dataset", url, "%s, wanted %s of %s [%s]" % (got, best[0].name, best[1], there))
        return
    periods = [row["period"] for row in answer.rows if row.get("period")]
    faults.compared += 1
    if t == "series":
        if any(len(period) != 4 for period in periods) or best[1] not in periods:
            faults.fault(endpoint, "period", "no series of years", url, "%s, newest %s [%s]" % (periods, best[1], there))
    elif periods and set(periods) != {best[1]}:
        faults.fault(endpoint, "period", "another period", url, "%s, wanted %s [%s]" % (periods, best[1], there))


def run(start, binary, faults, seeds, n):
    status = 0
    for seed in seeds:
        chance = random.Random("choice %d" % seed)
        worlds = [dataset(chance, "set-%d-%d" % (seed, i)) for i in range(chance.randint(2, 5))]
        faults.world = "choice"
        with tempfile.TemporaryDirectory() as folder:
            server, good = start(os.path.abspath(binary), folder, worlds, faults)
            faults.world = "choice"
            try:
                for _ in range(n if len(good) == len(worlds) else 0):
                    for url, t, asked in questions(chance):
                        one(server, faults, worlds, url.rstrip("?&"), t, asked)
            finally:
                status |= server.stop() if good else 0
    return status
