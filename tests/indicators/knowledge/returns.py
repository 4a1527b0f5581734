"""What a dataset knows: availability of each return, rests, and what absence means. DESIGN 9.1 to 9.3, sentence by sentence.

A return is (reporter, flow, leaf period); its rows are partner -> code -> USD, the code of all products is "".
"""
from codes import CHAPTERS, GROUPS, WORLD, codes_below, exists, in_revision, is_country, nowhere

DIGITS = {"total": 0, "hs2": 2, "hs4": 4, "hs6": 6}
UNKNOWN = object()


class Known:
    """A cell: its value or None; why it is None; the most it can be; whether it is a part only; what must be told of it."""
    __slots__ = ("value", "why", "most", "part", "flags", "partners")

    def __init__(self, value, why=None, most=None, part=False, flags=frozenset()):
        self.value, self.why, self.most, self.part, self.flags = value, why, most, part, flags

    @property
    def whole(self):
        return self.value is not None and not self.part


def topmost_below(codes, node):
    """The published parts of a node: its nearest published descendants."""
    below = sorted(c for c in codes if c != node and c.startswith(node))
    parts = []
    for code in below:
        if not parts or not code.startswith(parts[-1]):
            parts.append(code)
    return parts


class World:
    """One dataset. `rows`: (leaf period, reporter or exporter, partner or importer, flow or None, code, USD)."""

    def __init__(self, name, rows, level="hs6", basis="reported", coverage=None, partners=None, hs="HS2022", unit=1,
                 revision_of=None, kind=None, stated=(), frequency="A", form="tidy"):
        self.name, self.level, self.basis, self.coverage, self.partners = name, level, basis, coverage, partners
        self.hs, self.unit, self.rows, self.kind, self.stated = hs, unit, rows, kind or name, stated
        self.revision_of = revision_of or {}  # (reporter, flow, period) -> revision
        self.frequency, self.form = frequency, form
        self.returns, self.pairs, self.areas = {}, {}, {}
        self.members = {r[1] for r in rows} | {r[2] for r in rows} - {WORLD}
        self.members -= set(GROUPS)
        for period, one, other, flow, code, usd in rows:
            if basis == "reconciled":
                self.pairs.setdefault((period, one, other), {})[code] = usd
                area = self.areas.setdefault(period, ({}, {}))
                area[0].setdefault(one, set()).add(other)
                area[1].setdefault(other, set()).add(one)
            else:
                self.returns.setdefault((one, flow, period), {}).setdefault(other, {})[code] = usd
        self.periods = sorted({r[0] for r in rows})
        self._memory, self._class, self._partners = {}, {}, {}
        self._occur = {}
        for period, one, other, flow, code, _ in rows:
            for f in (flow,) if flow else ("X", "M"):
                who, what = self._occur.setdefault((f, period), (set(), set()))
                who.update({one, other} if flow is None else {other})
                what.add(code)

    # ---- 9.1 availability ----

    def entry(self, key, r, f, t, p=None):
        """What the manifest states of a return (and partner): the last entry that speaks of it."""
        found = {"products": self.coverage, "partners": self.partners}.get(key)
        for e in self.stated:
            if all(e.get(k) in (None, v) for k, v in (("reporter", r), ("flow", f), ("period", t))) \
                    and e.get("partner") in (None, p) and e.get(key):
                found = e[key]
        return found

    def revision(self, r, f, t):
        return self.entry("hs", r, f, t) or self.revision_of.get((r, f, t)) or self.hs

    def by_codes(self, f, t, revision):
        """9.1, products, rule 3: over all reporters of the file in that flow and period."""
        key = f, t, revision
        if key not in self._class:
            codes = self._occur.get((f, t), (set(), set()))[1]
            chapters = {c[:2] for c in codes if c} & set(CHAPTERS)
            digits = DIGITS[self.level]
            enough = len(chapters) == len(CHAPTERS)
            if enough and digits > 2:
                everything = codes_below(revision, "", digits) or ()
                enough = len({c for c in codes if len(c) == digits}) >= 0.85 * len(everything)
            self._class[key] = "full" if enough or digits == 0 else "selected"
        return self._class[key]

    def rest(self, own, node):
        """9.2: a published aggregate minus its published parts, and whether it is no more than rounding."""
        parts = topmost_below(own, node)
        rest = own[node] - sum(own[c] for c in parts)
        return rest, bool(parts) and abs(rest) <= len(parts) * self.unit

    def products(self, r, f, t, p=None):
        """(full or selected, the rule) of a return, or of one partner of it where it is an exception."""
        key = "products", r, f, t, p
        if key not in self._class:
            self._class[key] = self._products(r, f, t, p)
        return self._class[key]

    def _products(self, r, f, t, p):
        word = self.entry("products", r, f, t, p)
        if word:
            return word, "stated"
        ret = self.returns.get((r, f, t), {})
        told = {}
        for q, own in ret.items() if p is None else [(p, ret.get(p, {}))]:
            above = [c for c in own if topmost_below(own, c)]
            if above:
                told[q] = all(self.rest(own, c)[1] for c in above)
        if p is not None and p in told:
            return "full" if told[p] else "selected", "aggregate"
        if p is not None:
            return self.products(r, f, t)
        if told:
            full = told[WORLD] if WORLD in told else all(told.values())
            return "full" if full else "selected", "aggregate"
        if self.level == "total":
            return "full", "aggregate"
        word = self.by_codes(f, t, self.revision(r, f, t))
        return word, "codes" if word == "full" else "none"

    def partners_of(self, r, f, t):
        key = r, f, t
        if key not in self._partners:
            self._partners[key] = self._partners_of(r, f, t)
        return self._partners[key]

    def _partners_of(self, r, f, t):
        word = self.entry("partners", r, f, t)
        if self.basis == "reconciled":
            if word in ("all", "closed"):
                return word
            sides = self.areas.get(t, ({}, {}))
            return "all" if min(len(sides[0]), len(sides[1])) >= 150 else "listed"
        ret = self.returns.get((r, f, t), {})
        listed = [q for q in ret if q != WORLD and q not in GROUPS]
        if not listed:
            return "world"
        if WORLD in ret:
            world, everybody = self.total(ret[WORLD]), sum(self.total(ret[q]) for q in listed)
            if abs(world - everybody) > 0.001 * abs(world):
                return "listed"
            return word or "all"
        if word:
            return word
        occurring = self._occur.get((f, t), (set(), set()))[0]
        return "all" if sum(is_country(q) for q in occurring) >= 150 else "listed"

    @staticmethod
    def total(own):
        return own[""] if "" in own else sum(own[c] for c in topmost_below(own, ""))

    # ---- 9.3 what absence means ----

    def known(self, r, p, f, node, t):
        """The cell of one leaf period. A node is a prefix of codes; "" is all products."""
        key = r, p, f, node, t
        found = self._memory.get(key)
        if found is None:
            look = self._reconciled if self.basis == "reconciled" else self._reported
            found = self._memory[key] = look(r, p, f, node, t)
        return found

    def held_here(self, own, node, full):
        """A value that is there: published, or made of all its parts, or a part of it; None where there is nothing."""
        if node in own:
            return Known(own[node])
        parts = topmost_below(own, node)
        if not parts:
            return None
        value = sum(own[c] for c in parts)
        above = self.above(own, node)
        if above is not None:
            rest, within = self.rest(own, above)
            return Known(value) if within else Known(value, part=True, most=value + rest if rest > 0 else UNKNOWN)
        if full or self.every_code(own, node):
            return Known(value)
        return Known(value, part=True)

    @staticmethod
    def above(own, node):
        """The nearest published aggregate above a node."""
        for digits in (4, 2, 0):
            if digits < len(node) and node[:digits] in own:
                return node[:digits]
        return None

    def every_code(self, own, node):
        """The parts that are there are all that the revision has."""
        wanted = codes_below(self.hs, node, DIGITS[self.level]) if node and self.hs else None
        return bool(wanted) and wanted <= set(own)

    def _reported(self, r, p, f, node, t):
        ret = self.returns.get((r, f, t))
        own = ret.get(p) if ret else None
        full = self.products(r, f, t, p)[0] == "full" if ret else False
        if own:
            here = self.held_here(own, node, full)
            if here is not None and (here.whole or node):
                return here
            if here is not None:  # some products are no total
                return Known(None, "selected_products", here.most)
        if p in GROUPS:
            return self.group(r, p, f, node, t)
        if ret is None:
            return Known(None, "not_reported")
        word = self.partners_of(r, f, t)
        if not in_revision(self.revision(r, f, t), node) and (p == WORLD or all(self.held_here(o, node, True) is None for o in ret.values())):
            there = p == WORLD and own is None and word in ("all", "closed") and any(self.held_here(o, node, True) for o in ret.values())
            return self.sum_of_partners(ret, r, f, node, t, word) if there else Known(None, "other_revision")
        if p != WORLD and (not exists(p, t) or (word == "closed" and p not in self.members)):
            return Known(None, "outside_set")
        if p == WORLD and own is None:
            return self.sum_of_partners(ret, r, f, node, t, word)
        if own is None:
            return self.absent_partner(ret, r, f, node, t, word, full)
        return self.absent_product(ret, own, r, p, f, node, t, word, full)

    def sum_of_partners(self, ret, r, f, node, t, word):
        if word not in ("all", "closed"):
            return Known(None, "not_listed")
        cells = [self.known(r, q, f, node, t) for q in ret if q not in GROUPS]
        if all(c.why == "selected_products" for c in cells):
            return Known(None, "selected_products")
        value = sum(c.value or 0 for c in cells)
        part = any(not c.whole and c.why not in ("outside_set",) for c in cells)
        if part and not node:
            return Known(None, "selected_products")
        return Known(value, part=part, flags=frozenset(["summed"]))

    def against_world(self, ret, r, f, node, t):
        """The world's row of a node minus all partners that have one: (difference, within rounding), None without such a row."""
        if WORLD not in ret:
            return None
        world = self.known(r, WORLD, f, node, t)
        if not world.whole:
            return None
        amounts = []
        for q, own in ret.items():
            if q != WORLD and q not in GROUPS:
                parts = [node] if node in own else topmost_below(own, node)
                amounts += [sum(own[c] for c in parts)] if parts else []
        difference = world.value - sum(amounts)
        return difference, abs(difference) <= max(1, len(amounts)) * self.unit

    def absent_partner(self, ret, r, f, node, t, word, full):
        told = self.against_world(ret, r, f, node, t)
        if word not in ("all", "closed"):
            return Known(None, "not_listed", UNKNOWN)
        if told is not None:
            return Known(0) if told[1] else Known(None, "not_listed", max(0, told[0]))
        if WORLD not in ret and (full or self.held_by_others(ret, node)):
            return Known(0)
        return Known(None, "selected_products", UNKNOWN)

    def held_by_others(self, ret, node):
        return bool(node) and any(node in own for q, own in ret.items())

    def absent_product(self, ret, own, r, p, f, node, t, word, full):
        above = self.above(own, node)
        if above is not None:
            rest, within = self.rest(own, above)
            return Known(0) if within else Known(None, "selected_products", max(0, rest))
        if p == WORLD:
            return Known(0) if full else Known(None, "selected_products", UNKNOWN)
        stated = self.products(r, f, t, p)[1] == "stated"
        told = self.against_world(ret, r, f, node, t)
        if full and (told is None or told[1] or (stated and self.entry("partners", r, f, t) == "listed")):
            return Known(0)
        if told is not None and (full or word in ("all", "closed")):
            return Known(None, "selected_products", max(0, told[0]))
        return Known(None, "selected_products", UNKNOWN)

    def group(self, r, p, f, node, t):
        """The sum of the members, flagged where one of them is not known. As a partner: of this reporter's cells."""
        cells = [self.known(r, q, f, node, t) for q in GROUPS[p] if q != r]
        there = [c for c in cells if c.value is not None]
        if not there:
            return Known(None, "not_reported")
        lacking = any(not c.whole and c.why != "outside_set" for c in cells)
        return Known(sum(c.value for c in there), part=lacking, flags=frozenset(["members_missing"] if lacking else ()))

    # ---- reconciled: one value for both ends ----

    def _reconciled(self, r, p, f, node, t):
        sides = self.areas.get(t, ({}, {}))
        word = self.partners_of(r, f, t)
        full = self.products_reconciled(t) == "full"
        if p == WORLD:
            return self.reconciled_world(sides, r, f, node, t, word)
        one, other = (r, p) if f == "X" else (p, r)
        own = self.pairs.get((t, one, other))
        if own:
            here = self.held_here(own, node, full)
            if here is not None and (here.whole or node):
                return here
            if here is not None:
                return Known(None, "selected_products")
        occurring = sides[0].keys() | sides[1].keys()
        if r not in occurring:
            return Known(None, "not_reported")
        used = any(c.startswith(node) for (period, _, _), pair in self.pairs.items() if period == t for c in pair)
        if not in_revision(self.hs, node) and not used:
            return Known(None, "other_revision")
        if not exists(p, t) or (word == "closed" and p not in self.members):
            return Known(None, "outside_set")
        if own is None:
            if word in ("all", "closed") and p in occurring:
                if full or any(node in pair for (period, _, _), pair in self.pairs.items() if period == t and node):
                    return Known(0)
                return Known(None, "selected_products", UNKNOWN)
            return Known(None, "not_reported" if p not in occurring else "not_listed")
        return Known(0) if full else Known(None, "selected_products", UNKNOWN)

    def products_reconciled(self, t):
        """BACI's reader takes a year for full, unless less than 85 % of the revision's codes occur in it."""
        if self.coverage or self.form != "baci":
            return self.coverage or self.by_codes("X", t, self.hs)
        codes = {c for c in self._occur.get(("X", t), (set(), set()))[1] if len(c) == 6}
        return "full" if len(codes) >= 0.85 * len(codes_below(self.hs, "", 6) or ("",)) else "selected"

    def reconciled_world(self, sides, r, f, node, t, word):
        if r not in sides[0] and r not in sides[1]:
            return Known(None, "not_reported")
        cells = [self.known(r, q, f, node, t) for q in sides[0 if f == "X" else 1].get(r, ())]
        used = any(c.startswith(node) for (period, _, _), pair in self.pairs.items() if period == t for c in pair)
        if not in_revision(self.hs, node) and not used:
            return Known(None, "other_revision")
        if word not in ("all", "closed"):
            return Known(None, "not_listed")
        if self.products_reconciled(t) == "full":
            return Known(sum(c.value or 0 for c in cells))
        held = [c for c in cells if c.value is not None]
        if not node or not held:
            return Known(None, "selected_products")
        return Known(sum(c.value for c in held), part=True)

    # ---- who is there ----

    def partners_named(self, r, f, t):
        """Those with a row, without the world and groups."""
        if self.basis == "reconciled":
            sides = self.areas.get(t, ({}, {}))
            return set(sides[0 if f == "X" else 1].get(r, ()))
        return {q for q in self.returns.get((r, f, t), {}) if q != WORLD and q not in GROUPS}

    def has_return(self, r, f, t):
        if self.basis == "reconciled":
            sides = self.areas.get(t, ({}, {}))
            return r in sides[0] or r in sides[1]
        return (r, f, t) in self.returns

    def nodes(self, r, f, t, p, digits):
        """Codes of a level at or above which this partner has a row."""
        if self.basis == "reconciled":
            own = self.pairs.get((t, r, p) if f == "X" else (t, p, r), {})
        else:
            own = self.returns.get((r, f, t), {}).get(p, {})
        return {c[:digits] for c in own if len(c) >= digits}


def suppliers_only(partners):
    return [p for p in partners if not nowhere(p)]
