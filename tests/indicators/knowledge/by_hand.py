"""The worlds of hand.py: the reference against what was worked out by hand, then the program."""
import json
import os
import subprocess
import tempfile
from urllib.parse import urlencode

import hand
import kinds
from answers import FLAG_OF
from codes import revisions
from faults import same
from figures import Either, figure
from returns import UNKNOWN

FLOW = {"X": "exports", "M": "imports"}


class Outcome:
    def __init__(self):
        self.compared, self.differing, self.told = 0, 0, []

    def hold(self, true, text):
        self.compared += 1
        if not true:
            self.differing += 1
            self.told.append(text)


def parse(cell):
    """(reporter, partner, flow, node, period), value, words behind it, bound."""
    key, answer = cell.split(": ")
    r, p, flow, code, t = key.split()
    words = answer.split()
    most = [int(word[2:]) for word in words if word.startswith("<=")]
    flags = tuple(f for word in words[1:] if not word.startswith("<=") for f in word.split("|"))
    return (r, p, flow, "" if code == "TOTAL" else code, t), None if words[0] == "null" else int(words[0]), flags, most[0] if most else None


def of_the_reference(world, outcome):
    for cell in world.cells:
        (r, p, flow, node, t), value, flags, most = parse(cell)
        found = figure(world.worlds[0], r, p, flow, node, t)
        outcome.hold(found.value == value, "reference: %s, but it says %r" % (cell, found.value))
        if value is None:
            outcome.hold(found.why & set(flags), "reference: %s, but it says %s" % (cell, found.why))
            outcome.hold(found.most == most or (most is None and found.most is UNKNOWN), "reference: %s, bound %r" % (cell, found.most))
        elif flags:
            said = {"summed": "summed" in found.flags, "partial_sector": found.part, "partial_year": not found.complete}
            outcome.hold(any(said.get(flag) for flag in flags), "reference: %s, but it is not flagged" % cell)


def get(binary, url, data):
    done = subprocess.run([binary, "get", url] + [a for path in data for a in ("--data", path)], capture_output=True, text=True, check=False)
    try:
        return json.loads(done.stdout)
    except ValueError:
        return {"status": 500, "detail": (done.stdout + done.stderr).strip()[-160:]}


def cell_url(world, key):
    r, p, flow, node, t = key
    query = {"reporter": r, "partner": p, "flow": FLOW[flow], "period": t, "group_by": "reporter,partner,flow,period"}
    if node:
        query.update(product=node, group_by="reporter,partner,flow,product,period")
    return "/v1/flows?" + urlencode(dict(query, dataset=world.name), safe=",")


def of_the_program(binary, case, data, outcome):
    name = " ".join(case.sentences)
    for cell in case.cells:
        key, value, flags, most = parse(cell)
        url = cell_url(case.worlds[0], key)
        body = get(binary, url, data)
        rows = body.get("data")
        if rows is None or len(rows) != 1:
            refused = (404, 422) if value is None else (404,) if value == 0 else ()  # a pair without any data is refused
            outcome.hold(rows is not None and value is None and not rows or body.get("status") in refused,
                         "%s: %s: %s wanted, got %s" % (name, url, value, body.get("detail") or rows))
            continue
        outcome.hold(rows[0]["value"] == value, "%s: %s is %r, wanted %s" % (name, url, rows[0]["value"], cell))
        names = [n for flag in flags for n in FLAG_OF.get(flag, (flag,))]
        if names:
            outcome.hold(set(names) & set(rows[0]["flags"]), "%s: %s has flags %s, wanted %s" % (name, url, rows[0]["flags"], flags))
        if most is not None:
            outcome.hold(rows[0].get("value_at_most") == most, "%s: %s has the bound %r, wanted %d" % (
                name, url, rows[0].get("value_at_most"), most))
    for ask in case.asks:
        question(name, ask, get(binary, ask.url, data), outcome)


def question(name, ask, body, outcome):
    statuses = ask.status if isinstance(ask.status, tuple) else (ask.status,)
    status = body.get("status", 200) if "data" not in body else 200
    outcome.hold(status in statuses, "%s: %s is %s (%s), wanted %s" % (name, ask.url, status, body.get("detail"), ask.status))
    if status != 200 and ask.says:
        outcome.hold(ask.says in str(body.get("detail")), "%s: %s does not say %s" % (name, ask.url, ask.says))
    if status != 200 or 200 not in statuses:
        return
    meta = body["meta"]
    if ask.dataset:
        outcome.hold(meta["dataset"] == ask.dataset, "%s: %s is answered by %s, wanted %s" % (name, ask.url, meta["dataset"], ask.dataset))
    if ask.warns:
        outcome.hold(meta["warnings"], "%s: %s has no warning" % (name, ask.url))
    if ask.at is None:
        got = meta.get("summary") or {}
    elif ask.at == "":
        got = dict(body["data"][0] if body["data"] else {}, **{"summary." + k: v for k, v in (meta.get("summary") or {}).items()})
        if not body["data"] and not any(k.startswith("summary.") for k in ask.wanted):
            return
    else:
        rows = [row for row in body["data"] if all(row.get(k) == v for k, v in ask.at.items())]
        outcome.hold(rows, "%s: %s has no row %s" % (name, ask.url, ask.at))
        if not rows:
            return
        got = rows[0]
    for column, value in ask.wanted.items():
        wanted = Either(*value) if isinstance(value, tuple) else value
        outcome.hold(column in got and same(got[column], wanted), "%s: %s: %s is %r, wanted %r" % (
            name, ask.url, column, got.get(column, "not there"), value))
    if ask.flags:
        outcome.hold(set(ask.flags) & set(got.get("flags", ())), "%s: %s has flags %s, wanted one of %s" % (
            name, ask.url, got.get("flags"), ask.flags))


def run(binary, shown=10**6):
    reference, program = Outcome(), Outcome()
    lacking, unknown = hand.check_sentences()
    reference.hold(not lacking and not unknown, "sentences without a world: %s; unknown: %s" % (lacking, unknown))
    for case in hand.CASES:
        if any(world.hs and world.hs not in revisions() for world in case.worlds):
            print("skip - by hand: %s needs the correlation tables" % " ".join(case.sentences))
            continue
        of_the_reference(case, reference)
        with tempfile.TemporaryDirectory() as folder:
            data = [kinds.write(world, folder)[0] for world in case.worlds]
            of_the_program(os.path.abspath(binary), case, data, program)
    for what, outcome in (("the reference", reference), ("the program", program)):
        for text in outcome.told[:shown]:
            print("# " + text)
        print("%s - by hand: %s, %d of %d differ, %d sentences, %d worlds" % (
            "not ok" if outcome.differing else "ok", what, outcome.differing, outcome.compared, len(hand.SENTENCES), len(hand.CASES)))
    return reference, program
