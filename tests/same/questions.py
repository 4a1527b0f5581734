"""Random questions to a world, with a seed: from the parameters that the served OpenAPI document lists and from what the world holds."""
import glob
import json
import random
import re
from urllib.parse import quote

FORMATS = ("json", "csv", "ndjson", "jsonstat", "sdmx-csv")
SUFFIXES = (".json", ".csv", ".ndjson", ".jsonstat", ".sdmx.csv")
ACCEPTS = ("application/json", "text/csv", "application/x-ndjson", "application/vnd.jsonstat+json", "*/*", "text/html, */*;q=0.1",
           "application/vnd.sdmx.data+csv", "text/csv;q=0.5, application/json;q=0.4", "image/png", "application/json;q=0", "text/*")
LEVELS = ("total", "section", "hs2", "hs4", "hs6", "hs8")
# What is shown beside the rows or how they are written; any answer may have them.
SHOWN = {"sort", "fields", "limit", "cursor", "release", "format", "labels", "shape", "bom", "codes", "count", "pretty", "filters",
         "explain"}
AREAS = ("IND", "CHN", "USA", "DEU", "WLD", "X490", "GBR", "KOR", "VNM", "X899", "SUN")
SPELLED = ("in", "CN", "356", "699", "156", "842", "840", "ind", "490", "757", "India", "EU", "0")
WRONG = ("", "xyz", "-1", "0", "1e400", "NaN", "%00", "%ff", ",", "IND,IND", "*", "2019..2010", "FY2018", "2019-13", "99999999999999999999",
         "%C3%A9", "a%2Cb", "85,85", "latest:0", "latest:99", "1.5", "+1", "hs3", "ID", "2,3,4", "%20", "..", "CHN,XXX,YYY", "1900", "2050")
NUMBERS = {"threshold": (0.2, 0.4, 0.5, 0.8, 0, 1), "threshold_world": (0.4, 0.1), "threshold_extra": (0.5, 0.9),
           "threshold_ratio": (1, 0.5, 3), "sigma": (2, 4, 1.5, 1, 9), "cut": (0.1, 0.3, 1, 0), "margin": (0.05, 0.1, 0.3),
           "expand": (0, 0.1, 0.5), "divert": (0, 0.2, 1), "domestic": (0, 0.1), "min_share": (0.01, 0.05, 0.2), "years": (1, 3, 5, 50),
           "cif": (1, 1.06, 1.1), "tolerance": (0.001, 0.01, 0.1), "window": (1, 2, 3, 5), "top": (1, 3, 10, 100), "periods": (1, 3, 10),
           "limit": (1, 2, 3, 5, 7, 20, 50, 1000, 50000), "value": ("20.5e9", "1000000", "0", "-3e9", "0.11", "99.2e9", "135.87e9")}


def span(frequency, first, last):
    """All periods from the first to the last."""
    year = int(re.sub(r"\D*(\d{4}).*", r"\1", first))
    for n in range(int(re.sub(r"\D*(\d{4}).*", r"\1", last)) - year + 1):
        names = {"A": ["%d" % (year + n)], "FY": ["FY%d-%02d" % (year + n, (year + n + 1) % 100)],
                 "M": ["%d-%02d" % (year + n, month) for month in range(1, 13)]}[frequency]
        yield from (name for name in names if first <= name <= last)


class World:
    """What a world holds, as it says itself."""

    def __init__(self, ask):
        self.ask = ask
        self.openapi = json.loads(ask("/v1/openapi.json"))
        self.datasets = self._rows("/v1/datasets.ndjson")
        self.sectors = [row["id"] for row in self._rows("/v1/sectors.ndjson")]
        self.kinds = [row["type"].split("/")[-1] for row in self._rows("/problems.ndjson")]
        self.measures = [row["id"] for row in self._rows("/v1/measures.ndjson")]
        self.examples = [row["example"] for row in self._rows("/v1.ndjson")]
        self.codes, self.reporters, self.partners, self.periods = {}, {}, {}, {}
        returns = self._rows("/v1/availability.ndjson?limit=50000")
        for row in self.datasets:
            name = row["id"]
            self.reporters[name] = sorted({r["reporter"] for r in returns if r["dataset"] == name})
            self.periods[name] = list(span(row["frequency"], row["first_period"], row["last_period"]))
            reporters = self.reporters[name]
            reporter = reporters[len(reporters) // 2]
            flows = "/v1/flows.ndjson?dataset=%s&reporter=%s&limit=80&group_by=" % (name, reporter)
            self.partners[name] = self._rows_of("partner", flows + "partner&partner=*") or ["WLD", *({"IND", "CHN"} - {reporter})]
            self.codes[name] = {}
            for level in LEVELS[1:LEVELS.index(row["level"]) + 1]:
                pair = "/v1/bilateral/%s/%s/products.ndjson?dataset=%s&level=%s&limit=80" % (
                    reporter, self.partners[name][-1], name, level)
                found = self._rows_of("product", flows + "product&level=" + level) or self._rows_of("product", pair)
                if found:
                    self.codes[name][level] = found

    def _rows(self, target):
        lines = [json.loads(line) for line in self.ask(target).splitlines()]
        return [row for row in lines if not row.get("status") in (400, 404, 422)]

    def _rows_of(self, column, target):
        return [row[column] for row in self._rows(target)]


class Dice(random.Random):
    def some(self, values, most=3):
        values = list(values)
        most = most * 8 if self.random() < 0.1 else most
        return self.sample(values, min(len(values), self.randint(1, most)))

    def listed(self, values, most=3):
        return ",".join(str(v) for v in self.some(values, most))


class Asker:
    """Parameters of one question; a question has a dataset in mind, so that most of its parameters fit each other."""

    def __init__(self, world, dice):
        self.world, self.dice = world, dice
        weight = [2 + (row["level"] != "total") * 2 + (row["partners"] != "listed") for row in world.datasets]
        self.dataset = dice.choices(world.datasets, weight)[0]
        self.name = self.dataset["id"]
        self.reporters = world.reporters[self.name] or ["IND"]
        self.partners = world.partners[self.name] or ["CHN"]

    def area(self, pool):
        roll = self.dice.random()
        return self.dice.choice(pool if roll < 0.9 else AREAS if roll < 0.96 else SPELLED)

    def period(self, single=True):
        periods, dice = self.world.periods[self.name], self.dice
        roll, one = dice.random(), dice.choice(periods)
        if roll < 0.25:
            return "latest"
        if self.dataset["frequency"] == "M" and roll < 0.55:
            year, month = one.split("-")
            return dice.choice((year, "%s-Q%d" % (year, (int(month) + 2) // 3), "FY%s-%02d" % (year, int(year) % 100 + 1)))
        if roll < 0.6 and not single:
            return "latest:%d" % dice.randint(1, 6)
        return one

    def periods(self):
        dice, held = self.dice, self.world.periods[self.name]
        roll = dice.random()
        if roll < 0.2:
            first = dice.randrange(len(held))
            return "%s..%s" % (held[first], held[min(len(held) - 1, first + dice.randint(0, 7))])
        return dice.listed(held, 4) if roll < 0.35 else self.period(False)

    def product(self, single=False):
        dice, codes = self.dice, self.world.codes[self.name]
        pool = dice.choice(self.world.sectors) if dice.random() < 0.2 or not codes else None
        if pool:
            return pool
        chosen = codes[dice.choice(list(codes))]
        return dice.choice(chosen) if single or dice.random() < 0.7 else dice.listed(chosen, 4)

    def level(self, allowed):
        fine = LEVELS.index(self.dataset["level"])
        fits = [x for x in allowed if x == "sector" or LEVELS.index(x) <= fine]
        return self.dice.choice(fits if fits and self.dice.random() < 0.93 else allowed)

    def values(self):
        dice = self.dice
        reporter, partner = lambda: self.area(self.reporters), lambda: self.area(self.partners)
        pair = lambda: "%s-%s" % (reporter(), partner())
        return {
            "reporter": reporter, "partner": partner, "importer": reporter, "period": self.periods, "vs": self.period,
            "exclude": lambda: dice.listed(self.partners, 2), "home": lambda: dice.listed(self.reporters),
            "pairs": lambda: ",".join(dict.fromkeys(pair() for _ in range(dice.randint(1, 5)))),
            "product": self.product, "release": lambda: dice.choice((self.dataset["release"], "000000000000")),
            "dataset": lambda: dice.choice((self.name,) * 6 + ("*", dice.choice(self.world.datasets)["id"])),
            "mirror_dataset": lambda: dice.choice(self.world.datasets)["id"],
            "parts": lambda: dice.choice(("135.87e9,20.5e9", "1e9,2e9,3e9", "5", "1,x")),
            "q": lambda: dice.choice(("lith", "ind", "85", "solar panels", "chna", "IND", "a", "batteri", "zzzzqq", "dgcis", "%E0%A4", "x" * 70)),
            "parent": lambda: dice.choice(("85", "8507", "S16", "850760", "99")), "code": lambda: dice.choice(
                ("356", "CHN", "850760", "85", "S16", "TOTAL", "X490", "in", "zz", "1")),
            "cursor": lambda: dice.choice(("2-00000000-00000000", "x", "999999999999-dbf6b926-9af0f1d4")),
            "type": lambda: dice.choice(self.world.kinds + ["nothing"]),
        }

    def value(self, parameter, schema):
        """A value for a parameter, seldom a wrong one."""
        name, dice, known = parameter["name"], self.dice, self.values()
        if parameter.get("in") != "path" and dice.random() < 0.03:
            return dice.choice(WRONG)
        if name == "id":
            return dice.choice(self.world.measures + self.world.sectors + [d["id"] for d in self.world.datasets] + ["none"])
        if name == "flow" and "balance" not in schema.get("enum", ()):
            return dice.choice(("exports", "imports", "X", "M", "*", "exports,imports"))
        if name == "reporter" and schema.get("type") == "array":
            return dice.choice((dice.listed(self.reporters), dice.choice(self.reporters), "*"))
        if name == "partner" and schema.get("type") == "array":
            return dice.choice((dice.listed(self.partners, 5), dice.choice(self.partners), "*", "WLD"))
        if name == "period" and schema.get("type") != "array":
            return self.period()
        if name == "product" and parameter.get("in") == "path":
            return self.product(dice.random() < 0.8)
        if name in known:
            return known[name]()
        if name in NUMBERS:
            return dice.choice(NUMBERS[name])
        items = schema.get("items", {})
        if name == "level":
            return self.level(schema["enum"])
        if schema.get("enum") or items.get("enum"):
            return dice.listed(items["enum"]) if items.get("enum") else dice.choice(schema["enum"])
        return dice.choice((0, 1)) if schema.get("maximum") == 1 else parameter.get("example", 1)


class Generator:
    def __init__(self, world, seed):
        self.world, self.seed = world, seed
        self.components = world.openapi["components"]

    def _resolve(self, thing):
        while "$ref" in thing:
            kind, name = thing["$ref"].split("/")[-2:]
            thing = self.components[kind][name]
        return thing

    def _schema(self, parameter):
        schema = dict(self._resolve(parameter.get("schema", {})))
        if "items" in schema:
            schema["items"] = self._resolve(schema["items"])
        return schema

    def parameters(self, path):
        operation = self.world.openapi["paths"][path]
        listed = operation.get("parameters", []) + operation["get"].get("parameters", [])
        found = [self._resolve(p) for p in listed]
        return [(p, self._schema(p)) for p in found if p["in"] in ("path", "query")]

    def _filter(self, dice, schema):
        name = dice.choice(list(schema["properties"]))
        money = not re.match(r"share|hhi|top_share|.*(dependence|ratio|growth|rank|rca|tii|index|asymmetry)", name)
        value = dice.choice((0, 1, "1e6", 25000000, -5, "1e9", "2.5e10") if money else (0, 0.1, 0.4, 0.5, 1, 0.01, -0.1, 2))
        return "%s=%s" % (name, value)

    def _query(self, path, asker, dice):
        query = []
        own = 0.9 if path == "/v1/check" else dice.choice((0.15, 0.35, 0.6))
        for parameter, schema in self.parameters(path):
            name = parameter["name"]
            chance = {"filters": 0.15, "sort": 0.2, "fields": 0.12, "limit": 0.35, "explain": 0.05, "cursor": 0.01, "release": 0.03,
                      "labels": 0.15, "shape": 0.1, "pretty": 0.1, "product": 0.3, "dataset": 0.4}.get(name, 0.04 if name in SHOWN else own)
            if parameter["in"] == "path" or not parameter.get("required") and dice.random() > chance:
                continue
            if name == "filters":
                query.append(self._filter(dice, schema))
            elif name == "sort":
                query.append("sort=" + dice.listed(schema["items"]["enum"], 2))
            elif name == "format":
                query.append("format=" + dice.choice(FORMATS))
            else:
                query.append("%s=%s" % (name, quote(str(asker.value(parameter, schema)), safe=",:.*%-+")))
        dice.shuffle(query)
        return query

    def _spoil(self, dice, query):
        """A mistake, now and then."""
        roll = dice.random()
        if roll < 0.015:
            query.append(dice.choice(("perid=2019", "foo=bar", "Period=2019", "=", "value.gte=1", "produkt=85", "a=b=c", "%00=1", "format")))
        elif roll < 0.025 and query:
            query.append(dice.choice(query))

    def _headers(self, dice):
        roll, headers = dice.random(), []
        if roll < 0.06:
            headers.append(("Accept", dice.choice(ACCEPTS)))
        elif roll < 0.1:
            headers.append(("Accept-Encoding", dice.choice(("gzip", "gzip;q=0", "br, gzip;q=0.5", "identity"))))
        elif roll < 0.12:
            headers.append(dice.choice((("If-None-Match", "*"), ("If-None-Match", '"0123456789abcdef"'), ("Range", "bytes=0-9"),
                                        ("Origin", "http://localhost"), ("X-Request-Id", "asked-by-a-test"))))
        return headers

    def path(self, path, asker, **given):
        for parameter, schema in self.parameters(path):
            if parameter["in"] == "path":
                value = given.get(parameter["name"]) or quote(str(asker.value(parameter, schema)), safe=",:.*%-+")
                path = path.replace("{%s}" % parameter["name"], value)
        return path

    def random(self, path, number):
        """One question to a route; number and seed make it."""
        dice = Dice("%s %s %s" % (self.seed, path, number))
        asker = Asker(self.world, dice)
        target, query, headers = self.path(path, asker), self._query(path, asker, dice), self._headers(dice)
        self._spoil(dice, query)
        if not headers and dice.random() < 0.2:
            target += dice.choice(SUFFIXES)
        then = [follow for follow, chance in (("304", 0.06), ("next", 0.12), ("pinned", 0.04), ("csv", 0.03), ("mirror", 0.05))
                if dice.random() < chance]
        method = "HEAD" if dice.random() < 0.03 else "OPTIONS" if dice.random() < 0.004 else "GET"
        return question(target + ("?" + "&".join(query) if query else ""), method, headers, then if method == "GET" else ())

    def likely(self, path, number, to):
        """One question to a route, drawn again, most times, where the answer is a problem; asked without what it leads to."""
        dice = Dice("%s %s %s again" % (self.seed, path, number))
        for attempt in range(8):
            drawn = self.random(path, "%s.%d" % (number, attempt))
            if to(drawn) in (200, 204, 304) or dice.random() < 0.2:
                break
        return drawn

    def explained(self, path, number):
        """A target of the route, in JSON and without what is only written otherwise, whose answer says how it was made."""
        dice = Dice("%s %s %s explained" % (self.seed, path, number))
        asker = Asker(self.world, dice)
        shown = tuple(name + "=" for name in SHOWN - {"sort", "limit"})
        query = [part for part in self._query(path, asker, dice) if not part.startswith(shown)]
        return "%s?%s" % (self.path(path, asker), "&".join([*query, "explain=1"]))

    def paths(self):
        return list(self.world.openapi["paths"])

    def mistakes(self):
        """Each parameter of each route with each of some wrong values, alone."""
        for path in self.paths():
            dice = Dice("mistake " + path)
            asker = Asker(self.world, dice)
            for parameter, _ in self.parameters(path):
                for wrong in dice.sample(WRONG, 4 if parameter["name"] not in SHOWN else 1):
                    if parameter["in"] == "query":
                        yield question("%s?%s=%s" % (self.path(path, asker), parameter["name"], wrong))
                    else:
                        yield question(self.path(path, asker, **{parameter["name"]: wrong or "%20"}))

    def formats(self, targets):
        """Each of the targets in every format and shape."""
        shapes = ("shape=arrays", "pretty=1", "labels=name", "labels=both", "count=none", "limit=1", "explain=1",
                  "shape=arrays&labels=both&pretty=1&limit=3")
        for example in targets:
            yield question(example, then=("304", "next", "pinned", "csv", "mirror"))
            yield question(example, "HEAD")
            for format_ in FORMATS:
                tail = "&format=" + format_ if "?" in example else "?format=" + format_
                yield question(example + tail)
                yield question(example + tail, headers=[("Accept-Encoding", "gzip")])
            for shape in shapes:
                yield question(example + ("&" if "?" in example else "?") + shape)
            yield question(example + ("&" if "?" in example else "?") + "format=csv&bom=1&labels=both&codes=prefixed")


def question(target, method="GET", headers=(), then=()):
    return {"how": "http", "method": method, "target": target, "headers": [list(h) for h in headers], "then": list(then)}


def written():
    """Targets that stand in tests and documents."""
    found = set()
    for pattern in ("tests/http/*.c", "tests/siege/*.c", "tests/*.sh", "README.md", "tests/clients/*", "tests/browser/*.mjs",
                    "src/web/views/*.js"):
        for path in sorted(glob.glob(pattern)):
            with open(path, encoding="utf-8") as f:
                for target in re.findall(r"/(?:v1|problems)\b[A-Za-z0-9_./?=&,*:%+~-]*", f.read()):
                    if not re.search(r"%(?![0-9A-Fa-f]{2})", target):
                        found.add(target.rstrip(".,:"))
    return [question(target) for target in sorted(found)]


def pages():
    """What belongs to no table: the page and what it is made of, and addresses that are not there."""
    files = sorted(path[len("src/web"):] for path in glob.glob("src/web/**/*.*", recursive=True))
    for target in ["/", "/docs", "/livez", "/readyz", "/healthz", "/v1/openapi.json", "/.well-known/api-catalog", "/favicon.ico",
                   "/robots.txt", "/metrics", "/v2", "/v1/", "//v1", "/V1", "/v1/bilateral/IND", "/v1/nothing", "/v1/bilateral/IND/CHN/",
                   "/v1/../v1", "/v1/%2e%2e/v1", "/v1/bilateral/IND%2FCHN", "/v1/countries.xlsx", "/v1/countries.", "/?x=1", "/v1?#a",
                   *files]:
        yield question(target, then=("304",))
        yield question(target, "HEAD")
        yield question(target, headers=[("Accept-Encoding", "gzip")])
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", "BREW"):
        for target in ("/v1", "/v1/bilateral/IND/CHN", "/nope"):
            yield question(target, method)
