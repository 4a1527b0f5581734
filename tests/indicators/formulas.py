"""The economics, written down a second time from its sources and from nothing of the program's.

Every function takes amounts (integers of USD) and gives a fraction, or None where it is undefined (0/0 and the like).
The ids are those of the literature's table in the project's notes: D balance and shares, C concentration, E methods,
L leverage, S structure, G growth, W what-if.
"""
import math


def ratio(part, whole):
    return part / whole if whole else None


def less(a, b):
    return None if a is None or b is None else a - b


def growth(now, before):  # G1
    return None if not before else now / before - 1


def compound_growth(last, first, years):  # G2
    return None if not first or not years else (last / first) ** (1 / years) - 1


def contribution(now, before, total_before):  # G3
    return None if not total_before else 100 * (now - before) / abs(total_before)


def hhi(amounts):  # C1, C3
    total = sum(amounts)
    return sum(v * v for v in amounts) / (total * total) if total else None


def normalised_hhi(amounts):  # C2
    n, h = len(amounts), hhi(amounts)
    return None if n < 2 or h is None else (h - 1 / n) / (1 - 1 / n)


def hirschman(amounts):  # C4
    h = hhi(amounts)
    return None if h is None else 100 * math.sqrt(h)


def ces_loss(share, sigma, cut):  # L4: ln(1 / (1 - p s)) / (sigma - 1)
    if share is None or cut * share >= 1:
        return None
    return -math.log(1 - cut * share) / (sigma - 1)


def weighed_loss(imports_and_shares, sigma, cut):
    """L4 over products, weighed with imports: the sum (None if one is without a bound), and that of those with one."""
    weight = sum(usd for usd, _ in imports_and_shares)
    losses = [(usd, ces_loss(share, sigma, cut)) for usd, share in imports_and_shares]
    known = sum(usd * loss for usd, loss in losses if loss is not None)
    if not weight:
        return None, None
    return (known / weight if all(loss is not None for _, loss in losses) else None), known / weight


def rca(own, own_total, world, world_total):  # S1
    share, of_world = ratio(own, own_total), ratio(world, world_total)
    return None if share is None or not of_world else share / of_world


def symmetric_rca(r):
    return None if r is None else (r - 1) / (r + 1)


def trade_intensity(flow, exports, partner_imports, imports_of_all):  # S2
    share, weight = ratio(flow, exports), ratio(partner_imports, imports_of_all)
    return None if share is None or not weight else share / weight


def complementarity(exports, imports):  # S3: exports of one, imports of the other, by product
    x, m = sum(exports.values()), sum(imports.values())
    if not x or not m:
        return None
    gap = sum(abs(imports.get(k, 0) / m - exports.get(k, 0) / x) for k in exports.keys() | imports.keys())
    return 100 * (1 - gap / 2)


def grubel_lloyd(x, m):  # S4
    return None if x + m == 0 else 1 - abs(x - m) / (x + m)


def grubel_lloyd_of_all(exports, imports):
    keys = exports.keys() | imports.keys()
    both = sum(exports.values()) + sum(imports.values())
    return None if not both else 1 - sum(abs(exports.get(k, 0) - imports.get(k, 0)) for k in keys) / both


def finger_kreinin(one, other):  # S5
    a, b = sum(one.values()), sum(other.values())
    if not a or not b:
        return None
    return sum(min(one.get(k, 0) / a, other.get(k, 0) / b) for k in one.keys() | other.keys())


def krugman(one, other):  # S6, by its own definition and not as 2 (1 - S5)
    a, b = sum(one.values()), sum(other.values())
    if not a or not b:
        return None
    return sum(abs(one.get(k, 0) / a - other.get(k, 0) / b) for k in one.keys() | other.keys())


def capacity(world_exports, sales_to_importer, expand, divert):  # W1
    return expand * world_exports + divert * (world_exports - sales_to_importer)


# ---- one product's supply to one importer, and what a cut of it would leave ----

class Supply:
    def __init__(self, trade, importer, excluded, product):
        self.trade, self.importer, self.excluded, self.product = trade, importer, excluded, product
        self.origins = trade.origins(importer, product)
        self.imports = trade.imports(importer, product)
        self.from_excluded = self.origins.get(excluded, 0)
        self.world = trade.world.get(product, 0)

    def alternatives(self):
        return sorted(s for s in self.trade.exporters(self.product) if s not in (self.importer, self.excluded))

    def sells(self, supplier):
        return self.origins.get(supplier, 0)

    def exports(self, supplier):
        return self.trade.exports(supplier, self.product)

    def capacities(self, expand, divert):
        return {s: capacity(self.exports(s), self.sells(s), expand, divert) for s in self.alternatives()}

    def gap(self, cut):
        return cut * self.from_excluded

    def resourcing_multiple(self, gap):  # L6 R: how many times today's other suppliers
        others = self.imports - self.from_excluded
        return gap / others if others else None

    def market_tightness(self, gap):  # L6 T: of the market without both
        rest = self.world - self.exports(self.excluded) - self.exports(self.importer)
        return gap / rest if rest else None


class Cut:
    """W1 for several products that do not replace each other: a gap of so much in each, what home production takes over, what
    the others can take over in that year, and what is left. Seen from the importer the others are suppliers; seen from the
    exporter they are markets."""

    def __init__(self, trade, importer, exporter, products, side="reporter"):
        self.lines = [self._line(trade, importer, exporter, k, side) for k in products]
        self.whole = sum(whole for _, whole, _ in self.lines)
        self.sales = sum(trade.exports(exporter, k) for k in products)

    @staticmethod
    def _line(trade, importer, exporter, product, side):
        """What is traded between the two, the side's trade with all, and (all, with the side now) of each of the others."""
        if side == "reporter":
            everybody, now, whole = trade.exporters(product), trade.origins(importer, product), trade.imports(importer, product)
        else:
            everybody, now, whole = trade.importers(product), trade.markets(exporter, product), trade.exports(exporter, product)
        others = {s: (v, now.get(s, 0)) for s, v in everybody.items() if s not in (importer, exporter)}
        return trade.to(exporter, importer, product), whole, others

    def year(self, year, share, expand, divert, domestic):
        result = {"gap": 0, "domestic": 0, "covered": 0, "partner_loss": 0}
        capacity_of, allocation_of = {}, {}
        for flow, _, others in self.lines:
            gap = share * flow
            capacities = {s: capacity(all_, now, year * expand, divert) for s, (all_, now) in others.items()}
            total = sum(capacities.values())
            covered = min(gap - domestic * gap, total)
            for name, value in (("gap", gap), ("domestic", domestic * gap), ("covered", covered), ("partner_loss", gap)):
                result[name] += value
            for s, c in capacities.items():
                capacity_of[s] = capacity_of.get(s, 0) + c
                allocation_of[s] = allocation_of.get(s, 0) + (covered * c / total if total else 0)
        result["uncovered"] = result["gap"] - result["domestic"] - result["covered"]
        return result, capacity_of, allocation_of


# ---- when a product counts as dependent ----

class Dependence:
    """What all methods look at, for one importer, product and period."""

    def __init__(self, trade, reporter, product, partner=None, home=()):
        inside = set(home) | {reporter}
        self.origins = trade.origins(reporter, product)
        self.imports = sum(self.origins.values())
        self.exports = trade.exports(reporter, product)
        self.from_partner = self.origins.get(partner, 0)
        self.share = ratio(self.from_partner, self.imports)
        self.hhi = hhi(self.origins.values())
        self.world_hhi = hhi(trade.exporters(product).values())
        self.over_exports = ratio(self.imports, self.exports)
        self.top = max(self.origins.values()) if self.origins else 0
        self.top_share = ratio(self.top, self.imports)
        self.extra = {s: v for s, v in self.origins.items() if s not in inside}
        self.home = bool(home)
        self.partner = partner

    def over(self):
        """Imports above exports: no exports at all are below any imports."""
        return self.imports > self.exports

    def hold(self, method, threshold):
        """Criterion -> held, None if it is undefined; without those that do not apply."""
        hhi_held = self.hhi is not None and self.hhi > (threshold if method in ("hhi", "eu2021", "cepii") else 0.4)
        if method == "hhi":
            return {"hhi": hhi_held}
        if method == "cepii":
            return {"hhi": hhi_held, "world_hhi": self.world_hhi is not None and self.world_hhi > threshold,
                    "imports_over_exports": self.over()}
        if method == "eu2021":
            extra = sum(self.extra.values())
            concentration = hhi(self.extra.values()) if self.extra else None
            held = {"hhi": None if concentration is None else concentration > threshold,
                    "imports_over_exports": extra > self.exports}
            if self.home:
                held["extra_imports"] = self.imports > 0 and extra / self.imports > 0.5
            return held
        share = self.share if self.partner else self.top_share
        return {"share": share is not None and share >= threshold}

    def dependent(self, method, threshold):
        """All criteria hold and, but for those of a share, the partner is the largest of the suppliers that they look at."""
        yes = all(self.hold(method, threshold).values())
        if not self.partner or method in ("india80", "share"):
            return yes
        rivals = self.extra if method == "eu2021" and self.home else self.origins
        return yes and bool(rivals) and rivals.get(self.partner, 0) == max(rivals.values())
