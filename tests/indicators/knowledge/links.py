"""No warning and no link leads to a request that answers nothing or leads back: all links of all answers are followed.

Starts from questions over the shipped data and over random sets of datasets. What is followed: `links`, `see` of a problem,
`other_datasets`, and each dataset that a warning or a problem names, as `dataset=` of the same question.
"""
import os
import random
import re
import tempfile

import choice
from urllib.parse import parse_qsl, urlencode, urlsplit

PAIRS = (("IND", "CHN"), ("CHN", "IND"), ("IND", "USA"), ("USA", "IND"), ("IND", "WLD"), ("CHN", "USA"))
PERIODS = ("", "2019", "2025", "FY2024-25", "FY2018-19", "2019-06", "latest", "1990")
PRODUCTS = ("", "85", "850760", "854140", "electric-batteries", "electronics")
DOCUMENTS = ("/v1/openapi.json", "/docs", "/v1/availability", "/v1/datasets", "/problems", "/v1/measures", "/v1/sectors", "/v1")
FORMS = (".csv", ".ndjson", ".jsonstat", ".xlsx", ".parquet", ".arrow", ".html", ".svg")


def starts():
    for r, p in PAIRS:
        for t in PERIODS:
            period = [("period", t)] if t else []
            for k in PRODUCTS:
                product = [("product", k)] if k else []
                for path in ("bilateral", "dependence", "leverage", "mirror"):
                    yield "/v1/%s/%s/%s" % (path, r, p), period + product
                yield "/v1/scenario/%s/%s" % (r, p), period + [("product", k or "85"), ("cut", "0.3")]
                if k:
                    yield "/v1/suppliers/" + k, [("importer", r)] + period
                yield "/v1/flows", [("reporter", r), ("partner", p)] + period + product
            for path in ("deficits", "partners", "dependence"):
                yield "/v1/%s/%s" % (path, r), period
            yield "/v1/bilateral/%s/%s/products" % (r, p), period
            for name in ("hhi", "hirschman", "rca"):
                yield "/v1/indices/" + name, [("reporter", r)] + period
            for name in ("tii", "tci", "grubel-lloyd", "finger-kreinin"):
                yield "/v1/indices/" + name, [("reporter", r), ("partner", p)] + period
        yield "/v1/profile/%s/%s" % (r, p), []


def address(path, query):
    return path + ("?" + urlencode(query, safe=",*") if query else "")


def named(answer, datasets):
    """Datasets that an answer sends to: in its warnings, in what a problem says there is, among the others."""
    meta = answer.body.get("meta") or {}
    own = meta.get("dataset")
    text = " ".join(meta.get("warnings") or ())
    there = {d for d in datasets if re.search(r"(?<![\w-])%s(?![\w-])" % re.escape(d), text)}
    return sorted((there | set(meta.get("other_datasets") or ())) - {own})


def tells(answer):
    """Whether an answer has any figure, or is a document."""
    if answer.status != 200:
        return False
    if "data" not in answer.body:
        return True
    rows = answer.rows + [answer.summary]
    return any(isinstance(v, (int, float)) and not isinstance(v, bool) for row in rows for v in row.values()) or not answer.columns or \
        any(column in ("id", "code", "name") for column in answer.columns)


def onward(answer, datasets):
    """(what kind of link, address) of all that an answer points to."""
    parts = urlsplit(answer.url)
    query = [pair for pair in parse_qsl(parts.query) if pair[0] not in ("dataset", "limit")]
    for name, link in (answer.body.get("links") or {}).items():
        if isinstance(link, str) and link.startswith("/") and name != "self" and not urlsplit(link).path.endswith(FORMS):
            yield "links." + name, link
    for error in answer.body.get("errors") or ():
        if error.get("see"):
            yield "see", error["see"]
    for dataset in named(answer, datasets):
        yield "a dataset named", address(parts.path, query + [("dataset", dataset)])


def follow(server, datasets, faults, questions, most):
    """Breadth first; a link is a fault where it answers nothing."""
    seen, queue = {}, [address(*question) for question in questions]
    while queue and len(seen) < most:
        url = queue.pop(0)
        if url in seen:
            continue
        answer = seen[url] = server.ask(url)
        for kind, link in onward(answer, datasets):
            if link not in seen:
                seen_before = len(seen)
                seen[link] = server.ask(link)
                queue += [more for _, more in onward(seen[link], datasets) if more not in seen and seen_before < most]
            faults.compared += 1
            led = seen[link]
            if not tells(led) and not link.startswith(DOCUMENTS[:3]):
                what = "answers nothing" if led.status == 200 else "a problem, %d" % led.status
                faults.fault(choice.endpoint_of(url), kind, what, url, "%s: %s" % (link, str(led.body.get("detail"))[:90]))
            elif any(more == url for _, more in onward(led, datasets)) and not tells(answer) and not tells(led):
                faults.fault(choice.endpoint_of(url), kind, "leads back", url, link)


def run(asking, start, binary, faults, seeds, most):
    """The shipped data first."""
    status = 0
    with tempfile.TemporaryDirectory() as folder:
        server = asking(os.path.abspath(binary), folder)
        server.serve([], config="config/entrepot.json")
        faults.world = "shipped"
        try:
            datasets = [row["id"] for row in server.ask("/v1/datasets").rows]
            some = list(starts())
            random.Random(1).shuffle(some)
            follow(server, datasets, faults, some[:most // 3], most)
        finally:
            status |= server.stop()
    for seed in seeds:
        chance = random.Random("choice %d" % seed)
        worlds = [choice.dataset(chance, "set-%d-%d" % (seed, i)) for i in range(chance.randint(2, 5))]
        with tempfile.TemporaryDirectory() as folder:
            server, good = start(os.path.abspath(binary), folder, worlds, faults)
            faults.world = "sets"
            try:
                some = list(starts())
                chance.shuffle(some)
                follow(server, [w.name for w in good], faults, some[:most // 20], most // 8)
            finally:
                status |= server.stop() if good else 0
    return status
