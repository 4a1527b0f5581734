"""What is asked, and what the answer must be. One function an indicator; each takes a case and one question of a world."""
import random
from collections import namedtuple

import formulas as f
from cases import Dollars
from names import URL as URL_OF, column, url

Question = namedtuple("Question", "t r p level k vs")


def draw(world, n, seed, levels):
    """Pairs with any trade between them in a period, a level, and one product that the reporter buys from the partner."""
    chance, questions = random.Random(seed), []
    while len(questions) < n:
        t, level = chance.choice(world.periods), chance.choice(levels)
        r, p = chance.sample(world.countries, 2)
        trade = world.trade(t)
        if not trade.total(p, r):
            r, p = p, r
        if trade.total(p, r):
            product = chance.choice(sorted(trade.flow[p, r]))
            questions.append(Question(t, r, p, level, product, max((v for v in world.periods if v < t), default=None)))
    return questions


def columns(**values):
    return {column(name): value for name, value in values.items()}


def ask(server, world, what, question, **more):
    values = {"d": world.name, "t": question.t, "r": question.r, "p": question.p, "l": question.level, "k": question.k}
    used = {name: value for name, value in values.items() if "{%s}" % name in URL_OF[what]}
    return server.ask(url(what, **used, **more))


def over_all(world, level, codes):
    """The rows that are wanted: of a level those with trade, of sectors all, and those that cannot be told."""
    if level != "sector":
        return codes, []
    return sorted(s for s, prefixes in world.sectors.items() if prefixes), \
        sorted(s for s, prefixes in world.sectors.items() if not prefixes)


# ---- D, G: one pair over time ----

def bilateral(case, server, world, q):
    held = [t for t in world.periods if world.trade(t).total(q.r, q.p) + world.trade(t).total(q.p, q.r)
            and q.r in world.trade(t).x and q.r in world.trade(t).m]
    known = [t for t in world.periods if {q.r, q.p} <= set(world.trade(t).x) | set(world.trade(t).m)] if world.name == "matrix" else held
    wanted = {t: pair_in(world, q, t, known) for t in held}
    case.rows(ask(server, world, "bilateral", q), "period", wanted, extra=len(held) < len(world.periods))


def pair_in(world, q, t, held):
    def both_ways(period):
        trade = world.trade(period)
        return trade.total(q.r, q.p), trade.total(q.p, q.r)

    earlier = [s for s in world.periods if int(s) == int(t) - 1]
    trade, before = world.trade(t), world.trade(earlier[0]) if earlier else None
    (x, m), (x0, m0) = both_ways(t), both_ways(earlier[0]) if earlier else (0, 0)
    all_x, all_m = trade.x[q.r], trade.m[q.r]
    deficits_so_far = [b - a for a, b in (both_ways(s) for s in held if s <= t)]
    row = {
        "exports": x, "imports": m, "total": x + m, "balance": x - m, "cover_ratio": f.ratio(x, m),
        "normalised_balance": f.ratio(x - m, x + m), "share_of_exports": f.ratio(x, all_x),
        "share_of_imports": f.ratio(m, all_m),
        "share_of_total": f.ratio(x + m, all_x + all_m), "exports_growth": f.growth(x, x0), "imports_growth": f.growth(m, m0),
        "balance_change": x - m - (x0 - m0) if before else None,
        "deficit_rank": 1 + sum(d > m - x for d in deficits_so_far) if m > x and len(deficits_so_far) > 1 else None,
        "total_rank": 1 + sum(sum(both_ways(s)) > x + m for s in held if s <= t) if len(deficits_so_far) > 1 else None}
    first = both_ways(held[0])
    for i, name in enumerate(("exports", "imports")):
        row[name + "_cagr"] = f.compound_growth((x, m)[i], first[i], int(t) - int(held[0]))
    if not before or (q.r in before.x and q.r in before.m):
        row["exports_growth_elsewhere"] = f.growth(all_x - x, before.x[q.r] - x0) if before else None
        row["imports_growth_elsewhere"] = f.growth(all_m - m, before.m[q.r] - m0) if before else None
    return row


def products(case, server, world, q):
    """D5, D6 by product; G3 adds up to G1; shares add up to 1 and products to totals, where they do not overlap."""
    now, then = world.trade(q.t, q.level), world.trade(q.vs, q.level) if q.vs else None
    x, m = now.flow.get((q.r, q.p), {}), now.flow.get((q.p, q.r), {})
    x0, m0 = (then.flow.get((q.r, q.p), {}), then.flow.get((q.p, q.r), {})) if then else ({}, {})
    if then and (q.r not in then.x or q.r not in then.m):
        return
    all_x, all_m = now.total(q.r, q.p), now.total(q.p, q.r)
    all_x0, all_m0 = (then.total(q.r, q.p), then.total(q.p, q.r)) if then else (0, 0)
    told, untold = over_all(world, q.level, now.codes_of(x, m, x0, m0))
    wanted = {code: {"exports": None, "imports": None, "balance": None, "share_of_imports": None} for code in untold}
    for code in told:
        a, b, a0, b0 = (table.get(code, 0) for table in (x, m, x0, m0))
        wanted[code] = {
            "exports": a, "imports": b, "balance": a - b,
            "share_of_exports": f.ratio(a, now.exports(q.r, code)), "share_of_imports": f.ratio(b, now.imports(q.r, code)),
            "share_of_bilateral_exports": f.ratio(a, all_x), "share_of_bilateral_imports": f.ratio(b, all_m),
            "exports_contribution_pp": f.contribution(a, a0, all_x0), "imports_contribution_pp": f.contribution(b, b0, all_m0),
            "balance_contribution_pp": f.contribution(a - b, a0 - b0, all_x0 - all_m0)}
    answer = ask(server, world, "products", q, **({"vs": q.vs} if q.vs else {}))
    if case.rows(answer, "product", wanted) and q.level != "sector":
        sums_of_products(case, answer, now, then, q)


def sums_of_products(case, answer, now, then, q):
    def total(name):
        return sum(row[name] or 0 for row in answer.rows)

    slack = 1e-6 * (len(answer.rows) + 1)
    for name, seller, buyer in (("exports", q.r, q.p), ("imports", q.p, q.r)):
        all_now = now.total(seller, buyer)
        case.same(answer.url, "sum of " + name, total(name), all_now)
        share = total("share_of_bilateral_" + name)
        case.holds(answer.url, "shares of %s add up to 1: %.9f" % (name, share), abs(share - (all_now > 0)) <= slack)
        growth = f.growth(all_now, then.total(seller, buyer)) if then else None
        if growth is not None:
            pp = total(name + "_contribution_pp")
            case.holds(answer.url, "contributions to %s add up: %.9f of %.9f" % (name, pp, 100 * growth),
                       abs(pp - 100 * growth) <= slack)


def top_and_other(case, server, world, q):
    """`top` keeps the largest and adds up the rest, where there are two or more behind it."""
    if q.level == "sector":
        return
    whole = ask(server, world, "products", q, sort="-imports")
    top = ask(server, world, "products", q, sort="-imports", top=3)
    if not (case.answered(whole) and case.answered(top)):
        return
    case.same(top.url, "rows", len(top.rows), min(4, len(whole.rows)))
    for name in ("exports", "imports", "balance"):
        case.same(top.url, "sum of " + name, sum(r[name] for r in top.rows), sum(r[name] for r in whole.rows))
    if len(whole.rows) > 4:
        case.same(top.url, "last product", top.rows[-1]["product"], "other")
        case.same(top.url, "imports of the largest", top.rows[0]["imports"], max(r["imports"] for r in whole.rows))


def deficits(case, server, world, q):
    trade = world.trade(q.t)
    balance = {p: trade.total(q.r, p) - trade.total(p, q.r) for p in world.countries if p != q.r}
    negative = sorted((b, p) for p, b in balance.items() if b < 0)
    whole, everybody, so_far, wanted = sum(b for b, _ in negative), sum(balance.values()), 0, {}
    for rank, (b, p) in enumerate(negative):
        so_far += b
        wanted[p] = {"rank": rank + 1, "exports": trade.total(q.r, p), "imports": trade.total(p, q.r), "balance": b,
                     "share_of_deficit": b / whole, "cumulative_share": so_far / whole,
                     "share_of_balance": f.ratio(b, everybody)}
    if q.r in trade.x and q.r in trade.m:
        case.rows(ask(server, world, "deficits", q), "partner", wanted)


def growth(case, server, world, q):
    if not q.vs:
        return
    now, then = world.trade(q.t), world.trade(q.vs)
    if any(q.r not in side for side in (now.x, now.m, then.x, then.m)):
        return
    others = [p for p in world.countries if p != q.r]
    whole = {"exports": sum(then.total(q.r, p) for p in others), "imports": sum(then.total(p, q.r) for p in others)}
    wanted = {}
    for p in others:
        row = {}
        for flow, pair in (("exports", (q.r, p)), ("imports", (p, q.r))):
            a, b = then.total(*pair), now.total(*pair)
            row.update({flow + "_before": a, flow: b, flow + "_growth": f.ratio(b - a, a),
                        flow + "_contribution_pp": f.ratio(100 * (b - a), whole[flow])})
        if any(row[name] for name in ("exports_before", "exports", "imports_before", "imports")):
            row["balance_change"] = row["exports"] - row["imports"] - row["exports_before"] + row["imports_before"]
            wanted[p] = row
    answer = ask(server, world, "growth", q, vs=q.vs)
    if case.rows(answer, "partner", wanted):
        for flow in ("exports", "imports"):
            parts = sum(row[flow + "_contribution_pp"] or 0 for row in answer.rows)
            growth_of_all = answer.summary[flow + "_growth"]
            case.holds(answer.url, "contributions add up", growth_of_all is None or abs(parts - 100 * growth_of_all) < 1e-3)


# ---- D7, D8, C1, C3, E: dependence ----

def judged(world, q, method, threshold, home, window, partner):
    """Code -> columns, from what held in each year of the window."""
    at = world.periods.index(q.t)
    years = [t for t in world.periods[max(0, at + 1 - window):at + 1] if q.r in world.trade(t).m or q.r in world.trade(t).x]
    needed = -(-2 * len(years) // 3)
    now = world.trade(q.t, q.level)
    told, untold = over_all(world, q.level, sorted(now.bought.get(q.r, {})))
    wanted = {code: {"share": None, "hhi": None, "dependent": None} for code in untold}
    for code in told:
        each = [f.Dependence(world.trade(t, q.level), q.r, code, partner, home) for t in years]
        d = each[-1]
        if d.imports:
            held = sum(e.dependent(method, threshold) for e in each)
            wanted[code] = figures_of(d, partner)
            if not (partner and any(tied(e.origins) or tied(e.extra) for e in each)):
                wanted[code].update({"years_held": held, "dependent": held >= needed})
            criteria = d.hold(method, threshold)
            for name in ("hhi", "world_hhi", "extra_imports", "imports_over_exports", "share"):
                wanted[code]["criterion_" + name] = criteria.get(name)
    return wanted


def figures_of(d, partner):
    wanted = {"share": d.share if partner else d.top_share, "imports_total": d.imports, "hhi": d.hhi,
              "equivalent_suppliers": 1 / d.hhi, "suppliers": len(d.origins), "top_share": d.top_share,
              "imports_over_exports": d.over_exports, "hhi_world_exports": d.world_hhi}
    if partner:
        wanted["imports_from_partner"] = d.from_partner
    if not tied(d.origins):
        wanted["top_supplier"] = max(d.origins, key=d.origins.get)
    return wanted


def tied(origins):
    """Two largest suppliers: which of them is named, and so whether one is depended on, is anybody's choice."""
    return list(origins.values()).count(max(origins.values(), default=None)) > 1


METHODS = (("hhi", 0.4, (), 1), ("hhi", 0.25, (), 1), ("cepii", 0.4, (), 1), ("cepii", 0.4, (), 2), ("eu2021", 0.4, (), 1),
           ("eu2021", 0.4, ("DEU", "FRA", "ITA", "NLD"), 1), ("eu2021", 0.4, ("DEU", "USA"), 1), ("india80", 0.8, (), 1),
           ("share", 0.5, (), 1), ("share", 0.95, (), 2))


def dependence(case, server, world, q, method, threshold, home, window, with_partner):
    q = q._replace(level="hs2" if q.level == "section" else q.level)
    if window > 1 and world.periods.index(q.t) + 1 < window:
        q = q._replace(t=world.periods[-1])
    more = {} if method == "hhi" and threshold == 0.4 else {"method": method}
    if method == "share" or threshold not in (0.4, 0.8):
        more["threshold"] = threshold
    if window > 1:
        more["window"] = window
    inside = [c for c in home if c in world.countries]
    if home:
        inside = sorted(set(inside) | {q.r})
        more["home"] = ",".join(inside)
    partner = q.p if with_partner else None
    answer = ask(server, world, "dependence on" if with_partner else "dependence", q, **more)
    wanted = judged(world, q, method, threshold, inside, window, partner)
    if case.rows(answer, "product", wanted, extra=q.level == "sector") and q.level != "sector":
        money = "imports_from_partner" if partner else "imports_total"
        bought = [row for row in wanted.values() if row[money]]
        if any("dependent" not in row for row in bought):
            return
        case.summary(answer, {
            "products": len(bought), "dependent_products": sum(row["dependent"] for row in bought),
            "imports": sum(row[money] for row in bought),
            "dependent_imports": sum(row[money] for row in bought if row["dependent"])})


# ---- L1, L2, L4: leverage ----

def four_terms(buys, all_buys, partner_sells, sells, all_sells, partner_buys):
    """a, b, c, d and both asymmetries."""
    a, b = f.ratio(buys, all_buys), f.ratio(buys, partner_sells)
    c, d = f.ratio(sells, all_sells), f.ratio(sells, partner_buys)
    return {"a": a, "b": b, "c": c, "d": d, "asymmetry_imports": f.less(a, b), "asymmetry_market": f.less(c, d),
            "net_asymmetry": None if None in (a, b, c, d) else a + c - b - d}


def leverage(case, server, world, q, sigma=None, cut=None):
    trade = world.trade(q.t, q.level)
    m, x = trade.flow.get((q.p, q.r), {}), trade.flow.get((q.r, q.p), {})
    told, untold = over_all(world, q.level, trade.codes_of(m, x))
    wanted = {code: columns(a=None, b=None, c=None, d=None, lever=None) for code in untold}
    for code in told:
        terms = four_terms(m.get(code, 0), trade.imports(q.r, code), trade.exports(q.p, code),
                           x.get(code, 0), trade.exports(q.r, code), trade.imports(q.p, code))
        wanted[code] = columns(**terms, imports=m.get(code, 0), exports=x.get(code, 0), lever=lever(terms),
                               loss_index_reporter=f.ces_loss(terms["a"], sigma or 4, cut or 1),
                               loss_index_partner=f.ces_loss(terms["d"], sigma or 4, cut or 1))
        if not m.get(code) and not x.get(code):
            wanted[code]["lever"] = None
    more = {name: value for name, value in (("sigma", sigma), ("cut", cut)) if value}
    answer = ask(server, world, "leverage", q, **more)
    if not case.rows(answer, "product", wanted):
        return
    terms = four_terms(trade.total(q.p, q.r), trade.m.get(q.r, 0), trade.x.get(q.p, 0),
                       trade.total(q.r, q.p), trade.x.get(q.r, 0), trade.m.get(q.p, 0))
    case.summary(answer, columns(**terms, lever=lever(terms), **barbieri(trade, q)))
    if q.level != "sector":
        case.summary(answer, losses(trade, q, m, x, sigma or 4, cut or 1))
    mirrored_leverage(case, server, world, q, answer, more)


def lever(terms, margin=0.1):
    """Whoever depends more, on both flows together, does not hold it; a share of nothing is no dependence."""
    a, b, c, d = (terms[name] or 0 for name in "abcd")
    net = a + c - b - d
    return "partner" if net > margin else "reporter" if net < -margin else "balanced"


def losses(trade, q, m, x, sigma, cut):
    wanted = {}
    for side, buyer, flow in (("reporter", q.r, m), ("partner", q.p, x)):
        bought = trade.bought.get(buyer, {})
        whole, least = f.weighed_loss([(usd, flow.get(code, 0) / usd) for code, usd in bought.items()], sigma, cut)
        wanted["loss_index_" + side], wanted["loss_index_%s_at_least" % side] = whole, least
    return wanted


def barbieri(trade, q):  # L2
    both = trade.total(q.r, q.p) + trade.total(q.p, q.r)
    own = f.ratio(both, trade.x.get(q.r, 0) + trade.m.get(q.r, 0))
    other = f.ratio(both, trade.x.get(q.p, 0) + trade.m.get(q.p, 0))
    salience, symmetry = (own * other) ** 0.5, 1 - abs(own - other)
    return {"trade_share_reporter": own, "trade_share_partner": other, "salience": salience, "symmetry": symmetry,
            "interdependence": salience * symmetry}


MIRRORED = (("a", "d"), ("b", "c"), ("c", "b"), ("d", "a"))


def mirrored_leverage(case, server, world, q, answer, more):
    """What (r,p) says of itself, (p,r) says of its partner."""
    back = ask(server, world, "leverage", q._replace(r=q.p, p=q.r), **more)
    if not case.answered(back):
        return
    ours, theirs = answer.by("product"), back.by("product")
    case.same(back.url, "products", len(theirs), len(ours))
    pairs = [(column(one), column(other)) for one, other in MIRRORED]
    pairs += [("loss_index_reporter", "loss_index_partner"), ("imports", "exports")]
    for code in ours.keys() & theirs.keys():
        for one, other in pairs:
            place = "row %s.%s, the mirror of %s" % (code, other, one)
            case.same(back.url, place, theirs[code].get(other), ours[code].get(one))


# ---- L6, W1: alternatives and a cut ----

def suppliers(case, server, world, q, expand=None, divert=None, cut=None):
    q = q._replace(level=world.level)
    trade, supply = world.trade(q.t), f.Supply(world.trade(q.t), q.r, q.p, q.k)
    capacities = supply.capacities(expand if expand is not None else 0.1, divert if divert is not None else 0.2)
    wanted = {}
    for s in supply.alternatives():
        wanted[s] = {"sales_to_importer": supply.sells(s), "share_of_imports": f.ratio(supply.sells(s), supply.imports),
                     "world_exports": supply.exports(s), "world_share": f.ratio(supply.exports(s), supply.world),
                     "sales_elsewhere": supply.exports(s) - supply.sells(s),
                     "rca": f.rca(supply.exports(s), trade.x[s], supply.world, trade.w), "capacity": Dollars(capacities[s])}
    more = {name: value for name, value in (("expand", expand), ("divert", divert), ("cut", cut)) if value is not None}
    answer = ask(server, world, "suppliers", q, **more)
    if case.rows(answer, "supplier", wanted, extra=True):
        gap = supply.gap(1 if cut is None else cut)
        case.summary(answer, {
            "imports": supply.imports, "imports_from_excluded": supply.from_excluded, "gap": Dollars(gap),
            "capacity_total": Dollars(sum(capacities.values()), 2 * len(capacities) + 1),
            "resourcing_multiple": supply.resourcing_multiple(gap),
            "market_tightness": supply.market_tightness(gap),
            "alternatives": sum(supply.exports(s) / supply.world > 0.01 for s in capacities)})
        shares = sum(row["world_share"] or 0 for row in answer.rows)
        case.holds(answer.url, "world shares are at most 1: %.9f" % shares, shares <= 1 + 1e-6 * len(answer.rows))
        if len(answer.rows) > 3:
            top = ask(server, world, "suppliers", q, **more, top=2)
            for name in ("capacity", "world_exports", "sales_to_importer"):
                case.same(top.url, "sum of " + name, sum(r[name] for r in top.rows), sum(r[name] for r in answer.rows))
            case.same(top.url, "last supplier", top.rows[-1]["supplier"], "other")


def scenario(case, server, world, q, cut=0.5, years=1, expand=0.1, divert=0.2, domestic=0.0, side="reporter", digits=6):
    """Both paths year by year, and who takes over how much; `digits` of the product make a group of several."""
    q = q._replace(k=q.k[:digits])
    trade = world.trade(q.t)
    leaves = sorted(k for k in trade.world if k.startswith(q.k))
    model, wanted, parts = f.Cut(trade, q.r, q.p, leaves, side), {}, {}
    for year in range(1, years + 1):
        for path, share in (("gradual", cut * year / years), ("abrupt", cut)):
            money, capacity_of, allocation_of = model.year(year, share, expand, divert, domestic)
            row = {name: Dollars(value, 2 * len(leaves)) for name, value in money.items()}
            row.update(cut=share, uncovered_share=f.ratio(money["uncovered"], model.whole),
                       partner_loss_share=f.ratio(money["partner_loss"], model.sales))
            wanted[path, year] = row
            for s, c in capacity_of.items():
                if c > len(leaves):
                    parts[path, year, s] = {"capacity": Dollars(c, 2 * (years + 1) * len(leaves)),
                                            "allocation": Dollars(allocation_of[s], 2 * (years + 2) * len(leaves))}
    more = {"cut": cut, "years": years, "expand": expand, "divert": divert, "domestic": domestic, "side": side}
    answer = ask(server, world, "scenario", q, **more)
    case.rows(answer, ("path", "year"), wanted)
    for row in answer.rows:
        case.same(answer.url, "domestic + covered + uncovered", row["domestic"] + row["covered"] + row["uncovered"], row["gap"])
    allocated = ask(server, world, "scenario", q, **more, allocation=1)
    if case.rows(allocated, ("path", "year", "supplier"), parts, extra=True):
        for row in answer.rows:
            given = sum(a["allocation"] for a in allocated.rows if (a["path"], a["year"]) == (row["path"], row["year"]))
            case.same(allocated.url, "allocations of year %d, %s" % (row["year"], row["path"]), given, row["covered"])


def cost(case, server, world, q):
    """G4, W1: the alternatives' unit values over the partner's, weighed with what each takes over."""
    trade = world.trade(q.t)
    _, _, allocation = f.Cut(trade, q.r, q.p, [q.k]).year(1, 0.5, 0.1, 0.2, 0)
    value = {s: world.unit_value(q.t, [(s, i) for i in world.countries], (q.k,)) for s in list(allocation) + [q.p]}
    weighed = {s: v for s, v in allocation.items() if v and value[s] is not None and value[q.p]}
    whole, amount = sum(weighed.values()), sum(v * (value[s] / value[q.p] - 1) for s, v in weighed.items())
    slack = 2 + 2 * sum(value[s] / value[q.p] for s in weighed)
    wanted = {"gradual": {"cost": Dollars(amount, slack) if weighed else None}}
    if whole > 10**7:  # below, the rounding of the allocations to whole dollars is in the millionths
        wanted["gradual"].update(cost_multiple=1 + amount / whole, cost_coverage=f.ratio(whole, sum(allocation.values())))
    case.rows(ask(server, world, "scenario", q, cut=0.5, path="gradual"), "path", wanted)


def unit_values(case, server, world, q):
    """G4 of a product of the pair and of every supplier of it: goods without a weight are left out, not taken as weightless."""
    answer = ask(server, world, "products", q._replace(level=world.level), product=q.k)
    wanted = {q.k: {"imports_unit_value": world.unit_value(q.t, [(q.p, q.r)], (q.k,)),
                    "exports_unit_value": world.unit_value(q.t, [(q.r, q.p)], (q.k,))}}
    case.rows(answer, "product", wanted)
    wanted = {s: {"unit_value": world.unit_value(q.t, [(s, i) for i in world.countries], (q.k,))}
              for s in f.Supply(world.trade(q.t), q.r, q.p, q.k).alternatives()}
    case.rows(ask(server, world, "suppliers", q), "supplier", wanted)


# ---- S, C: indices ----

def rca(case, server, world, q):
    trade = world.trade(q.t, q.level)
    wanted = {}
    for code in sorted(trade.sold.get(q.r, {})):
        value = f.rca(trade.exports(q.r, code), trade.x[q.r], trade.world[code], trade.w)
        wanted[code] = {"rca": value, "symmetric_rca": f.symmetric_rca(value)}
    case.rows(ask(server, world, "rca", q), "product", wanted, extra=True)


def tii(case, server, world, q):
    trade = world.trade(q.t)
    x, flow, m = trade.x.get(q.r, 0), trade.total(q.r, q.p), trade.m.get(q.p, 0)
    wanted = {(q.r, q.p): {"tii": f.trade_intensity(flow, x, m, trade.w),
                           "tii_excluding_reporter": f.trade_intensity(flow, x, m, trade.w - trade.m.get(q.r, 0))}}
    case.rows(ask(server, world, "tii", q), ("reporter", "partner"), wanted)


def tci(case, server, world, q):
    if q.level == "sector":
        return
    trade = world.trade(q.t, q.level)
    wanted = {(q.r, q.p): {"tci": f.complementarity(trade.sold.get(q.r, {}), trade.bought.get(q.p, {}))}}
    case.rows(ask(server, world, "tci", q), ("reporter", "partner"), wanted)


def grubel_lloyd(case, server, world, q):
    if q.level == "sector":
        return
    trade = world.trade(q.t, q.level)
    x, m = trade.flow.get((q.r, q.p), {}), trade.flow.get((q.p, q.r), {})
    wanted = {code: {"grubel_lloyd": f.grubel_lloyd(x.get(code, 0), m.get(code, 0))} for code in trade.codes_of(x, m)}
    answer = ask(server, world, "grubel-lloyd", q)
    if case.rows(answer, "product", wanted):
        case.summary(answer, columns(aggregate_grubel_lloyd=f.grubel_lloyd_of_all(x, m)))


def finger_kreinin(case, server, world, q):
    """Krugman's index is the cheap check of Finger and Kreinin's: 2 (1 - FK)."""
    if q.level == "sector":
        return
    trade = world.trade(q.t, q.level)
    one, other = trade.sold.get(q.r, {}), trade.sold.get(q.p, {})
    answer = ask(server, world, "finger-kreinin", q)
    wanted = {"finger_kreinin": f.finger_kreinin(one, other), "krugman": f.krugman(one, other)}
    if case.rows(answer, ("reporter", "partner"), {(q.r, q.p): wanted}) and wanted["krugman"] is not None:
        case.same(answer.url, "2 (1 - FK) by both formulas", 2 * (1 - wanted["finger_kreinin"]), wanted["krugman"])


def hirschman(case, server, world, q):
    trade = world.trade(q.t)
    origins = [trade.total(p, q.r) for p in world.countries if trade.total(p, q.r)]
    wanted = {q.r: {"hirschman": f.hirschman(origins), "hhi": f.hhi(origins)}}
    case.rows(ask(server, world, "hirschman", q), "reporter", wanted)


def hhi(case, server, world, q):
    trade = world.trade(q.t, q.level)
    wanted = {}
    for code, origins in trade.suppliers.get(q.r, {}).items():
        amounts = list(origins.values())
        wanted[code] = {"hhi": f.hhi(amounts), "normalised_hhi": f.normalised_hhi(amounts), "suppliers": len(amounts)}
    case.rows(ask(server, world, "hhi", q), "product", wanted, extra=q.level == "sector")


# ---- rankings and rows ----

def partners(case, server, world, q):
    trade, before = world.trade(q.t), world.trade(q.vs) if q.vs else None
    if q.r not in trade.x or q.r not in trade.m or (before and (q.r not in before.x or q.r not in before.m)):
        return
    for by in ("total", "exports", "imports"):
        now, then = value_by_partner(world, trade, q.r, by), value_by_partner(world, before, q.r, by) if before else {}
        whole, so_far, wanted = sum(now.values()), 0, {}
        for rank, (_, p) in enumerate(sorted((-v, p) for p, v in now.items() if v)):
            x, m = trade.total(q.r, p), trade.total(p, q.r)
            so_far += now[p]
            wanted[p] = {"rank": rank + 1, "exports": x, "imports": m, "total": x + m, "balance": x - m,
                         "share": now[p] / whole, "growth": f.growth(now[p], then.get(p, 0)),
                         "cumulative_share": so_far / whole}
        answer = ask(server, world, "partners", q, **({} if by == "total" else {"by": by}))
        if case.rows(answer, "partner", wanted, extra=by != "total"):
            case.summary(answer, {"hhi": f.hhi(now.values())})
            shares = sum(row["share"] or 0 for row in answer.rows)
            case.holds(answer.url, "shares add up to 1: %.9f" % shares, abs(shares - 1) <= 1e-6 * (len(wanted) + 1))


def value_by_partner(world, trade, r, by):
    return {p: (by != "imports") * trade.total(r, p) + (by != "exports") * trade.total(p, r) for p in world.countries if p != r}


def compare(case, server, world, q):
    third = next(c for c in world.countries if c not in (q.r, q.p) and world.trade(q.t).total(c, q.p))
    trade, wanted = world.trade(q.t), {}
    for r, p in ((q.r, q.p), (q.p, q.r), (third, q.p)):
        x, m = trade.total(r, p), trade.total(p, r)
        origins = [trade.total(s, r) for s in world.countries if trade.total(s, r)]
        wanted[r, p] = {"exports": x, "imports": m, "balance": x - m, "share_of_imports": f.ratio(m, trade.m.get(r, 0)),
                        "share_of_exports": f.ratio(x, trade.x.get(r, 0)), "hhi": f.hhi(origins)}
    answer = ask(server, world, "compare", q, pairs=",".join("%s-%s" % pair for pair in wanted))
    case.rows(answer, ("reporter", "partner"), wanted)


def mirror_of_one_book(case, server, world, q):
    """Where there is one value for both sides, there is nothing to compare: no gap of zero is made up."""
    trade, wanted = world.trade(q.t), {}
    for flow, usd in (("exports", trade.total(q.r, q.p)), ("imports", trade.total(q.p, q.r))):
        wanted[flow] = {"reported": usd, "mirrored": None, "gap": None, "ratio": None, "relative_gap": None}
    case.rows(ask(server, world, "mirror", q), "flow", wanted)


def mirror_of_named_book(case, server, world, q):
    """A dataset that is named is the one that is read, also where another one would be compared with more."""
    trade = world.trade(q.t)
    answer = server.ask(url("mirror", d=world.name, t=q.t, r=q.r, p=q.p).replace("mirror_dataset=%s&" % world.name, ""))
    case.rows(answer, "flow", {"exports": {"reported": trade.total(q.r, q.p), "dataset": world.name},
                               "imports": {"reported": trade.total(q.p, q.r), "dataset": world.name}})


def mirror_of_two_books(case, server, world, books):
    """Q1, Q2 for every pair, in all and by product: the gap is what the importer's book has above the exporter's."""
    for period in world.periods:
        for r in world.countries:
            for p in world.countries:
                if r != p:
                    mirror_of_pair(case, server, world, books, (period, r, p))


def mirror_of_pair(case, server, world, books, at):
    period, r, p = at
    for level in ("total", "hs6"):
        wanted = {}
        for flow, back in (("X", "M"), ("M", "X")):
            own = {k[4]: v for k, v in books.items() if k[:4] == (period, r, p, flow)}
            other = {k[4]: v for k, v in books.items() if k[:4] == (period, p, r, back)}
            if level == "total":
                own, other = {"TOTAL": sum(own.values())}, {"TOTAL": sum(other.values())}
            for code, value in own.items():
                wanted[("exports" if flow == "X" else "imports", code)] = gap_between(value, other[code], flow)
        q = Question(period, r, p, level, None, None)
        answer = server.ask(url("mirror", d="books", t=period, r=q.r, p=q.p, level=level))
        case.rows(answer, ("flow", "product"), wanted)


def gap_between(value, other, flow):
    imports, exports = (other, value) if flow == "X" else (value, other)
    fob = imports / 1.06
    return {"reported": value, "mirrored": other, "gap": imports - exports, "ratio": f.ratio(imports, exports),
            "relative_gap": f.ratio(imports - exports, (imports + exports) / 2),
            "mirrored_fob": Dollars(fob) if flow == "X" else Dollars(other), "gap_fob": Dollars(fob - exports),
            "relative_gap_fob": f.ratio(fob - exports, (fob + exports) / 2)}


def flows(case, server, world, q):
    """The cube itself: plain sums by product and partner, and those above a value."""
    level = world.level if q.level == "sector" else q.level
    trade = world.trade(q.t, level)
    more = {"reporter": q.r, "flow": "M", "group_by": "product,partner", "level": level}
    wanted = {(code, s): {"value": usd} for code, origins in trade.suppliers.get(q.r, {}).items() for s, usd in origins.items()}
    whole = ask(server, world, "flows", q, **more)
    case.rows(whole, ("product", "partner"), wanted)
    if wanted:
        middle = sorted(row["value"] for row in wanted.values())[len(wanted) // 2]
        large = {key: row for key, row in wanted.items() if row["value"] >= middle}
        case.rows(ask(server, world, "flows", q, **more, **{"value.gte": middle}), ("product", "partner"), large)


def flows_by_partner(case, server, world, q):
    """Shares add up to 1, the largest and the others to all; several reporters and periods; Comtrade's names."""
    trade = world.trade(q.t)
    more = {"reporter": q.r, "flow": "M", "group_by": "partner"}
    bought = {p: trade.total(p, q.r) for p in world.countries if trade.total(p, q.r)}
    whole = sum(bought.values())
    answer = ask(server, world, "flows", q, **more)
    case.rows(answer, "partner", {p: {"value": usd, "share": usd / whole} for p, usd in bought.items()})
    shares = sum(row["share"] for row in answer.rows)
    case.holds(answer.url, "shares add up to 1: %.9f" % shares, abs(shares - 1) <= 1e-6 * (1 + len(bought)))
    top = ask(server, world, "flows", q, **more, sort="-value", top=2)
    if case.answered(top):
        case.same(top.url, "sum with other", sum(r["value"] for r in top.rows), whole)
    both = ask(server, world, "flows", q._replace(t=",".join(world.periods)), reporter=",".join((q.r, q.p)), flow="exports",
               group_by="reporter,period")
    case.rows(both, ("reporter", "period"), {(c, t): {"value": world.trade(t).x[c]} for t in world.periods for c in (q.r, q.p)
                                             if c in world.trade(t).x})
    alias = ask(server, world, "flows", q, reporterCode=q.r, partnerCode=q.p, flowCode="M", cmdCode="AG2")
    codes = world.trade(q.t, "hs2").flow.get((q.p, q.r), {})
    case.rows(alias, "product", {code: {"value": usd, "share": usd / trade.total(q.p, q.r)} for code, usd in codes.items()})
