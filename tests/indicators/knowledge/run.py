"""What is known: random worlds in which something is not, every answer held against a reference of returns, rests and absence.

usage: run.py ENTREPOT [--only hand|worlds|deletion|choice|links] [--long] [--kind KIND] [--seeds N] [--shown N]

The rules are DESIGN 9.1 to 9.3 and nothing of the program's. A short run looks at a part of each world; --long makes more
than a million comparisons.
"""
import argparse
import os
import random
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import answers as ask  # noqa: E402
import by_hand  # noqa: E402
import choice  # noqa: E402
import deletion  # noqa: E402
import kinds  # noqa: E402
import links  # noqa: E402
from codes import GROUPS, WORLD  # noqa: E402
from faults import Faults  # noqa: E402
from returns import DIGITS  # noqa: E402
from served import Answer, NotServed, Program  # noqa: E402

ABSENT = ("GBR", "ZAF")  # countries that no world holds
ELSEWHERE = ("854140", "851713", "270900", "847130", "850760")  # codes that are absent from some worlds, or from a revision


class Asking(Program):
    def ask(self, url):
        """A route or a parameter that is not there is an answer as well: it is told as not served."""
        try:
            return super().ask(url)
        except NotServed as lacking:
            return Answer(url, 404, {"detail": "not served: %s" % lacking})


def levels_of(world):
    return [level for level in ("hs2", "hs4", "hs6") if 0 < DIGITS[level] <= DIGITS[world.level]]


def periods_of(world):
    if world.frequency != "M":
        return world.periods
    years = sorted({p[:4] for p in world.periods})
    return years + world.periods[20:30:3]


def of_a_pair(asked, chance, r, p, t, long):
    world, levels = asked.world, levels_of(asked.world)
    years = [y for y in periods_of(world) if len(y) == len(t)]
    ask.bilateral(asked, r, p, None, years)
    if p != WORLD:
        ask.mirror(asked, r, p, t)
    ask.check(asked, r, p, chance.choice("XM"), t)
    if p != WORLD:
        ask.leverage(asked, r, p, "total", t)
    for level in levels if long else levels and [chance.choice(levels)]:
        earlier = [v for v in years if v < t]
        ask.products(asked, r, p, level, t, earlier[-1] if earlier else None)
        if p != WORLD:
            ask.dependence(asked, r, p, level, t, chance.choice((0.25, 0.4)))
        if p != WORLD:
            ask.leverage(asked, r, p, level, t)
            ask.indices(asked, r, p, level, t)
    if levels:
        codes = asked_for(world, chance)
        for code in codes if long else codes[:2]:
            ask.bilateral(asked, r, p, code, years)
            ask.suppliers(asked, r, code, t)
            if p != WORLD:
                ask.scenario(asked, r, p, code, t)
        if world.level in ("hs4", "hs6"):
            ask.bilateral(asked, r, p, "electric-batteries", years)


def asked_for(world, chance):
    """Codes of the world, their chapters, and some that it does not hold."""
    digits = DIGITS[world.level]
    held = sorted({row[4] for row in world.rows if row[4]})
    some = chance.sample(held, min(3, len(held))) + [c[:digits] for c in chance.sample(ELSEWHERE, 2)]
    if digits > 2:
        some.append(chance.choice(held)[:4 if chance.random() < 0.5 else 2])
    chance.shuffle(some)
    return sorted(set(some), key=some.index)


def of_a_reporter(asked, chance, r, t, long):
    world, levels = asked.world, levels_of(asked.world)
    for by in ("total", "exports", "imports"):
        ask.partners(asked, r, by, t)
    ask.deficits(asked, r, t)
    for level in levels if long else levels[-1:]:
        ask.dependence(asked, r, None, level, t)


def grids(asked, members, periods, long):
    """Every reporter, partner and product by name."""
    world = asked.world
    partners = sorted(members) + [WORLD] + list(ABSENT) + [g for g in GROUPS if world.kind == "groups"]
    nodes = sorted({row[4] for row in world.rows if row[4]} | set(ELSEWHERE if world.level == "hs6" else ()))[:60]
    coarse = {level: sorted({n[:DIGITS[level]] for n in nodes}) for level in levels_of(world)}
    reporters = sorted(c for c in members)
    for t in periods:
        for flow in "XM":
            for some in (reporters[i:i + 8] for i in range(0, min(len(reporters), 16), 8)):
                ask.flows_of_pairs(asked, some, partners[:60], flow, "total", t)
                for level in levels_of(world) if long else levels_of(world)[-1:]:
                    ask.flows_of_pairs(asked, some[:8 if long else 3], partners[:20], flow, level, t, coarse[level])


def one_world(world, server, faults, long, worlds=()):
    asked, chance = ask.Asked(world, server, faults), random.Random(world.name)
    faults.world = world.kind
    members = sorted(world.members)[:14]
    periods = periods_of(world)
    ask.availability(asked)
    grids(asked, members, periods if long else [chance.choice(periods)], long)
    pairs = [(r, p) for r in members for p in members + list(ABSENT[:1]) + [WORLD] if r != p]
    for r, p in chance.sample(pairs, min(len(pairs), 60 if long else 6)):
        of_a_pair(asked, chance, r, p, chance.choice(periods), long)
    for r in members if long else chance.sample(members, min(3, len(members))):
        of_a_reporter(asked, chance, r, chance.choice(periods), long)
    for r, p in chance.sample([pair for pair in pairs if pair[1] != WORLD], min(len(pairs) // 3, 12 if long else 2)):
        ask.profile(asked, {w.name: w for w in worlds}, r, p)
    told = [pair for pair in pairs if pair[1] in world.members or world.partners == "closed" and pair[1] != WORLD]
    for t in periods[:6]:
        ask.compare(asked, chance.sample(told, min(len(told), 12)), t)


def start(binary, folder, worlds, faults):
    """A server over those worlds that can be imported; the others are faults."""
    server, cubes = Asking(binary, folder), []
    good = []
    for world in worlds:
        own = os.path.join(folder, world.name)
        os.mkdir(own)
        said, cube = kinds.write(world, own), os.path.join(own, "it.cube")
        faults.world = world.kind
        faults.compared += 1
        try:
            server.run("import", *said, "-o", cube)
            cubes.append(cube)
            good.append(world)
        except SystemExit as refused:
            faults.fault("import", "(file)", "refused", world.name, str(refused)[-180:])
    if good:
        server.serve(cubes)
    return server, good


def random_worlds(options):
    faults, status, asked, started = Faults(options.shown), 0, 0, time.monotonic()
    for seed in range(1, (options.seeds or (3 if options.long else 1)) + 1):
        some = options.kind or [k for k in kinds.KINDS if options.long or k not in kinds.LARGE]
        worlds = [w for w in (kinds.make(k, seed) for k in some) if w]
        with tempfile.TemporaryDirectory() as folder:
            server, good = start(os.path.abspath(options.entrepot), folder, worlds, faults)
            for world in worlds:
                if world not in good:
                    print("not ok - %s: refused" % world.name)
            try:
                if good:
                    ask.codes(server, faults, ("854140", "854142", "851712", "851713", "850760", "293339"))
                for world in good:
                    before, wrong = faults.compared, faults.differing
                    one_world(world, server, faults, options.long, good)
                    print("%s - %s: %d of %d comparisons differ" % (
                        "ok" if faults.differing == wrong else "not ok", world.name, faults.differing - wrong, faults.compared - before))
            finally:
                status |= server.stop() if good else 0
            asked += server.asked
    return end("random worlds", faults, status, "%d questions" % asked, started)


def end(what, faults, status, more, started):
    faults.tell()
    bad = faults.differing or faults.lacking or status
    print("%s - %s: %d of %d comparisons differ, %d columns are not served, %s, %.0f s" % (
        "not ok" if bad else "ok", what, faults.differing, faults.compared, len(faults.lacking), more, time.monotonic() - started))
    return bool(bad)


def deleted(options):
    faults, started = Faults(options.shown), time.monotonic()
    seeds = range(1, (options.seeds or (4 if options.long else 1)) + 1)
    status = deletion.run(os.path.abspath(options.entrepot), start, faults, seeds, 10 if options.long else 1, options.kind)
    return end("what is deleted and not marked", faults, status, "%d seeds" % len(seeds), started)


def chosen(options):
    faults, started = Faults(options.shown), time.monotonic()
    seeds = range(1, (options.seeds or (200 if options.long else 10)) + 1)
    status = choice.run(start, options.entrepot, faults, seeds, 4)
    return end("which dataset answers", faults, status, "%d sets" % len(seeds), started)


def linked(options):
    faults, started = Faults(options.shown), time.monotonic()
    seeds = range(1, (options.seeds or (30 if options.long else 3)) + 1)
    status = links.run(Asking, start, options.entrepot, faults, seeds, 9000 if options.long else 900)
    return end("where links and warnings lead", faults, status, "%d sets" % len(seeds), started)


def worked_out(options):
    return any(outcome.differing for outcome in by_hand.run(options.entrepot))


PARTS = {"hand": worked_out, "worlds": random_worlds, "deletion": deleted, "choice": chosen, "links": linked}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("entrepot")
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--long", action="store_true", help="over three million comparisons")
    parser.add_argument("--kind", action="append", choices=kinds.KINDS, help="only worlds of this kind")
    parser.add_argument("--seeds", type=int, default=0)
    parser.add_argument("--shown", type=int, default=2, help="examples of each kind of fault")
    options = parser.parse_args()
    for name in ("ENTREPOT_CONFIG", "ENTREPOT_LISTEN", "ENTREPOT_DATA"):
        os.environ.pop(name, None)
    failed = [part(options) for name, part in PARTS.items() if options.only in (None, name)]
    return 1 if any(failed) else 0


if __name__ == "__main__":
    sys.exit(main())
