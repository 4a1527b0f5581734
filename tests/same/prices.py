"""The price of a request: what it reads <= its price <= twice that and 1,000; few statements; and no request above max_cost is answered.

usage: prices.py ENTREPOT BENCH_SYNTH

For every route that explain=1 explains, 200 random questions that are answered (PRICES=N: so many), over a small synthetic world. A case a
route. SEED=1: another gives other questions.
"""
import json
import os
import sys
import tempfile

import questions
import worlds
from exchange import Server

ANSWERED = int(os.environ.get("PRICES", "200"))
PATIENCE = 12  # questions drawn for each that is answered
WORLD = ("--years", "2016..2021", "--areas", "40", "--products", "300")
# What is allowed above twice what is read: a request this cheap need not be counted.
CHEAP = 1000
MOST_STATEMENTS = 10
FEW = ("/v1/dependence/{reporter}?level=sector", "/v1/dependence/{reporter}/{partner}?level=sector", "/v1/scenario/{reporter}/{partner}?cut=0.3",
       "/v1/leverage/{reporter}/{partner}?level=sector", "/v1/profile/{reporter}/{partner}?top=10")
# Two that kept the server busy for seconds when each of their statements was priced alone, and are answered or refused by what they read.
WIDE = ("/v1/bilateral/USA/DEU?region=region&product=" + ",".join("%02d" % chapter for chapter in range(1, 60)),
        "/v1/compare?period=2016..2021&product=S16,S06,S11,S15&pairs=" + ",".join(
            "%s-%s" % pair for pair in [(a, b) for a in ("USA", "DEU", "CHN", "FRA", "ITA") for b in ("JPN", "GBR", "NLD", "KOR", "IND")]))


class Cost:
    """What explain=1 says of an answer."""

    def __init__(self, target, meta):
        plan = meta["plan"]
        self.target, self.statements = target, meta["queries"]
        self.read = sum(step["rows_touched"] for step in plan)
        self.price = meta["price"]
        self.whole = len(plan) == meta["queries"]

    def fault(self):
        said = "%s: read %d, priced at %d, %d statements" % (self.target, self.read, self.price, self.statements)
        if not self.whole:
            return said + ", of which not all are shown"
        return None if self.read <= self.price <= 2 * self.read + CHEAP else said


class Run:
    def __init__(self, server):
        self.server, self.failed = server, False
        self.generator = questions.Generator(questions.World(lambda target: server.ask("GET", target)[2].decode("utf-8")),
                                             os.environ.get("SEED", "1"))

    def case(self, name, faults, remark=""):
        for fault in faults[:5]:
            print("# " + fault)
        print("%s - %s%s" % ("not ok" if faults else "ok", name, remark))
        self.failed |= bool(faults)

    def ask(self, target):
        """The cost of an answer; None where there is none."""
        status, _, body = self.server.ask("GET", target)
        if status != 200:
            return None
        return Cost(target, json.loads(body)["meta"])

    def route(self, path):
        costs, number = [], 0
        while len(costs) < ANSWERED and number < ANSWERED * PATIENCE:
            cost = self.ask(self.generator.explained(path, number))
            costs += [cost] if cost else []
            number += 1
        faults = [fault for fault in (cost.fault() for cost in costs) if fault]
        if len(costs) < ANSWERED:
            faults.append("only %d of %d questions are answered" % (len(costs), number))
        statements, read = (max((getattr(cost, of) for cost in costs), default=0) for of in ("statements", "read"))
        if read == 0:
            faults.append("the answers are made without any statement that is told of")
        self.case("price of " + path, faults, ", %d answers, at most %d statements and %d observations" % (len(costs), statements, read))
        return costs

    def few(self, form):
        """Whatever a question of this form is about, it takes few statements."""
        path, _, own = form.partition("?")
        world, costs = self.generator.world, []
        for number in range(40):
            dice = questions.Dice("%s few %d" % (form, number))
            asker = questions.Asker(world, dice)
            product = dice.choice((asker.product(), dice.choice(world.sectors), "S%02d" % dice.randint(1, 21)))
            more = "" if "profile" in path else "&product=" + product if "scenario" in path else dice.choice(("", "&product=" + product))
            cost = self.ask("%s?%s%s&explain=1" % (self.generator.path(path, asker), own, more))
            costs += [cost] if cost else []
        faults = ["%s: %d statements" % (c.target, c.statements) for c in costs if c.statements > MOST_STATEMENTS]
        if len(costs) < 10:
            faults.append("only %d of 40 questions are answered" % len(costs))
        self.case("at most %d statements: %s" % (MOST_STATEMENTS, form), faults)

    def wide(self, target, entrepot, arguments, folder):
        """Answered where max_cost is the price, refused where it is one less."""
        cost = self.ask(target + "&explain=1")
        if not cost or cost.price <= CHEAP:
            return self.case("a wide question is answered and costs something: " + target[:40], [target])
        faults = [fault for fault in [cost.fault()] if fault]
        for most, expected in ((cost.price, 200), (cost.price - 1, 422)):
            capped = Server(entrepot, [*arguments, "--max-cost", str(most)], os.path.join(folder, "capped.log"))
            status, _, body = capped.ask("GET", target)
            capped.stop()
            if status != expected:
                faults.append("status %d with --max-cost %d at a price of %d: %s" % (status, most, cost.price, body[:200].decode()))
        return self.case("max_cost is of a whole request: %s…" % target[:40], faults, ", %d read" % cost.read)


def capped(run, entrepot, arguments, folder, costs):
    """Above max_cost nothing is answered, at it all is: each question asked where max_cost is the median of prices."""
    prices = sorted(cost.price for cost in costs if cost.price > CHEAP)
    if not prices:
        return run.case("max_cost", ["no question is priced above %d" % CHEAP])
    most = prices[len(prices) // 2]
    server = Server(entrepot, [*arguments, "--max-cost", str(most)], os.path.join(folder, "capped.log"))
    faults = []
    for cost in costs:
        status = server.ask("GET", cost.target)[0]
        if (status == 200) != (cost.price <= most):
            faults.append("%s: status %d at a price of %d" % (cost.target, status, cost.price))
    server.stop()
    return run.case("none above max_cost is answered, and none at or below it is refused", faults, ", %d questions" % len(costs))


def main(entrepot, bench_synth):
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ENTREPOT_ALLOW_ROOT"] = "1"
        arguments = worlds.synthetic(folder, entrepot, bench_synth, WORLD)
        server = Server(entrepot, arguments, os.path.join(folder, "log"))
        run = Run(server)
        explained = [path for path in run.generator.paths() if "explain" in {p["name"] for p, _ in run.generator.parameters(path)}]
        costs = []
        for path in explained:
            costs += run.route(path)
        for form in FEW:
            run.few(form)
        for target in WIDE:
            run.wide(target, entrepot, arguments, folder)
        capped(run, entrepot, arguments, folder, costs)
        run.case("the server ends well", ["status %d" % status for status in [server.stop()] if status])
    return run.failed


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])))
