"""The dearest requests that are let through, what each costs, and how /readyz and a cheap question fare beside eight clients who ask nothing else.

usage: load.py ENTREPOT BENCH_SYNTH [CUBE]

For each form of question the largest that is still answered under the shipped max_cost is found; then its time of processor is measured, with
one row to write and with all of them; then eight clients ask the dearest for LOAD_SECONDS (20). A request must take no more than 60 ms before its
rows are written and 100 ms in all, /readyz 100 ms (p99), and nobody is lost: else "not ok". Without CUBE a world of 75 million rows is made
first (LOAD_WORLD: other options of bench_synth): five minutes, 4 GB under $TMPDIR.
"""
import glob
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "same"))
from exchange import Server  # noqa: E402

SECONDS = float(os.environ.get("LOAD_SECONDS", "20"))
WORLD = os.environ.get("LOAD_WORLD", "--years 1995..2021 --areas 226 --products 5018 --scale 0.3").split()
CLIENTS, SHARDS = 8, 2
BEFORE_ROWS_MS, IN_ALL_MS, READY_MS = 60, 100, 100
LAST = 2021
LARGE = ("USA", "DEU", "CHN", "FRA", "ITA", "JPN", "GBR", "NLD", "KOR", "IND", "CAN", "MEX", "ESP", "BEL", "POL")
CHAPTERS = ["%02d" % chapter for chapter in range(1, 97) if chapter != 77]
SECTIONS = ["S16", "S06", "S11", "S15", "S17", "S05", "S07", "S02", "S04", "S18", "S01", "S03", "S08", "S09", "S10", "S12", "S13", "S14", "S20"]


def span(n):
    return "%d..%d" % (LAST - n + 1, LAST)


def pairs(n):
    return ",".join([a + "-" + b for a in LARGE for b in LARGE if a != b][:n])


# Each a function of a size from 1 (a small question) to 27 (the largest).
FORMS = {
    "bilateral, region, chapters": lambda n: "/v1/bilateral/USA/DEU?region=region&product=" + ",".join(CHAPTERS[:2 * n + 6]),
    "bilateral, sections": lambda n: "/v1/bilateral/USA/DEU?product=" + ",".join(SECTIONS[:n]) + "&period=" + span(27),
    "compare, pairs": lambda n: "/v1/compare?product=S16,S06,S11,S15&period=1995..2021&pairs=" + pairs(2 * n),
    "compare, periods": lambda n: "/v1/compare?product=S16,S06,S11,S15&pairs=%s&period=%s" % (pairs(60), span(n)),
    "flows, all reporters": lambda n: "/v1/flows?reporter=*&partner=%s&product=85&flow=imports&group_by=reporter,partner&period=2021" % ",".join(
        LARGE[:(n + 1) // 2]),
    "flows, periods": lambda n: "/v1/flows?reporter=USA&partner=*&product=S16&group_by=partner,period&period=" + span(n),
    "flows, hs6": lambda n: "/v1/flows?reporter=USA&flow=imports&level=hs6&group_by=product,period&period=" + span(n),
    "products, hs6": lambda n: "/v1/bilateral/USA/CHN/products?level=hs6&period=" + span(n),
    "products, periods": lambda n: "/v1/bilateral/USA/CHN/products?level=sector&period=" + span(n),
    "deficits": lambda n: "/v1/deficits/USA?period=2021&product=" + ",".join(CHAPTERS[:2 * n + 8]),
    "partners": lambda n: "/v1/partners/USA?period=2021&product=" + ",".join(CHAPTERS[:2 * n + 8]),
    "dependence, any": lambda n: "/v1/dependence/USA?level=hs6&window=5&period=" + span(n),
    "dependence, cepii": lambda n: "/v1/dependence/USA?level=hs6&method=cepii&window=5&period=" + span(n),
    "dependence, eu2021": lambda n: "/v1/dependence/DEU?level=hs6&method=eu2021&home=DEU,FRA,ITA,ESP,BEL,NLD,POL&period=" + span(n),
    "dependence, sector": lambda n: "/v1/dependence/USA/CHN?level=sector&window=5&period=" + span(n),
    "leverage, hs6": lambda n: "/v1/leverage/USA/CHN?level=hs6&period=2021&product=" + ",".join(SECTIONS[:n]),
    "leverage, sector": lambda n: "/v1/leverage/USA/CHN?level=sector&period=%d" % (LAST - n + 1),
    "suppliers": lambda n: "/v1/suppliers/%s?period=2021" % ",".join(SECTIONS[:n]),
    "suppliers, importer": lambda n: "/v1/suppliers/%s?importer=USA&exclude=CHN&cut=0.5&period=2021" % ",".join(SECTIONS[:n]),
    "scenario": lambda n: "/v1/scenario/USA/CHN?cut=0.3&years=3&period=2021&product=" + ",".join(SECTIONS[:n]),
    "mirror": lambda n: "/v1/mirror/USA/CHN?level=hs6&period=" + span(n),
    "check": lambda n: "/v1/check?reporter=USA&partner=CHN&flow=imports&value=1e9&period=2021&measure=growth&product=" + ",".join(CHAPTERS[:2 * n]),
    "rca": lambda n: "/v1/indices/rca?reporter=USA&level=hs6&period=" + span(n),
    "tii": lambda n: "/v1/indices/tii?reporter=USA&partner=CHN&product=S16,S06&period=" + span(n),
    "tci": lambda n: "/v1/indices/tci?reporter=USA&partner=CHN&level=hs6&period=" + span(n),
    "grubel-lloyd": lambda n: "/v1/indices/grubel-lloyd?reporter=USA&level=hs6&period=" + span(n),
    "finger-kreinin": lambda n: "/v1/indices/finger-kreinin?reporter=USA&partner=CHN&level=hs6&period=" + span(n),
    "hirschman": lambda n: "/v1/indices/hirschman?reporter=USA&product=%s&period=%s" % (",".join(CHAPTERS[:60]), span(n)),
    "hhi": lambda n: "/v1/indices/hhi?reporter=USA&level=hs6&period=" + span(n),
    "profile": lambda n: "/v1/profile/USA/CHN?periods=%d" % min(n, 50),
}
SIZES = (27, 24, 21, 18, 15, 12, 10, 8, 6, 5, 4, 3, 2, 1)


def fresh(target, number, rows):
    """The same question in a form that nobody has asked before; rows: those to write at most, a little more each time."""
    if "/v1/profile" in target:
        return "%s&top=10&cif=%.6f" % (target, 1.06 + number * 1e-6)
    return "%s&limit=%d" % (target, rows + number % 40000)


def cpu_ms(server):
    """Time of processor of all threads so far."""
    used = 0
    for path in glob.glob("/proc/%d/task/*/schedstat" % server.process.pid):
        with open(path, encoding="ascii") as f:
            used += int(f.read().split()[0])
    return used / 1e6


def cost(server, target, rows, number):
    """The least of three, and the status of the last."""
    least, status = 1e9, 0
    for i in range(3):
        before = cpu_ms(server)
        status = server.ask("GET", fresh(target, number + i, rows))[0]
        least = min(least, cpu_ms(server) - before)
    return least, status


def price(server, target):
    status, _, body = server.ask("GET", target + "&explain=1" + "&limit=1" * ("/v1/profile" not in target))
    meta = json.loads(body).get("meta", {}) if status == 200 else {}
    return meta.get("price"), sum(step["rows_touched"] for step in meta.get("plan", ())), meta.get("queries")


def dearest(server):
    """The largest of each form that is answered: (ms before rows, ms in all, target), the dearest first."""
    found, failed = [], False
    print("# %-28s %4s %9s %9s %4s %9s %9s" % ("", "size", "price", "read", "asks", "ms, 1 row", "ms, all"))
    for name, form in FORMS.items():
        why = ""
        for size in SIZES:
            status, _, body = server.ask("GET", fresh(form(size), 0, 7))
            if status != 422:
                break
            why = "; more: " + json.loads(body)["type"].split("/")[-1]
        if status != 200:
            print("# %s: status %d at size %d: %s" % (name, status, size, form(size)[:150]))
            continue
        target = form(size)
        few, _ = cost(server, target, 1, 0)
        whole, status = cost(server, target, 1000, 10)
        bad = few > BEFORE_ROWS_MS or whole > IN_ALL_MS
        failed |= bad
        print("# %-28s %4d %9s %9s %4s %9.1f %9.1f%s" % (name, size, *(x if x is not None else "-" for x in price(server, target)), few, whole,
                                                        why + ("; too much" if bad else "")), flush=True)
        found.append((max(few, whole), name, target))
    print("%s - no request that is let through takes more than %d ms of processor before its rows, %d ms in all" % (
        "not ok" if failed else "ok", BEFORE_ROWS_MS, IN_ALL_MS))
    return [target for _, _, target in sorted(found, reverse=True)], failed


# ---- the eight, and who suffers ----

def own(server):
    """This process's own connection to the server."""
    server.socket, server.rest = None, b""
    return server


def keep_asking(server, targets, end, out):
    server, counts, number = own(server), Counter(), os.getpid() % 1000 * 37
    while time.monotonic() < end:
        number += 1
        status = server.ask("GET", fresh(targets[number % len(targets)], number, 1))[0]
        counts[status] += 1
    out.send(counts)


def probe(server, target, end, out):
    """Microseconds of each answer; a new connection for every twentieth, so that every shard is met."""
    server, took, bad = own(server), [], 0
    while time.monotonic() < end:
        if len(took) % 20 == 0:
            server.hang_up()
        start = time.monotonic()
        status = server.ask("GET", target % len(took) if "%" in target else target)[0]
        took.append((time.monotonic() - start) * 1000)
        bad += status != 200
        time.sleep(0.005)
    out.send((took, bad))


def start(work, *arguments):
    here, there = multiprocessing.Pipe(False)
    process = multiprocessing.Process(target=work, args=(*arguments, there))
    process.start()
    return process, here


def beside(server, targets, title):
    begin, used = time.monotonic(), cpu_ms(server)
    end = begin + SECONDS
    clients = [start(keep_asking, server, targets, end) for _ in range(CLIENTS if targets else 0)]
    probes = {name: start(probe, server, target, end) for name, target in (
        ("/readyz", "/readyz"), ("a cheap question", "/v1/bilateral/IND/CHN?period=2021&limit=%d1"))}
    counts, failed = sum((pipe.recv() for _, pipe in clients), Counter()), False
    for name, (_, pipe) in probes.items():
        took, bad = pipe.recv()
        took.sort()
        p99 = took[int(len(took) * 0.99)]
        print("# %s: %s p50 %.1f ms, p99 %.1f ms, most %.1f ms, %d asked, %d not answered" % (
            title, name, took[len(took) // 2], p99, took[-1], len(took), bad))
        failed |= bad > 0 or name == "/readyz" and p99 > READY_MS
    for process, _ in [*clients, *probes.values()]:
        process.join()
    seconds, answers = time.monotonic() - begin, counts[200]
    print("# %s: %d of their answers, server busy on %.2f processors of %d for %.0f s" % (
        title, answers, (cpu_ms(server) - used) / seconds / 1000, os.cpu_count(), seconds))
    failed |= not set(counts) <= {200, 503}
    print("%s - %s: /readyz within %d ms (p99), nobody lost; answers to the eight by status: %s" % (
        "not ok" if failed else "ok", title, READY_MS, dict(counts)))
    return failed


def make_world(folder, entrepot, bench_synth):
    world, cube = os.path.join(folder, "world"), os.path.join(folder, "world.cube")
    subprocess.run([bench_synth, "--out", world, *WORLD], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([entrepot, "import", "baci", *sorted(glob.glob(world + "/BACI_*.csv")), "--countries-file",
                    world + "/country_codes_V202501.csv", "--products-file", world + "/product_codes_HS17_V202501.csv", "--synthetic",
                    "--id", "synthetic-world", "--title", "Synthetic world: invented figures", "-o", cube],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    subprocess.run(["rm", "-rf", world], check=True)
    return cube


def main(entrepot, bench_synth, cube=None):
    os.environ["ENTREPOT_ALLOW_ROOT"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        cube = cube or make_world(folder, entrepot, bench_synth)
        server = Server(entrepot, ["--data", cube, "--shards", str(SHARDS), "--access-log", "0"], os.path.join(folder, "log"))
        try:
            targets, failed = dearest(server)
            failed |= beside(server, [], "alone")
            failed |= beside(server, targets[:1], "beside %d clients of the dearest" % CLIENTS)
            failed |= beside(server, targets[:8], "beside %d clients of the eight dearest" % CLIENTS)
            wide = [FORMS["bilateral, region, chapters"](27), FORMS["compare, pairs"](13)]
            answered = [t for t in wide if server.ask("GET", fresh(t, 5, 1))[0] == 200]
            print("# of the two wide questions %d are let through" % len(answered))
            failed |= bool(answered) and beside(server, answered, "beside %d clients of wide questions" % CLIENTS)
        finally:
            failed_end = server.stop()
    print("%s - the server ends well" % ("not ok" if failed_end else "ok"))
    return bool(failed or failed_end)


if __name__ == "__main__":
    sys.exit(main(*map(os.path.abspath, sys.argv[1:])))
