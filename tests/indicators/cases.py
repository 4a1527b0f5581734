"""Named cases, each of many comparisons: one line a case, and what differs so that it can be asked again by hand."""
import time

SHOWN = 6  # differences that are told of each case
NEAR = 1e-6  # ratios are published with six decimals
ABSENT = object()


class Dollars(float):
    """An amount that is estimated, not recorded: right to half a dollar for each part that was rounded."""

    def __new__(cls, value, parts=2):
        amount = super().__new__(cls, value)
        amount.slack = 0.5 * parts
        return amount


def describe(value):
    return "null" if value is None else repr(value) if isinstance(value, str) else "%.12g" % value


def equal(got, wanted):
    if wanted is None or isinstance(wanted, (bool, str)) or got is None or isinstance(got, (bool, str)):
        return got is wanted or (isinstance(got, str) and got == wanted)
    if isinstance(wanted, Dollars):
        return abs(got - wanted) <= wanted.slack + 1e-9 + 1e-12 * abs(wanted)
    if isinstance(wanted, int):
        return got == wanted
    return abs(got - wanted) <= NEAR * max(1.0, abs(wanted))


class Case:
    def __init__(self, name, word_for_missing):
        self.name, self.word_for_missing = name, word_for_missing
        self.compared, self.differences, self.missing = 0, 0, {}
        self.started = time.monotonic()

    def differ(self, url, where, got, wanted):
        self.differences += 1
        if self.differences <= SHOWN:
            print("# %s: %s is %s, wanted %s" % (url, where, got, wanted))

    def same(self, url, where, got, wanted):
        self.compared += 1
        if not equal(got, wanted):
            self.differ(url, where, describe(got), describe(wanted))

    def holds(self, url, what, true):
        self.compared += 1
        if not true:
            self.differ(url, what, "false", "true")

    def answered(self, answer):
        """200, or one difference."""
        self.compared += 1
        if answer.status == 200:
            return True
        self.differ(answer.url, "status", answer.status, "200: " + str(answer.body.get("detail"))[:200])
        return False

    def record(self, answer, where, got, wanted):
        """A row or a summary against the columns that are wanted of it; what is not there at all is told once."""
        self.compared += len(wanted)
        for column, value in wanted.items():
            found = got.get(column, ABSENT)
            if type(found) is type(value) and found == value:
                continue
            if found is ABSENT:
                self.compared -= 1
                self.missing.setdefault(("a row" if where else "meta.summary", column), answer.url)
            elif not equal(found, value):
                place = "row %s.%s" % (where, column) if where else "meta.summary." + column
                self.differ(answer.url, place, describe(found), describe(value))

    def summary(self, answer, wanted):
        self.record(answer, None, answer.summary, wanted)

    def rows(self, answer, key, wanted, extra=False):
        """Rows by key against those wanted; with `extra` the answer may hold more. True if it was an answer."""
        if not self.answered(answer):
            return False
        key = key if isinstance(key, tuple) else (key,)
        if answer.rows and any(k not in answer.rows[0] for k in key):
            self.differ(answer.url, "columns", answer.columns, key)
            return False
        got = answer.by(*key)
        self.same(answer.url, "number of different rows", len(got), len(answer.rows))
        for lacking in wanted.keys() - got.keys():
            self.differ(answer.url, "row %s" % (lacking,), "not there", "there")
        for more in () if extra else got.keys() - wanted.keys():
            self.differ(answer.url, "row %s" % (more,), "there", "not there")
        for at in wanted.keys() & got.keys():
            self.record(answer, at, got[at], wanted[at])
        return True

    def end(self):
        """Prints the case's line; whether it is a failure."""
        for (where, column), url in self.missing.items():
            print("# %s: no %s in %s" % (url, column, where))
        if self.missing:
            print("%s - %s: not served: %s" % (self.word_for_missing, self.name,
                                               " ".join(sorted({c for _, c in self.missing}))))
        seconds = time.monotonic() - self.started
        told = " (%d values%s)" % (self.compared, ", %.1f s" % seconds if seconds > 1 else "")
        if self.differences:
            print("not ok - %s: %d of %d values differ" % (self.name, self.differences, self.compared))
        elif self.compared:
            print("ok - " + self.name + told)
        return self.differences > 0 or (bool(self.missing) and self.word_for_missing == "not ok")
