"""Comparisons by the million: what differs is counted by endpoint, column, kind of world and kind of fault."""
from figures import Either
from returns import UNKNOWN

NEAR = 1e-6
ANY = object()


class Cell:
    """What a cell must be: a value, null (with one of the flags that say why) or one of several; the bound beside it."""
    __slots__ = ("value", "flags", "most")

    def __init__(self, value, flags=(), most=UNKNOWN):
        self.value, self.flags, self.most = value, tuple(flags), most


def same(got, wanted):
    if wanted is ANY:
        return True
    if isinstance(wanted, Either):
        return any(same(got, v) for v in wanted.values)
    if wanted is None or got is None or isinstance(wanted, (bool, str)) or isinstance(got, (bool, str)):
        return got is wanted or (isinstance(got, str) and got == wanted)
    if isinstance(wanted, int):
        return got == wanted
    if isinstance(got, int) and abs(wanted) > 2:  # dollars that were rounded
        return abs(got - wanted) <= 1 + 1e-9 * abs(wanted)
    return abs(got - wanted) <= NEAR * max(1.0, abs(wanted))


def kind_of(got, wanted):
    if wanted is None or (isinstance(wanted, Either) and None in wanted.values and got is not None):
        return "0 where unknown" if got == 0 else "a value where unknown"
    return "null where known" if got is None else "another value"


class Faults:
    def __init__(self, shown=3):
        self.compared, self.by, self.shown, self.lacking, self.differing = 0, {}, shown, {}, 0
        self.world = ""

    def fault(self, endpoint, column, kind, url, text):
        self.differing += 1
        found = self.by.setdefault((endpoint, column, kind), {"worlds": {}, "examples": []})
        found["worlds"][self.world] = found["worlds"].get(self.world, 0) + 1
        if len(found["examples"]) < self.shown:
            found["examples"].append("%s: %s" % (url, text))

    def row(self, endpoint, url, key, got, wanted):
        flags = got.get("flags")
        for column, cell in wanted.items():
            if cell is ANY:
                continue
            if not isinstance(cell, Cell):
                cell = Cell(cell)
            if column not in got:
                self.lacking.setdefault((endpoint, column), url)
                continue
            self.compared += 1
            value = got[column]
            if not same(value, cell.value):
                self.fault(endpoint, column, kind_of(value, cell.value), url, "row %s is %r, wanted %r" % (
                    key, value, [*cell.value.values] if isinstance(cell.value, Either) else cell.value))
            if cell.flags and flags is not None:
                self.compared += 1
                if not set(cell.flags) & set(flags):
                    self.fault(endpoint, column, "not flagged " + "|".join(cell.flags), url, "row %s has %s" % (key, flags))
            if cell.most is not UNKNOWN and cell.value is None:
                bound = column + "_at_most"
                if bound not in got:
                    self.lacking.setdefault((endpoint, bound), url)
                    continue
                self.compared += 1
                if got[bound] != cell.most:
                    self.fault(endpoint, bound, "another bound", url, "row %s is %r, wanted %r" % (key, got[bound], cell.most))

    def answer(self, endpoint, answer, key, row_of, must):
        """Each row of the answer against row_of(key), None if it must not be there; each of `must` has to be there. A refusal is
        right where nothing of what must be there is known."""
        url = answer.url
        if answer.status != 200:
            return self.refused(endpoint, answer, row_of, must)
        key = key if isinstance(key, tuple) else (key,)
        got = {}
        for row in answer.rows:
            at = tuple(row.get(k) for k in key)
            at = at if len(at) > 1 else at[0]
            got[at] = row
            wanted = row_of(at)
            self.compared += 1
            if wanted is None:
                self.fault(endpoint, "(row)", "a row that must not be there", url, "row %s" % (at,))
            else:
                self.row(endpoint, url, at, row, wanted)
        for at in must:
            self.compared += 1
            if at not in got and tells(row_of(at)):
                self.fault(endpoint, "(row)", "no row", url, "row %s is not there" % (at,))
        return got

    def refused(self, endpoint, answer, row_of, must):
        self.compared += 1
        if answer.status >= 500:
            self.fault(endpoint, "(status)", "status %d" % answer.status, answer.url, str(answer.body)[:150])
            return None
        for at in must:
            wanted = row_of(at)
            if tells(wanted):
                self.fault(endpoint, "(status)", "refused what is known", answer.url, "%d %s" % (
                    answer.status, str(answer.body.get("detail"))[:120]))
                return None
            self.compared += len(wanted or ())
        return None

    def tell(self, most=60):
        for (endpoint, column), url in sorted(self.lacking.items()):
            print("# not served: %s %s (%s)" % (endpoint, column, url))
        ranked = sorted(self.by.items(), key=lambda item: -sum(item[1]["worlds"].values()))
        for (endpoint, column, kind), found in ranked[:most]:
            worlds = sorted(found["worlds"].items(), key=lambda item: -item[1])
            print("# %d x %s %s: %s (%s)" % (sum(found["worlds"].values()), endpoint, column, kind,
                                             " ".join("%s:%d" % w for w in worlds[:6])))
            for example in found["examples"]:
                print("#     " + example)
        if len(ranked) > most:
            print("# and %d further kinds of faults" % (len(ranked) - most))


def tells(wanted):
    """Whether a row has a figure in it at all, other than 0."""
    for cell in (wanted or {}).values():
        value = cell.value if isinstance(cell, Cell) else cell
        if isinstance(value, Either):
            if None not in value.values:
                return True
        elif value is not ANY and isinstance(value, (int, float)) and value is not True and value is not False and value:
            return True
    return False
