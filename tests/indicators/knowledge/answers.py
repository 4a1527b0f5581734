"""What each endpoint must answer about a world: one function an endpoint, which asks and compares."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import formulas as f  # noqa: E402  (of the folder above)
from codes import GROUPS, WORLD, codes_below, in_revision, nowhere, predecessors, same_in_2022, successors  # noqa: E402
from faults import ANY, Cell  # noqa: E402
from figures import Either, before, figure, growth, set_against, share  # noqa: E402
from returns import DIGITS  # noqa: E402

ALL = "&limit=50000"
# Why a cell is null -> flags of which the row has one.
FLAG_OF = {"not_reported": ("not_reported",), "other_revision": ("other_revision",), "outside_set": ("outside_set",),
           "not_listed": ("not_listed",), "selected_products": ("selected_products", "partial_sector")}
FLOW = {"X": "exports", "M": "imports"}


def plain(fig, asked=True):
    """A figure on its own: its value; null with why and bound; a part is flagged, and a sum in place of the world's row, if that
    is what is asked for."""
    if fig.value is None:
        flags = tuple(flag for why in fig.why for flag in FLAG_OF[why])
        return Cell(None, flags, fig.most)
    flags = ()
    if fig.part:
        flags = ("partial_sector", "selected_products", "members_missing")
    elif not fig.complete:
        flags = ("partial_year", "months_differ")
    elif "summed" in fig.flags and asked:
        flags = ("summed", "closed_set")
    elif "members_missing" in fig.flags:
        flags = ("members_missing",)
    return Cell(fig.value, flags)


def of_common_months(fig, other):
    """Beside another figure it may be cut down to the months that both have."""
    told = plain(fig)
    both = fig.months & other.months
    if fig.value is not None and both and both != fig.months:
        return Cell(Either(fig.value, fig.over(both)), told.flags or ("partial_year", "months_differ"))
    return told


class Asked:
    """A world, the program, and where faults are counted."""

    def __init__(self, world, server, faults):
        self.world, self.server, self.faults = world, server, faults

    def get(self, path):
        joint = "&" if "?" in path else "?"
        return self.server.ask(path + joint + "dataset=" + self.world.name + ALL)

    def figure(self, r, p, flow, node, t):
        return figure(self.world, r, p, flow, node, t)


# ---- one pair ----

def pair_row(a, r, p, node, t):
    x, m = a.figure(r, p, "X", node, t), a.figure(r, p, "M", node, t)
    wx, wm = a.figure(r, WORLD, "X", node, t), a.figure(r, WORLD, "M", node, t)
    x0, m0 = a.figure(r, p, "X", node, before(t)), a.figure(r, p, "M", node, before(t))
    row = {"exports": of_common_months(x, m), "imports": of_common_months(m, x)}
    row["total"] = set_against(x, m, lambda a, b: a + b)
    row["balance"] = set_against(x, m, lambda a, b: a - b)
    row["cover_ratio"] = set_against(x, m, f.ratio)
    row["normalised_balance"] = set_against(x, m, lambda a, b: f.ratio(a - b, a + b))
    row["share_of_exports"], row["share_of_imports"] = shares_of(p, x, wx), shares_of(p, m, wm)
    if p not in GROUPS and p != WORLD:
        row["share_of_total"] = share_of_both(x, m, wx, wm)
    row["exports_growth"], row["imports_growth"] = growth(x, x0), growth(m, m0)
    if not (x.complete and m.complete and x0.complete and m0.complete):  # a row of a part of a year need not tell the other flow's
        for name in ("exports_growth", "imports_growth"):
            row[name] = Either(row[name], None)
    if all(fig.whole for fig in (x, m, x0, m0)):
        row["balance_change"] = x.value - m.value - x0.value + m0.value
    elif any(fig.value is None for fig in (x, m, x0, m0)) or not (x.complete and m.complete):
        row["balance_change"] = None
    both = x.months & m.months
    if a.world.frequency == "M" and both:
        row["months_held"] = Either(len(both), len(x.months | m.months)) if x.months != m.months else len(both)
    return row


def shares_of(p, part, whole):
    """The world's share in itself is anybody's choice, a group's too."""
    return ANY if p == WORLD or p in GROUPS else share(part, whole)


def share_of_both(x, m, wx, wm):
    both = x.months & m.months & wx.months & wm.months
    if not both or any(fig.part for fig in (x, m, wx, wm)):
        return None
    value = f.ratio(x.over(both) + m.over(both), wx.over(both) + wm.over(both))
    return value if all(fig.months == both for fig in (x, m, wx, wm)) else Either(value, None)


def ranked(a, r, p, node, periods):
    """Period -> (rank of the deficit, of, rank of the total, of, since): over complete periods up to it; a series of one has no
    record."""
    found, so_far = {}, []
    for t in periods:
        x, m = a.figure(r, p, "X", node, t), a.figure(r, p, "M", node, t)
        if not (x.whole and m.whole):
            found[t] = (None,) * 4
            continue
        so_far.append((m.value - x.value, m.value + x.value, t))
        n, (deficit, total, _) = len(so_far), so_far[-1]
        rank = 1 + sum(d > deficit for d, _, _ in so_far) if deficit > 0 and n > 1 else None
        found[t] = rank, 1 + sum(b > total for _, b, _ in so_far) if n > 1 else None, n, so_far[0][2]
    return found


BASKETS = {"electric-batteries": ("8506", "8507")}  # of config/sectors.json, the same in every revision


def bilateral(a, r, p, product=None, years=None):
    node = BASKETS.get(product, product or "")
    periods = years or a.world.periods
    series = a.world.periods if a.world.frequency != "M" or len(periods[0]) == 7 else sorted({t[:4] for t in a.world.periods})
    ranks = ranked(a, r, p, node, series)

    def row(t):
        if t not in periods:
            return None
        wanted = pair_row(a, r, p, node, t)
        deficit, total, of, since = ranks[t]
        wanted.update(deficit_rank=deficit, total_rank=total)
        if deficit is not None:
            wanted.update(deficit_rank_of=of, deficit_rank_since=since)
        if total is not None:
            wanted.update(total_rank_of=of, total_rank_since=since)
        if node and a.world.coverage == "selected":
            wanted.pop("total_rank"), wanted.pop("deficit_rank")
        return wanted

    more = "&product=" + product if product else ""
    a.faults.answer("bilateral", a.get("/v1/bilateral/%s/%s?period=%s%s" % (r, p, ",".join(periods), more)), "period", row, periods)


def nodes_of(a, r, p, level, t, flows="XM"):
    return sorted(set().union(*(a.world.nodes(r, flow, leaf, p, DIGITS[level]) for flow in flows
                                for leaf in a.figure(r, p, flow, "", t).cells)))


def products(a, r, p, level, t, vs):
    def row(node):
        if node.endswith("-rest"):
            return rest_row(a, r, p, node[:-5], t)
        x, m = a.figure(r, p, "X", node, t), a.figure(r, p, "M", node, t)
        whole = {flow: a.figure(r, p, flow, "", t) for flow in "XM"}
        wanted = {"exports": plain(x), "imports": plain(m), "balance": set_against(x, m, lambda a, b: a - b),
                  "share_of_exports": share(x, a.figure(r, WORLD, "X", node, t)),
                  "share_of_imports": share(m, a.figure(r, WORLD, "M", node, t)),
                  "share_of_bilateral_exports": share(x, whole["X"]), "share_of_bilateral_imports": share(m, whole["M"])}
        if vs:
            for flow, now in (("X", x), ("M", m)):
                then, all_then = a.figure(r, p, flow, node, vs), a.figure(r, p, flow, "", vs)
                known = now.whole and then.whole and all_then.whole
                wanted[FLOW[flow] + "_contribution_pp"] = f.contribution(now.value, then.value, all_then.value) if known else None
        total = codes_below(a.world.hs, node, DIGITS[a.world.level]) if a.world.hs and (x.part or m.part) else None
        if total:
            wanted["codes_total"] = len(total)
        if len(node) == 6 and a.world.hs and a.world.hs < "HS2022" and node != "854140" and not same_in_2022(a.world.hs, node):
            wanted["name"] = None  # the name of HS 2022 is another thing's
        return wanted

    must = nodes_of(a, r, p, level, t) + rests_of(a, r, p, level, t)
    path = "/v1/bilateral/%s/%s/products?level=%s&period=%s" % (r, p, level, t) + ("&vs=" + vs if vs else "")
    answer = a.get(path)
    if answer.status == 422 and vs and not any(a.figure(r, p, flow, "", vs).value is not None for flow in "XM"):
        a.faults.compared += 1  # the period that is to be compared with is not there
        return
    a.faults.answer("products", answer, "product", row, must)


def rests_of(a, r, p, level, t):
    """Rows of rests at a level: of the published aggregates above it whose parts at that level do not add up."""
    found = set()
    for flow in "XM":
        own = a.world.returns.get((r, flow, t), {}).get(p, {})
        for node in own:
            if len(node) < DIGITS[level] and rest_at(own, node, DIGITS[level]):
                found.add((node or "TOTAL") + "-rest")
    return sorted(found)


def rest_at(own, node, digits):
    """What the rows of a level (themselves published, or sums of what lies below) lack of an aggregate above, and which no
    nearer aggregate above lacks."""
    between = [c for c in own if c != node and c.startswith(node) and len(c) < digits]
    tops = [c for c in between if not any(c != b and c.startswith(b) for b in between)]
    below = sum(own[c] for c in tops)
    finer = [c for c in own if c.startswith(node) and len(c) >= digits and not any(c.startswith(b) for b in tops)]
    finer = [c for c in finer if not any(c != b and c.startswith(b) for b in finer)]
    return own[node] - below - sum(own[c] for c in finer)


def rest_row(a, r, p, name, t):
    node, wanted = "" if name == "TOTAL" else name, {}
    for flow in "XM":
        own = a.world.returns.get((r, flow, t), {}).get(p, {})
        wanted[FLOW[flow]] = ANY
        if node in own:
            wanted[FLOW[flow]] = Either(rest_at(own, node, 6), rest_at(own, node, 4), rest_at(own, node, 2))
    return wanted


def compare(a, pairs, t):
    def row(at):
        r, p = at
        wanted = pair_row(a, r, p, "", t)
        for gone in ("normalised_balance", "balance_change"):
            wanted.pop(gone, None)
        return wanted

    path = "/v1/compare?pairs=%s&period=%s" % (",".join("%s-%s" % pair for pair in pairs), t)
    a.faults.answer("compare", a.get(path), ("reporter", "partner"), row, pairs)


def mirror(a, r, p, t):
    if a.world.basis == "reconciled":
        return

    def row(flow):
        flow = {"exports": "X", "imports": "M"}.get(flow)
        if flow is None:
            return None
        ours, theirs = a.figure(r, p, flow, "", t), a.figure(p, r, "M" if flow == "X" else "X", "", t)
        return {"reported": of_common_months(ours, theirs), "mirrored": of_common_months(theirs, ours),
                "gap": set_against(*((ours, theirs) if flow == "M" else (theirs, ours)), lambda a, b: a - b)}

    path = "/v1/mirror/%s/%s?period=%s&mirror_dataset=%s" % (r, p, t, a.world.name)
    answer = a.get(path)
    sides = [any(a.figure(one, other, flow, "", t).value is not None for flow in "XM") for one, other in ((r, p), (p, r))]
    if answer.status == 422 and not all(sides):  # the dataset that was named for one of them cannot answer
        a.faults.compared += 1
        return
    a.faults.answer("mirror", answer, "flow", row, ("exports", "imports"))


# ---- lists ----

def flows_of_pairs(a, reporters, partners, flow, level, t, wanted_nodes=None):
    """Reporter x partner x product, each named: every cell has an answer."""
    named = wanted_nodes or sorted({n for r in reporters for p in partners for n in nodes_of(a, r, p, level, t, flow)})
    named = [n for n in named if n][:150]
    if not named and level != "total":
        return
    key = ("reporter", "partner") if level == "total" else ("reporter", "partner", "product")

    def row(at):
        node = "" if level == "total" else at[2]
        if node is None or node.endswith("-rest"):
            return {}
        fig = a.figure(at[0], at[1], flow, node, t)
        wanted = {"value": plain(fig)}
        if a.world.frequency == "M" and fig.months:
            wanted["months_held"] = len(fig.months)
        return wanted

    products_ = "" if level == "total" else "&product=" + ",".join(named)
    must = [(r, p) + (() if level == "total" else (n,)) for r in reporters for p in partners if r != p
            for n in (named if level != "total" else ("",))]
    path = "/v1/flows?reporter=%s&partner=%s&flow=%s&period=%s%s&group_by=%s" % (
        ",".join(reporters), ",".join(partners), FLOW[flow], t, products_, ",".join(key))
    a.faults.answer("flows", a.get(path), key, row, must)


def everybody(a, r, flow, t):
    return set().union(*(a.world.partners_named(r, flow, leaf) for leaf in a.figure(r, WORLD, flow, "", t).cells))


def can_rank(a, r, flow, t):
    leaves = [leaf for leaf in a.figure(r, WORLD, flow, "", t).cells if a.world.has_return(r, flow, leaf)]
    return bool(leaves) and all(a.world.partners_of(r, flow, leaf) in ("all", "closed") for leaf in leaves)


def partners(a, r, by, t):
    """A ranking needs all partners and the flows that it is of."""
    flows = {"total": "XM", "exports": "X", "imports": "M"}[by]
    known = all(can_rank(a, r, flow, t) and a.figure(r, WORLD, flow, "", t).whole for flow in flows)
    whole = [a.figure(r, WORLD, flow, "", t) for flow in flows]
    everyone = sorted(everybody(a, r, "X", t) | everybody(a, r, "M", t))

    def row(p):
        if p == WORLD or p in GROUPS:
            return None
        x, m = a.figure(r, p, "X", "", t), a.figure(r, p, "M", "", t)
        wanted = {"exports": of_common_months(x, m), "imports": of_common_months(m, x),
                  "balance": set_against(x, m, lambda a, b: a - b), "total": set_against(x, m, lambda a, b: a + b)}
        both = share(*((x, whole[0]) if by == "exports" else (m, whole[-1]))) if by != "total" else share_of_both(x, m, *whole)
        wanted["share"] = both if known else (Either(both, None) if any(fig.value is not None for fig in whole) else None)
        return wanted

    answer = a.get("/v1/partners/%s?by=%s&period=%s" % (r, by, t))
    must = [p for p in everyone if tells_any(a, r, p, flows, t)] if known else []
    a.faults.answer("partners", answer, "partner", row, must)
    if answer.status == 200:
        wanted = {}
        if len(flows) == 1 and known:
            wanted["value"] = whole[0].value
        elif not known and not any(fig.value is not None for fig in whole):
            wanted.update(value=None, hhi=None)
        elif not known and not all(fig.value is not None and not fig.part for fig in whole):
            wanted.update(hhi=None)
        a.faults.row("partners.summary", answer.url, "summary", answer.summary, wanted)


def tells_any(a, r, p, flows, t):
    return any(a.figure(r, p, flow, "", t).value for flow in flows)


def deficits(a, r, t):
    x_known, m_known = (can_rank(a, r, flow, t) and a.figure(r, WORLD, flow, "", t).value is not None for flow in "XM")
    everyone = sorted(everybody(a, r, "X", t) | everybody(a, r, "M", t))
    balance = {p: set_against(a.figure(r, p, "X", "", t), a.figure(r, p, "M", "", t), lambda a, b: a - b) for p in everyone}
    certain = {p: b for p, b in balance.items() if isinstance(b, int)}
    unsure = any(not isinstance(b, int) for b in balance.values())
    whole = sum(b for b in certain.values() if b < 0)

    def row(p):
        if p == WORLD or p in GROUPS:
            return None
        b = balance.get(p)
        if isinstance(b, int) and b >= 0 or b is None and p in balance:
            return None
        wanted = {"exports": of_common_months(a.figure(r, p, "X", "", t), a.figure(r, p, "M", "", t)),
                  "imports": of_common_months(a.figure(r, p, "M", "", t), a.figure(r, p, "X", "", t)), "balance": b}
        if not unsure and x_known and m_known and isinstance(b, int):
            wanted["share_of_deficit"] = b / whole
        return wanted

    answer = a.get("/v1/deficits/%s?period=%s" % (r, t))
    must = [p for p, b in certain.items() if b < 0] if x_known and m_known else []
    a.faults.answer("deficits", answer, "partner", row, must)
    a.faults.compared += 1
    if answer.status == 200 and not (x_known and m_known) and answer.body["meta"].get("empty_reason") == "no_deficits":
        a.faults.fault("deficits", "empty_reason", "none where unknown", answer.url, "no_deficits, a flow is not known")


# ---- dependence, leverage, suppliers, scenario ----

def concentration(a, r, node, t):
    """(least HHI, most HHI, named suppliers, what nobody in particular sold) of imports; None where the suppliers are not known.
    Suppliers of which nothing is known sold no more than the world's row leaves for them."""
    whole = a.figure(r, WORLD, "M", node, t)
    if not can_rank(a, r, "M", t) or not whole.whole or not whole.value:
        return None
    origins = {p: a.figure(r, p, "M", node, t) for p in everybody(a, r, "M", t)}
    there = {p: o.value for p, o in origins.items() if o.value is not None}
    if any(o.part or not (o.complete or o.value is None) for o in origins.values()):
        return None
    left = whole.value - sum(there.values())
    named = {p: v for p, v in there.items() if v and not nowhere(p)}
    vague = sum(v for p, v in there.items() if nowhere(p)) + (left if abs(left) > max(1, len(there)) * a.world.unit else 0)
    if vague < 0 or (left and vague == 0 and whole.value < 10**5):
        return None
    shares = sorted((v / whole.value for v in named.values()), reverse=True)
    least = sum(s * s for s in shares)
    top = shares[0] if shares else 0
    most = least - top ** 2 + (top + vague / whole.value) ** 2 if vague else least
    return least, most, named, vague


def dependence(a, r, p, level, t, threshold=0.4):
    def row(node):
        if node.endswith("-rest"):
            return {}
        one, whole = a.figure(r, p, "M", node, t) if p else None, a.figure(r, WORLD, "M", node, t)
        wanted = {"imports_total": plain(whole, False)}
        if p:
            wanted["imports_from_partner"] = plain(one)
            wanted["share"] = share(one, whole)
        if not whole.value or one is not None and not one.value:
            unknown = whole.value is None or one is not None and one.value is None
            told = concentration(a, r, node, t) if one is not None and one.value is None and whole.value else None
            nothing_left = told is not None and not told[3]  # the others have all of it
            wanted["dependent"] = Either(False, None) if not unknown or nothing_left else None
            return wanted
        told = concentration(a, r, node, t)
        if told is None:
            lower_bound(wanted, a, r, one, whole, node, t, threshold)
            return wanted
        least, most, named, vague = told
        wanted["hhi"] = Cell(least, ("lower_bound",) if vague else ())
        wanted["suppliers"] = len(named) or Either(0, None)
        values = sorted(named.values(), reverse=True)
        if values and (len(values) < 2 or values[0] > values[1]):
            top = max(named, key=named.get)
            wanted["top_supplier"] = top if not vague or values[0] - (values[1] if len(values) > 1 else 0) > vague else Either(top, None)
            held = True if least > threshold else False if most <= threshold else None
            if p:
                held = held and p == top if held is not None else (False if p != top and not vague else None)
                if nowhere(p):  # which is never the largest supplier
                    held = Either(False, None)
                elif held is None and vague:  # whatever is nobody's, another one leads
                    others = [v for q, v in named.items() if q != p]
                    held = Either(False, None) if max(others, default=0) > named.get(p, 0) + vague else None
            if whole.complete:
                wanted["dependent"] = held
        exports = a.figure(r, WORLD, "X", node, t)
        if exports.whole and whole.whole and exports.months == whole.months:
            wanted["imports_over_exports"] = f.ratio(whole.value, exports.value)
        elif not exports.whole:
            wanted["imports_over_exports"] = None if exports.value is None or exports.part or whole.part else ANY
        return wanted

    target = "/%s" % p if p else ""
    answer = a.get("/v1/dependence/%s%s?level=%s&period=%s&threshold=%s" % (r, target, level, t, threshold))
    must = [n for n in nodes_of(a, r, p or WORLD, level, t, "M")] if p else sorted(
        set().union(*(nodes_of(a, r, q, level, t, "M") for q in everybody(a, r, "M", t)))) if can_rank(a, r, "M", t) else []
    endpoint = "dependence on" if p else "dependence"
    a.faults.answer(endpoint, answer, "product", row, must)
    a.faults.compared += 1
    unknown = a.figure(r, WORLD, "M", "", t).value is None and not must
    if answer.status == 200 and unknown and answer.body["meta"].get("empty_reason") == "no_trade_recorded":
        a.faults.fault(endpoint, "empty_reason", "none where unknown", answer.url, "no_trade_recorded, imports are not known")
    if answer.status == 200 and unknown:
        a.faults.row(endpoint + ".summary", answer.url, "summary", answer.summary, {"imports": None, "dependent_products": None})


def lower_bound(wanted, a, r, one, whole, node, t, threshold):
    """Other suppliers are not known: the concentration is at least that of those that are."""
    if not whole.whole or not whole.value:
        wanted.update(dependent=None, hhi=ANY if whole.value and not whole.part else None)
        return
    if one is not None and not one.whole:
        if one.part or one.value is None:
            wanted.update(dependent=None)
        return
    wanted["hhi"] = Cell(ANY, ("lower_bound",))
    origins = [a.figure(r, p, "M", node, t) for p in everybody(a, r, "M", t)]
    shares = sorted((o.value / whole.value for o in origins if o.value), reverse=True) if one is None else [one.value / whole.value]
    top = shares[0] if shares else 0
    least, others = sum(s * s for s in shares), 1 - sum(shares)
    if least > threshold and (top > 0.5 or one is None and top > others):
        wanted["dependent"] = True
    elif least - top ** 2 + (top + max(0, others)) ** 2 <= threshold:
        wanted["dependent"] = False


def leverage(a, r, p, level, t):
    def terms(node):
        m, x = a.figure(r, p, "M", node, t), a.figure(r, p, "X", node, t)
        px, pm = a.figure(p, r, "X", node, t), a.figure(p, r, "M", node, t)
        if a.world.basis == "reconciled":
            px, pm = m, x
        return {"imports": plain(m), "exports": plain(x), "import_dependence": share(m, a.figure(r, WORLD, "M", node, t)),
                "market_dependence": share(x, a.figure(r, WORLD, "X", node, t)),
                "partner_market_dependence": share(px, a.figure(p, WORLD, "X", node, t)),
                "partner_import_dependence": share(pm, a.figure(p, WORLD, "M", node, t))}

    def row(node):
        if node.endswith("-rest"):
            return {}
        wanted = terms("" if node == "TOTAL" else node)
        a_, b, c, d = (wanted[k] for k in ("import_dependence", "partner_market_dependence", "market_dependence",
                                           "partner_import_dependence"))
        if not any(isinstance(v, Either) for v in (a_, b, c, d)):
            wanted["asymmetry_imports"], wanted["asymmetry_market"] = f.less(a_, b), f.less(c, d)
            wanted["net_asymmetry"] = None if None in (a_, b, c, d) else a_ + c - b - d
            if any(zero_unknown(v) for v in (wanted["imports"], wanted["exports"])):
                wanted["lever"] = None
            wanted["loss_index_reporter"] = f.ces_loss(a_, 4, 1)
            wanted["loss_index_partner"] = f.ces_loss(d, 4, 1)
        return wanted

    answer = a.get("/v1/leverage/%s/%s?level=%s&period=%s" % (r, p, level, t))
    own = any(a.figure(r, p, flow, "", t).value is not None for flow in "XM")
    must = [] if not own else ["TOTAL"] if level == "total" else nodes_of(a, r, p, level, t)
    a.faults.answer("leverage", answer, "product", row, must)


def zero_unknown(cell):
    return cell.value is None


def suppliers(a, r, node, t):
    whole = a.figure(r, WORLD, "M", node, t)

    def row(s):
        if s == "other":
            return {}
        if nowhere(s) or s in GROUPS or s == WORLD or s == r:
            return None
        buys, sells, back = a.figure(r, s, "M", node, t), a.figure(s, WORLD, "X", node, t), a.figure(s, r, "X", node, t)
        wanted = {"share_of_imports": share(buys, whole), "world_exports": plain(sells, False)}
        told = [fig.value for fig in (buys, back)]
        wanted["sales_to_importer"] = told[0] if a.world.basis == "reconciled" and buys.whole else Either(*told)
        if sells.value is None:
            wanted["world_share"] = None
        return wanted

    answer = a.get("/v1/suppliers/%s?importer=%s&period=%s" % (node, r, t))
    sellers = [p for p in everybody(a, r, "M", t) if not nowhere(p) and a.figure(r, p, "M", node, t).value]
    must = sellers if can_rank(a, r, "M", t) else []
    a.faults.answer("suppliers", answer, "supplier", row, must)
    if answer.status == 200:
        a.faults.row("suppliers.summary", answer.url, "summary", answer.summary, {"imports": plain(whole).value})


def scenario(a, r, p, node, t):
    m, whole = a.figure(r, p, "M", node, t), a.figure(r, WORLD, "M", node, t)
    if m.part or not m.complete:
        return

    def row(at):
        gap = None if m.value is None else 0.5 * m.value
        wanted = {"gap": ANY if gap is not None and len(node) < 6 else gap}  # each product is rounded
        if gap is None:
            wanted.update(covered=None, uncovered=None, partner_loss=None)
        return wanted

    answer = a.get("/v1/scenario/%s/%s?product=%s&period=%s&cut=0.5&years=1" % (r, p, node, t))
    a.faults.answer("scenario", answer, "path", row, ("gradual", "abrupt"))
    if answer.status == 200:
        a.faults.row("scenario.summary", answer.url, "summary", answer.summary,
                     {"imports": m.value, "imports_total": plain(whole).value, "share": share(m, whole)})


def check(a, r, p, flow, t):
    """A figure that is not known matches nothing, a 0 least of all."""
    fig = a.figure(r, p, flow, "", t)
    value = fig.value if fig.value is not None else 0
    answer = a.server.ask("/v1/check?reporter=%s&partner=%s&flow=%s&period=%s&value=%d%s" % (r, p, FLOW[flow], t, value, ALL))
    a.faults.compared += 1
    if answer.status != 200:
        return
    own = [row for row in answer.rows if row["dataset"] == a.world.name and row["reporter"] == r and row["flow"] == FLOW[flow]
           and row["period"] == t and row["basis"] in ("own", "reconciled") and "estimate" not in row["differs"]]
    for row in own:
        wanted = {"value": Cell(fig.value, ("partial_year",) if fig.value is not None and not fig.complete else ())}
        a.faults.row("check", answer.url, (r, p, flow, t), row, wanted)
        if fig.value is None and row["verdict"] == "match":
            a.faults.fault("check", "verdict", "match with the unknown", answer.url, str(row["value"]))
    if fig.whole and not own:
        a.faults.fault("check", "(row)", "no row", answer.url, "own value %d" % fig.value)


# ---- indices ----

def vector(a, r, flow, level, t, exact=False):
    """Code -> USD with all partners; None where a product or the total is not known, or `exact` and they differ by rounding."""
    total = a.figure(r, WORLD, flow, "", t)
    if not total.whole:
        return None
    nodes = set().union(*(a.world.nodes(r, flow, t, q, DIGITS[level])
                          for q in (set(everybody(a, r, flow, t)) | {WORLD})))
    cells = {n: a.figure(r, WORLD, flow, n, t) for n in nodes}
    if any(not c.whole for c in cells.values()):
        return None
    within = abs(sum(c.value for c in cells.values()) - total.value) <= (0 if exact else len(cells) * a.world.unit)
    return {n: c.value for n, c in cells.items()} if within else None


def indices(a, r, p, level, t):
    if a.world.frequency == "M":
        return
    x, m, px, pm = (vector(a, c, flow, level, t) for c, flow in ((r, "X"), (r, "M"), (p, "X"), (p, "M")))

    def one(name, path, column, value):
        answer = a.get("/v1/indices/%s?period=%s&%s" % (name, t, path))
        if answer.status != 200:
            a.faults.refused(name, answer, lambda at: {column: value}, (0,))
            return
        for row in answer.rows[:1]:
            a.faults.row(name, answer.url, (r, p, t), row, {column: value})

    if None in (x, pm) or not (sum(x.values()) and sum(pm.values())):
        one("tci", "reporter=%s&partner=%s&level=%s" % (r, p, level), "tci", None)
    else:
        one("tci", "reporter=%s&partner=%s&level=%s" % (r, p, level), "tci", f.complementarity(x, pm))
    one("finger-kreinin", "reporter=%s&partner=%s&level=%s" % (r, p, level), "finger_kreinin",
        None if None in (x, px) else f.finger_kreinin(x, px))
    origins = {q: a.figure(r, q, "M", "", t) for q in everybody(a, r, "M", t)}
    whole = a.figure(r, WORLD, "M", "", t)
    known = can_rank(a, r, "M", t) and whole.whole and all(o.whole for o in origins.values())
    vague = known and (any(nowhere(q) for q in origins) or sum(o.value for o in origins.values()) != whole.value)
    if not vague:
        one("hirschman", "reporter=%s&flow=imports" % r, "hirschman",
            f.hirschman([o.value for o in origins.values()]) if known else None)

    def balanced(node):
        if node.endswith("-rest"):
            return {}
        one_, other = a.figure(r, p, "X", node, t), a.figure(r, p, "M", node, t)
        return {"grubel_lloyd": f.grubel_lloyd(one_.value, other.value) if one_.whole and other.whole else None}

    a.faults.answer("grubel-lloyd", a.get("/v1/indices/grubel-lloyd?reporter=%s&partner=%s&level=%s&period=%s" % (r, p, level, t)),
                    "product", balanced, ())
    rca(a, r, level, t)
    hhi(a, r, level, t)
    tii(a, r, p, t, one)


def rca(a, r, level, t):
    """Of the countries that report; a figure of half of the world says so."""
    reporters = sorted({c for c in a.world.members if a.world.has_return(c, "X", t)})
    vectors = {c: vector(a, c, "X", level, t, exact=True) for c in reporters}
    answer = a.get("/v1/indices/rca?reporter=%s&level=%s&period=%s" % (r, level, t))
    if any(v is None for v in vectors.values()) or r not in vectors:
        if r not in vectors and answer.status == 200:
            for row in answer.rows:
                a.faults.row("rca", answer.url, row["product"], row, {"rca": None})
        else:
            a.faults.compared += 1
        return
    world = {}
    for v in vectors.values():
        for node, usd in v.items():
            world[node] = world.get(node, 0) + usd

    def row(node):
        own = vectors[r]
        if not in_revision(a.world.hs, node) and not world.get(node):
            return {"rca": None}
        return {"rca": Either(f.rca(own.get(node, 0), sum(own.values()), world.get(node, 0), sum(world.values())), None)}

    a.faults.answer("rca", answer, "product", row, ())


def tii(a, r, p, t, one):
    """X_ij / X_i over M_j / M_W: the world's imports are those of the countries that report."""
    flow, all_x, all_m = a.figure(r, p, "X", "", t), a.figure(r, WORLD, "X", "", t), a.figure(p, WORLD, "M", "", t)
    imports = [a.figure(c, WORLD, "M", "", t) for c in sorted(a.world.members) if a.world.has_return(c, "M", t)]
    if None in (flow.value, all_x.value, all_m.value):
        one("tii", "reporter=%s&partner=%s" % (r, p), "tii", None)
    elif all(fig.whole for fig in [flow, all_x, all_m] + imports):
        value = f.trade_intensity(flow.value, all_x.value, all_m.value, sum(fig.value for fig in imports))
        one("tii", "reporter=%s&partner=%s" % (r, p), "tii", value if len(imports) == len(a.world.members) else Either(value, None))


def profile(a, worlds, r, p):
    """Its parts are of the datasets that it names: rows as those have them."""
    answer = a.server.ask("/v1/profile/%s/%s" % (r, p))
    a.faults.compared += 1
    if answer.status != 200:
        return
    part = answer.body.get("totals") or {}
    world = worlds.get(part.get("dataset"))
    if world is None or part.get("rows") is None:
        return
    inside = Asked(world, a.server, a.faults)
    for row in part["rows"]:
        wanted = pair_row(inside, r, p, "", row["period"])
        wanted = {column: wanted[column] for column in ("exports", "imports", "balance", "total", "share_of_exports", "share_of_imports")}
        a.faults.row("profile.totals", answer.url, row["period"], row, wanted)
    part = answer.body.get("products") or {}
    world = worlds.get(part.get("dataset"))
    for way in ("exports", "imports") if world else ():
        for row in part.get(way) or ():
            if row["product"] != "other" and not row["product"].endswith("-rest"):
                figures = {FLOW[flow]: plain(figure(world, r, p, flow, row["product"], part["period"])) for flow in "XM"}
                a.faults.row("profile.products", answer.url, row["product"], row, figures)


def hhi(a, r, level, t):
    def row(node):
        if node.endswith("-rest"):
            return {}
        told = concentration(a, r, node, t)
        if told is None:
            return {"hhi": ANY if a.figure(r, WORLD, "M", node, t).whole else None}
        return {"hhi": Cell(told[0], ("lower_bound",) if told[3] else ())}

    a.faults.answer("hhi", a.get("/v1/indices/hhi?reporter=%s&level=%s&period=%s" % (r, level, t)), "product", row, ())


# ---- what is told of a dataset ----

def availability(a):
    """One row a return: products, partners, what decided."""
    w = a.world
    if w.basis == "reconciled":
        return

    def row(at):
        r, flow, t, partner = at
        flow = {"exports": "X", "imports": "M"}[flow]
        if not w.has_return(r, flow, t):
            return None
        if partner:
            return {"products": w.products(r, flow, t, partner)[0]}
        word, rule = w.products(r, flow, t)
        return {"products": word, "rule": rule, "partners": w.partners_of(r, flow, t), "hs": w.revision(r, flow, t),
                "world": WORLD in w.returns[r, flow, t]}

    must = [(r, FLOW[flow], t, None) for r, flow, t in w.returns]
    answer = a.server.ask("/v1/availability?dataset=" + w.name + ALL)
    if answer.status != 200 or "products" not in answer.columns:
        a.faults.lacking.setdefault(("availability", "a row a return"), answer.url)
        return
    a.faults.answer("availability", answer, ("reporter", "flow", "period", "partner"), row, must)


def codes(server, faults, some):
    """What comes before and after a code stands in its document."""
    for code in some:
        answer = server.ask("/v1/products/" + code)
        row = answer.rows[0] if answer.status == 200 and answer.rows else {}
        for column, wanted in (("successors", successors(code)), ("predecessors", predecessors(code))):
            if not wanted:
                continue
            if column not in row:
                faults.lacking.setdefault(("products/{code}", column), answer.url)
                continue
            faults.compared += 1
            told = str(row[column])
            if any(other not in told for other in wanted):
                faults.fault("products/{code}", column, "not all told", answer.url, "%s, wanted %s" % (told[:80], sorted(wanted)[:8]))
