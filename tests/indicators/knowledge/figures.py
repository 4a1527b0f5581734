"""Figures over a period that is asked for: of the leaf periods that are known, and set against each other over those that
both have."""
from returns import UNKNOWN, Known


def leaves_of(world, period):
    if world.frequency != "M" or len(period) == 7:
        return [period]
    if period.startswith("FY"):
        year = int(period[2:6])
        return ["%d-%02d" % (year + (m > 12), (m - 1) % 12 + 1) for m in range(4, 16)]
    return ["%s-%02d" % (period, m) for m in range(1, 13)]


class Figure:
    """One cell over a period: leaf period -> what is known of it."""

    def __init__(self, cells):
        self.cells = cells
        self.months = {t for t, c in cells.items() if c.value is not None}
        self.value = sum(cells[t].value for t in self.months) if self.months else None
        self.part = any(cells[t].part for t in self.months)
        self.complete = len(self.months) == len(cells)
        self.whole = self.complete and not self.part
        self.why = {c.why for c in cells.values() if c.why}
        self.flags = frozenset().union(*(c.flags for c in cells.values()))
        only = next(iter(cells.values())) if len(cells) == 1 else None
        self.most = only.most if only else UNKNOWN

    def over(self, months):
        return sum(self.cells[t].value for t in months) if months else None


def figure(world, r, p, f, node, period):
    """Node: a prefix, or a tuple of prefixes (a basket: its parts that are known, and a part where one is not)."""
    key = "figure", r, p, f, node, period
    if key not in world._memory:
        leaves = leaves_of(world, period)
        world._memory[key] = Figure({t: cell(world, r, p, f, node, t) for t in leaves})
    return world._memory[key]


def cell(world, r, p, f, node, t):
    if isinstance(node, str):
        return world.known(r, p, f, node, t)
    cells = [world.known(r, p, f, n, t) for n in node]
    there = [c for c in cells if c.value is not None]
    if not there:
        return cells[0]
    lacking = [c for c in cells if not c.whole]
    return Known(sum(c.value for c in there), part=bool(lacking), most=UNKNOWN,
                 flags=frozenset().union(*(c.flags for c in cells)))


class Either:
    """One of several answers that the contract allows."""

    def __init__(self, *values):
        self.values = values


def set_against(one, other, how):
    """A figure of two, over the months that both have: that or, where the two do not have the same, null."""
    both = one.months & other.months
    if not both:
        return None
    value = how(one.over(both), other.over(both))
    if value is None:
        return None
    if one.part or other.part:
        return Either(value, None)
    return value if one.months == other.months else Either(value, None)


def share(one, whole):
    """A part's share is not known, nor one of a whole that is a part."""
    both = one.months & whole.months
    if not both or one.part or whole.part:
        return None
    value = one.over(both) / whole.over(both) if whole.over(both) else None
    return value if value is None or both == one.months == whole.months else Either(value, None)


def before(period):
    if period.startswith("FY"):
        year = int(period[2:6]) - 1
        return "FY%d-%02d" % (year, (year + 1) % 100)
    return "%04d%s" % (int(period[:4]) - 1, period[4:])


def growth(now, then):
    """Of whole, complete periods only."""
    if not now.whole or not then.whole:
        return None
    return now.value / then.value - 1 if then.value else None
