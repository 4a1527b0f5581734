"""A property: delete what a reporter might not have sent and mark nothing; no figure becomes another one unsaid.

Deleted are (a) whole returns, months, flows or reporters, or (b) rows below a published aggregate that stays. Every figure then
keeps its value, or is null, bounded or flagged where it was not before. Ranks, records, growth and the default period may change.
"""
import copy
import random
import tempfile

import kinds
from codes import WORLD
from returns import World

RETURNS = ("reported", "closed", "with_total", "listed", "half", "missing_months", "selected", "all_chapters", "groups",
           "nowhere_in_particular")
PERIODS = ("reconciled", "reconciled_closed")
BELOW = ("with_total", "chapters_and_some", "extract_with_total", "nowhere_in_particular", "selected", "extract_bare", "missing_months")
# What says of how much a figure is made: where it changes, the change is said.
STATED = ("months_held", "mirrored_months_held", "world_reporters", "world_trade_share", "codes_held", "exports_codes_held", "imports_codes_held", "years_held")
MAY_CHANGE = ("rank", "growth", "cagr", "since", "rank_of", "period", "months_held", "codes_held", "exports_codes_held", "imports_codes_held", "world_reporters",
              "world_trade_share", "years_held")


def again(world, rows):
    return World(world.name, rows, level=world.level, basis=world.basis, coverage=world.coverage, partners=world.partners, hs=world.hs,
                 unit=world.unit, revision_of=world.revision_of, kind=world.kind, stated=world.stated, frequency=world.frequency, form=world.form)


def whole_returns(world, chance):
    """Returns, a flow of a reporter, a reporter, or a period."""
    what = chance.choice(("returns", "flow", "reporter", "period"))
    keys = sorted({(r[1], r[3], r[0]) for r in world.rows})
    if what == "returns":
        gone = set(chance.sample(keys, max(1, len(keys) // 6)))
        keep = [r for r in world.rows if (r[1], r[3], r[0]) not in gone]
    elif what == "flow":
        who, flow, _ = chance.choice(keys)
        keep = [r for r in world.rows if (r[1], r[3]) != (who, flow)]
    elif what == "reporter":
        who = chance.choice(keys)[0]
        keep = [r for r in world.rows if r[1] != who]
    else:
        t = chance.choice(world.periods)
        keep = [r for r in world.rows if r[0] != t]
    return what, again(world, keep)


def whole_periods(world, chance):
    t = chance.choice(world.periods)
    return "period", again(world, [r for r in world.rows if r[0] != t])


def rows_below(world, chance):
    """Rows with an aggregate above them that stays: the same partner's total or chapter, or the world's row."""
    held = {}
    for t, r, p, f, c, v in world.rows:
        held.setdefault((t, r, f), {}).setdefault(p, {})[c] = v
    candidates = []
    for row in world.rows:
        t, r, p, f, c, v = row
        own, of_world = held[t, r, f][p], held[t, r, f].get(WORLD, {})
        above = any(c != a and c.startswith(a) for a in own)
        beside = p != WORLD and c in of_world
        if above or beside:
            candidates.append((row, above))
    gone = {row for row, _ in chance.sample(candidates, max(1, len(candidates) // 12))} if candidates else set()
    kept = [row for row in world.rows if row not in gone]
    return "rows below", again(world, kept)


def questions(world, chance, n):
    members = sorted(world.members)[:12]
    years = sorted({t[:4] for t in world.periods}) if world.frequency == "M" else world.periods
    levels = [level for level in ("hs2", "hs4", "hs6") if len(level) == 3 and int(level[2]) <= {"total": 0, "hs2": 2, "hs4": 4}.get(world.level, 6)]
    codes = sorted({row[4] for row in world.rows if row[4]})
    for _ in range(n):
        r, p = chance.sample(members, 2)
        t, level = chance.choice(years), chance.choice(levels) if levels else None
        yield "/v1/bilateral/%s/%s?period=%s" % (r, p, ",".join(years))
        yield "/v1/bilateral/%s/%s?period=%s" % (r, WORLD, ",".join(years))
        yield "/v1/compare?pairs=%s-%s,%s-%s&period=%s" % (r, p, p, r, t)
        yield "/v1/mirror/%s/%s?period=%s&mirror_dataset=%s" % (r, p, t, world.name)
        for by in ("total", "exports", "imports"):
            yield "/v1/partners/%s?by=%s&period=%s" % (r, by, t)
        yield "/v1/partners/%s" % r
        yield "/v1/deficits/%s?period=%s" % (r, t)
        yield "/v1/deficits/%s" % r
        yield "/v1/flows?reporter=%s&partner=%s&flow=exports,imports&period=%s&group_by=reporter,partner,flow" % (
            ",".join(members), ",".join(members + [WORLD]), t)
        yield "/v1/flows?reporter=%s&partner=*&flow=imports&period=%s&group_by=partner" % (r, t)
        yield "/v1/indices/hirschman?reporter=%s&period=%s" % (r, t)
        yield "/v1/indices/tii?reporter=%s&partner=%s&period=%s" % (r, p, t)
        yield "/v1/leverage/%s/%s?level=total&period=%s" % (r, p, t)
        if not level:
            continue
        code = chance.choice(codes)
        yield "/v1/bilateral/%s/%s?product=%s&period=%s" % (r, p, code, ",".join(years))
        yield "/v1/bilateral/%s/%s/products?level=%s&period=%s" % (r, p, level, t)
        yield "/v1/dependence/%s?level=%s&period=%s" % (r, level, t)
        yield "/v1/dependence/%s/%s?level=%s&period=%s&method=cepii" % (r, p, level, t)
        yield "/v1/leverage/%s/%s?level=%s&period=%s" % (r, p, level, t)
        yield "/v1/suppliers/%s?importer=%s&period=%s" % (code, r, t)
        yield "/v1/scenario/%s/%s?product=%s&cut=0.5&period=%s" % (r, p, code, t)
        yield "/v1/indices/rca?reporter=%s&level=%s&period=%s" % (r, level, t)
        yield "/v1/indices/tci?reporter=%s&partner=%s&level=%s&period=%s" % (r, p, level, t)
        yield "/v1/indices/grubel-lloyd?reporter=%s&partner=%s&level=%s&period=%s" % (r, p, level, t)
        yield "/v1/indices/finger-kreinin?reporter=%s&partner=%s&level=%s&period=%s" % (r, p, level, t)
        yield "/v1/indices/hhi?reporter=%s&level=%s&period=%s" % (r, level, t)
        yield "/v1/flows?reporter=%s&partner=%s&flow=imports&product=%s&period=%s&group_by=partner,product" % (
            r, ",".join(members), ",".join(codes[:40]), t)


KEYS = ("period", "reporter", "partner", "product", "supplier", "flow", "path", "year", "pair")
TEXTS = ("top_supplier", "lever", "verdict")


def key_of(row):
    return tuple(row.get(k) for k in KEYS)


def endpoint_of(url):
    parts = url.split("?")[0].split("/")
    return parts[3] if parts[2] == "indices" else parts[-1] if parts[-1] == "products" else parts[2]


def figures(row):
    for column, value in row.items():
        if column in KEYS or any(column.endswith(word) for word in MAY_CHANGE) or column.endswith("_at_most"):
            continue
        if isinstance(value, (int, float)) or value is None or column in TEXTS:
            yield column, value


def compare(full, less, faults):
    """One question before and after."""
    endpoint = endpoint_of(full.url)
    if full.status != 200 or less.status != 200:
        faults.compared += 1
        if less.status >= 500:
            faults.fault(endpoint, "(status)", "status %d" % less.status, full.url, str(less.body)[:150])
        return
    before, after = ({key_of(row): row for row in answer.rows} for answer in (full, less))
    faults.compared += 1
    period = [{row.get("period") for row in answer.rows} for answer in (full, less)]
    if "period=" not in full.url and period[0] != period[1]:
        return  # the default period may change
    if full.rows and not less.rows and less.body["meta"].get("empty_reason") in ("no_deficits", "no_trade_recorded"):
        faults.fault(endpoint, "empty_reason", "none where deleted", full.url, less.body["meta"]["empty_reason"])
    for key, row in after.items():
        old = before.get(key)
        if old is None:
            faults.compared += 1
            told = [c for c, v in figures(row) if v not in (None, 0)]
            if told and not row.get("flags") and not str(row.get("product")).endswith("-rest"):
                faults.fault(endpoint, "(row)", "a row that was not there, unflagged", full.url, "row %s: %s" % (
                    [k for k in key if k], told[:4]))
            continue
        if str(row.get("product")).endswith("-rest"):  # what is published and not told in parts: it grows as parts go
            continue
        said = set(row.get("flags") or ()) - set(old.get("flags") or ()) or restated(old, row) or restated(full.summary, less.summary)
        one_row(endpoint, full.url, [k for k in key if k], old, row, said, faults)
    warned = set(less.body["meta"]["warnings"]) - set(full.body["meta"]["warnings"])
    said = (set(less.summary.get("flags") or ()) - set(full.summary.get("flags") or ())) | warned or restated(full.summary, less.summary)
    one_row(endpoint + ".summary", full.url, "summary", full.summary, less.summary, said, faults)


def restated(old, now):
    return any(old.get(name) != now.get(name) for name in STATED)


# With lower_bound these are bounds of what is not known, and a bound may be lower.
CONCENTRATION = ("hhi", "hirschman", "top_share", "share", "cumulative_share", "suppliers")


def one_row(endpoint, url, key, old, row, said, faults):
    now, now_row = dict(figures(row)), row
    said = said or "months_differ" in set(old.get("flags") or ()) - set(row.get("flags") or ())  # then the two sides have the same
    for column, value in figures(old):
        faults.compared += 1
        got = now.get(column)
        if got == value or got is None or said or column in CONCENTRATION and {"lower_bound"} & set(now_row.get("flags") or ()):
            continue
        kind = "null becomes a value" if value is None else "becomes 0" if got == 0 else "changes unsaid"
        faults.fault(endpoint, column, kind, url, "row %s was %r, is %r" % (key, value, got))


def run(binary, start, faults, seeds, n, only=None):
    """For each kind of world: a server with all of it and one with less of it."""
    jobs = [(kind, whole_returns) for kind in RETURNS] + [(kind, whole_periods) for kind in PERIODS] + [(k, rows_below) for k in BELOW]
    status = 0
    for seed in seeds:
        for kind, delete in [job for job in jobs if not only or job[0] in only]:
            world = kinds.make(kind, seed)
            chance = random.Random("%s %s %d" % (kind, delete.__name__, seed))
            what, less = delete(world, chance)
            if not less.rows:
                continue
            with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
                whole, good = start(binary, one, [world], faults)
                part, still = start(binary, other, [less], faults) if good else (None, [])
                faults.world = "%s:%s" % (kind, what.replace(" ", "_"))
                try:
                    for url in questions(world, copy.copy(chance), n) if good and still else ():
                        url += "&dataset=%s&limit=50000" % world.name if "?" in url else "?dataset=%s&limit=50000" % world.name
                        compare(whole.ask(url), part.ask(url), faults)
                finally:
                    status |= whole.stop() if good else 0
                    status |= part.stop() if still else 0
    return status


