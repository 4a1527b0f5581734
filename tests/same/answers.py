"""Keeps what a program answers to thousands of questions, and holds another program's answers against it, to the byte.

usage: answers.py keep|compare DIR ENTREPOT [BENCH_SYNTH]

  keep      asks the questions of questions.py and writes questions and answers to DIR
  compare   asks the questions of DIR again; exit 1 if an answer differs. All differences: build/answers-differences.txt

What changes from build to build is made the same first: catalogue id, ETags, cursors, request ids, Date, Server-Timing. Lengths are held
against bodies, not against each other. Plans of explain=1 are kept apart and only counted. $ANSWERS_MEANT: a file of changes that are meant (tests/same/meant.txt), counted apart too.
$FIGURES: where the real matrix is; SEED=1: another gives other questions; WORLDS='shipped toy': only these.
"""
import glob
import gzip
import json
import os
import re
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import questions
import worlds
from exchange import Server, in_process, raw_cases

DIFFERENCES = "build/answers-differences.txt"
SEED = os.environ.get("SEED", "1")
# Random questions to each route: of the analysis, and of what describes it.
DRAWN = {"shipped": (130, 20), "toy": (70, 6), "matrix": (60, 5), "synthetic": (60, 5), "books": (110, 6)}
IN_PROCESS = {"shipped": 150, "toy": 40, "matrix": 25, "synthetic": 40, "books": 60}
DESCRIBING = re.compile(r"/v1$|/v1/(search|datasets|countries|products|sectors|measures|openapi|availability)|/problems|/docs|/\.well|/.*z$")
CURSOR = re.compile(r"\b(\d+)-[0-9a-f]{8}-[0-9a-f]{8}\b")
# meta.query says what the first asked of those who are given one kept answer: release=latest or not, the format by its name or by a suffix.
ECHOED = re.compile(r',\s*"(release":\s*"latest|format":\s*"(json|csv|ndjson|jsonstat|sdmx-csv))"')
# Catalogue ids: a pinned answer has one of its own.
IDENTITY = re.compile(r"(?<![0-9A-Za-z])(?=[0-9]*[a-f])[0-9a-f]{16}(?![0-9A-Za-z])")
VARYING = {"etag": re.compile(r'(?<=")[0-9a-f]{16}(?=[-"])'), "x-request-id": re.compile(r"^[0-9a-f]{32}$"), "date": re.compile(".*"),
           "server-timing": re.compile(".*"), "traceresponse": re.compile(".*")}
PLAN_KEYS = ("plan", "queries", "price", "statements", "rows_read")


# ---- what is made the same ----

class Normal:
    def __init__(self, catalogue):
        self.catalogue = catalogue

    def text(self, text):
        text = ECHOED.sub("", CURSOR.sub(r"\1-CURSOR", text))
        return IDENTITY.sub("CATALOGUE", text.replace(self.catalogue, "CATALOGUE"))

    def headers(self, fields, length):
        """With a length that is what it should be as *; `length` is None where there is no body to tell it."""
        same = lambda name, value: "*" if name == "Content-Length" and (length is None or value == str(length)) else self.text(value)
        return [[name, VARYING[name.lower()].sub("*", value) if name.lower() in VARYING else same(name, value)] for name, value in fields]

    def raw(self, said):
        lines = self.text(said.decode("utf-8", "surrogateescape"))
        for name, pattern in VARYING.items():
            lines = re.sub(r"(?im)^(%s: )([^\r\n]*)" % name, lambda m, p=pattern: m[1] + p.sub("*", m[2], count=1), lines)
        return lines


def take_plan(body):
    """The body without what explain=1 adds to it, and that."""
    plan, decoder = [], json.JSONDecoder()
    for key in PLAN_KEYS:
        found = re.search(r',\s*"%s":\s*(?=[\[{\d])' % key, body)
        if found:
            _, end = decoder.raw_decode(body, found.end())
            plan.append(body[found.start():end])
            body = body[:found.start()] + body[end:]
    return body, "".join(plan)


# ---- asking ----

def answer(server, normal, method, target, headers):
    status, fields, raw = server.ask(method, target, headers)
    body, plan = raw.decode("utf-8", "surrogateescape"), ""
    if "explain=1" in target:
        body, plan = take_plan(body)
    length = len(raw) if raw or method != "HEAD" else None
    return raw, {"target": normal.text(target), "status": status, "headers": normal.headers(fields, length), "body": normal.text(body),
                 "plan": plan}


def asked(server, normal, q):
    """The answer to a question and to those that it leads to."""
    raw, first = answer(server, normal, q["method"], q["target"], q["headers"])
    answers = [first]
    if first["status"] != 200 or not q["then"]:
        return answers
    links = {}
    if raw[:1] == b"{" and b'"links":' in raw:
        links = json.loads(raw).get("links", {})
    for then in q["then"]:
        if then == "304":
            status, fields, _ = server.ask("GET", q["target"], q["headers"])
            etag = next((value for name, value in fields if name == "ETag"), None)
            if etag:
                answers.append(answer(server, normal, "GET", q["target"], [*q["headers"], ("If-None-Match", etag)])[1])
        elif links.get(then):
            raw_next, page = answer(server, normal, "GET", links[then], q["headers"])
            answers.append(page)
            if then == "next" and raw_next[:1] == b"{":
                further = json.loads(raw_next).get("links", {})
                answers += [answer(server, normal, "GET", further[way], q["headers"])[1] for way in ("next", "prev", "first") if further.get(way)]
    return answers


def asked_in_process(at, normal, q):
    status, out, err = in_process(at.entrepot, at.arguments, q["target"], q["headers"])
    body, plan = normal.raw(out), ""
    if "explain=1" in q["target"]:
        body, plan = take_plan(body)
    return [{"target": q["target"], "status": status, "headers": [], "body": body + normal.text(err.decode("utf-8", "replace")),
             "plan": plan}]


def asked_raw(server, normal, q):
    said = normal.raw(server.send_raw(q["bytes"].encode("latin-1")))
    return [{"target": q["target"], "status": 0, "headers": [], "body": said, "plan": ""}]


HOW = {"raw": asked_raw, "get": asked_in_process, "http": asked}


def served(entrepot, arguments, name, folder, work):
    """What work(server, normal) returns; the server must end well."""
    log = os.path.join(folder, name + ".log")
    server = Server(entrepot, arguments, log)
    try:
        done = work(server, Normal(json.loads(server.ask("GET", "/healthz")[2])["catalogue"]))
    finally:
        status = server.stop()
    if status:
        raise SystemExit("the server of the world %s ends with status %d: %s" % (name, status, log))
    return done


def ask_all(entrepot, arguments, name, folder, drawn):
    """Records of all questions to a world, in their order: what a server keeps of earlier answers is part of it."""
    def work(server, normal):
        with ThreadPoolExecutor(1) as beside:  # `get` is slow to start and has no server in common with the others
            later = {i: beside.submit(asked_in_process, server, normal, q) for i, q in enumerate(drawn) if q["how"] == "get"}
            answers = [None if q["how"] == "get" else HOW[q["how"]](server, normal, q) for q in drawn]
        return [{"question": q, "answers": later[i].result() if i in later else a} for i, (q, a) in enumerate(zip(drawn, answers))]
    return served(entrepot, arguments, name, folder, work)


# ---- keep ----

def draw_for(name):
    """A function of a server that gives the questions to put to it."""
    def draw(server, _):
        world = questions.World(lambda target: server.ask("GET", target)[2].decode("utf-8"))
        generator = questions.Generator(world, "%s %s" % (SEED, name))
        analysis, describing = DRAWN[name]
        drawn, shown = [], list(world.examples if name == "shipped" else ())
        status = lambda q: server.ask(q["method"], q["target"], q["headers"])[0]
        for path in generator.paths():
            own = [generator.likely(path, number, status) for number in range(describing if DESCRIBING.match(path) else analysis)]
            drawn += own
            plain = [q["target"] for q in own if q["method"] == "GET" and "?" in q["target"] and "format=" not in q["target"]]
            shown += [target for target in plain[:8] if status(questions.question(target)) == 200][:2]
        drawn += generator.formats(shown)
        if name in ("shipped", "toy", "books"):
            drawn += questions.written()
        if name == "shipped":
            drawn += [*generator.mistakes(), *questions.pages()]
        plain = [q for q in drawn if q["method"] == "GET" and q["target"].startswith("/v1/") and "%00" not in q["target"]]
        dice = questions.Dice(SEED)
        drawn += [{**q, "how": "get"} for q in dice.sample(plain, min(len(plain), IN_PROCESS[name]))]
        if name == "shipped":
            drawn += [{"how": "raw", "method": "RAW", "bytes": content.decode("latin-1"), "target": case}
                      for path in sorted(glob.glob("tests/fixtures/requests/*.txt")) for case, content in raw_cases(path)
                      if b"gzip" not in content]  # its bytes depend on the catalogue's id
        return drawn
    return draw


def stable(entrepot, arguments, name, folder, records):
    """Without the raw conversations that depend on when their bytes arrive: those that do not go the same way three times."""
    for _ in range(2 if name == "shipped" else 0):
        raw = [i for i, record in enumerate(records) if record["question"]["how"] == "raw"]
        again = ask_all(entrepot, arguments, name, folder, [records[i]["question"] for i in raw])
        gone = {i for i, other in zip(raw, again) if records[i]["answers"] != other["answers"]}
        records = [record for i, record in enumerate(records) if i not in gone]
    return records


def write(path, records):
    with gzip.open(path, "wt", compresslevel=3, encoding="utf-8", errors="surrogateescape") as f:
        for record in records:
            f.write(json.dumps(record) + "\n")


def read(path):
    with gzip.open(path, "rt", encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def chosen(made):
    wanted = os.environ.get("WORLDS", "").split() or list(made)
    for name in wanted:
        if made[name] is None:
            print("%s: left out, its file is not in $FIGURES" % name)
        else:
            yield name, made[name]


def keep(folder, entrepot, made):
    os.makedirs(folder, exist_ok=True)
    total = 0
    for name, arguments in chosen(made):
        start = time.monotonic()
        drawn = served(entrepot, arguments, name, folder, draw_for(name))
        records = ask_all(entrepot, arguments, name, folder, drawn)
        records = stable(entrepot, arguments, name, folder, records)
        write(os.path.join(folder, name + ".jsonl.gz"), records)
        codes = Counter(one["status"] for record in records for one in record["answers"] if record["question"]["how"] == "http")
        counted = sum(len(record["answers"]) for record in records)
        total += counted
        print("%-10s %6d answers, %5.1f s, %s; %d by get or raw" % (name, counted, time.monotonic() - start, " ".join(
            "%d:%d" % code for code in sorted(codes.items())), counted - sum(codes.values())), flush=True)
    print("%d answers kept in %s" % (total, folder))
    return 0


# ---- compare ----

class Meant:
    """Lines `at REGEX` (of targets) and `text REGEX -> TEXT` (done to both answers); a remark behind ' # '."""

    def __init__(self, path):
        self.places, self.texts = [], []
        with open(path, encoding="utf-8") as f:
            for line in f:
                word, _, rest = line.split(" # ")[0].strip().partition(" ")
                if word == "at":
                    self.places.append(re.compile(rest))
                elif word == "text":
                    pattern, _, text = rest.partition(" ->")
                    self.texts.append((re.compile(pattern), text.lstrip()))

    def same(self, text):
        for pattern, by in self.texts:
            text = pattern.sub(by, text)
        return text

    def covers(self, target):
        return any(place.search(target) for place in self.places)


def where(old, new):
    """What two texts have not in common, each with a little of what is around it."""
    first = next((i for i, (a, b) in enumerate(zip(old, new)) if a != b), min(len(old), len(new)))
    last = next((i for i, (a, b) in enumerate(zip(reversed(old[first:]), reversed(new[first:]))) if a != b), 0)
    cut = lambda text: text[max(0, first - 100):first] + ">>>" + text[first:max(first, min(first + 300, len(text) - last))] + "<<<"
    return "at %d of %d/%d bytes\n    was %s\n    is  %s" % (first, len(old), len(new), cut(old), cut(new))


def difference(old, new, meant):
    if old["target"] != new["target"]:
        return "leads to %s, led to %s" % (new["target"], old["target"])
    if old["status"] != new["status"]:
        return "status %s, was %s\n    was %s\n    is  %s" % (new["status"], old["status"], old["body"][:300], new["body"][:300])
    body = [meant.same(one["body"]) for one in (old, new)]
    fields = [[[n, meant.same(v)] for n, v in one["headers"]] for one in (old, new)]
    if fields[0] != fields[1]:
        gone, come = ([f for f in fields[i] if f not in fields[1 - i]] for i in (0, 1))
        return "header fields: were %s, are %s%s" % (gone, come, "" if body[0] == body[1] else "; body " + where(*body))
    return None if body[0] == body[1] else "body " + where(*body)


def lines_of(record, again, meant):
    """Differences of one question, and how many plans differ."""
    told, plans = [], 0
    old, new = record["answers"], again["answers"]
    if len(old) != len(new):
        told.append((record["question"]["target"], "leads to %d answers, led to %d" % (len(new), len(old))))
    for a, b in zip(old, new):
        plans += a["plan"] != b["plan"]
        found = difference(a, b, meant)
        if found:
            told.append((a["target"], "%s %s%s\n  %s" % (record["question"]["method"], a["target"], " (entrepot get)" * (record["question"]["how"] == "get"), found)))
    return told, plans


def route(target):
    parts = re.split(r"[?.]", target)[0].split("/")
    return "/".join(parts[:4 if len(parts) > 2 and parts[2] == "indices" else 3])


def compare(folder, entrepot, made):
    meant = Meant(os.environ.get("ANSWERS_MEANT", os.path.join(os.path.dirname(__file__), "meant.txt")))
    total = plans = accepted = 0
    differing, by_route = [], Counter()
    with tempfile.TemporaryDirectory() as logs:
        for name, arguments in chosen(made):
            path = os.path.join(folder, name + ".jsonl.gz")
            if not os.path.exists(path):
                print("%s: nothing is kept of it" % name)
                continue
            kept, start = read(path), time.monotonic()
            new = ask_all(entrepot, arguments, name, logs, [r["question"] for r in kept])
            count, before = sum(len(r["answers"]) for r in kept), len(differing)
            for record, again in zip(kept, new):
                told, more = lines_of(record, again, meant)
                plans += more
                for target, text in told:
                    if meant.covers(target):
                        accepted += 1
                        continue
                    differing.append("%s: %s\n" % (name, text))
                    by_route[route(target)] += 1
            total += count
            print("%-10s %6d answers, %5.1f s, %d differ" % (name, count, time.monotonic() - start, len(differing) - before), flush=True)
    os.makedirs(os.path.dirname(DIFFERENCES), exist_ok=True)
    with open(DIFFERENCES, "w", encoding="utf-8", errors="backslashreplace") as f:
        f.writelines(differing)
    for line in differing[:int(os.environ.get("SHOW", "10"))]:
        print(line, end="")
    for at, n in by_route.most_common():
        print("%6d  %s" % (n, at))
    print("%d answers compared, %d differ (all in %s), %d differ as meant, %d other plans" % (
        total, len(differing), DIFFERENCES, accepted, plans))
    return 1 if differing or not total else 0


def main(arguments):
    if len(arguments) < 3 or arguments[0] not in ("keep", "compare"):
        print(__doc__)
        return 2
    work, folder, entrepot = arguments[0], os.path.abspath(arguments[1]), os.path.abspath(arguments[2])
    bench_synth = os.path.abspath(arguments[3] if len(arguments) > 3 else "build/gcc/tests/bench/bench_synth")
    with tempfile.TemporaryDirectory() as room:
        os.environ["ENTREPOT_ALLOW_ROOT"] = "1"
        made = worlds.make(room, entrepot, bench_synth)
        return {"keep": keep, "compare": compare}[work](folder, entrepot, made)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
