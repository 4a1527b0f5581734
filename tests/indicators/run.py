"""An independent calculation of every indicator, held against the program's answers over HTTP.

usage: run.py ENTREPOT

The program's values come from its own import of the same CSV; ours from Python integers and the formulas of formulas.py.
INDICATORS_STRICT=0: a route or a column that is not served is told as a skip, not as a failure. INDICATORS_SEED: other pairs.
"""
import os
import sys
import tempfile
import traceback

import questions as ask
import toy
from cases import Case
from served import NotServed, Program
from worlds import MATRIX, make_books, make_matrix, make_toy, read_toy

STRICT = os.environ.get("INDICATORS_STRICT", "1") == "1"
SEED = int(os.environ.get("INDICATORS_SEED", "1989"))
PAIRS = 200
MISSING = "not ok" if STRICT else "skip"


class Run:
    def __init__(self, server):
        self.server, self.failed, self.told = server, False, set()

    def case(self, name, *steps):
        """Runs the steps, each a function of the case; a route that is not there ends it."""
        case, gone = Case(name, MISSING), None
        try:
            for step in steps:
                step(case)
        except NotServed as route:
            gone = str(route)
        except Exception as error:  # an answer of another form than this expects is a failure of the case, not of the run
            where = traceback.extract_tb(error.__traceback__)[-1]
            place = "%s:%d" % (os.path.basename(where.filename), where.lineno)
            case.differ(self.server.last, place, repr(error)[:300], "an answer")
        if gone and (STRICT or gone not in self.told):
            self.told.add(gone)
            print("%s - %s is not served%s" % (MISSING, gone, " (%s)" % name if STRICT else ""))
        if gone is None or case.compared or case.differences:
            self.failed |= case.end()
        self.failed |= gone is not None and STRICT


def on(function, server, world, drawn, *more):
    """A step a question."""
    return [lambda case, q=q: function(case, server, world, q, *more) for q in drawn]


def every_indicator(run, world, drawn):
    server, name = run.server, world.name + ": "
    for title, function in (
            ("a pair over time, D1 to D5, G1, records", ask.bilateral), ("a pair's products, D6, G3", ask.products),
            ("top and other", ask.top_and_other), ("deficits, D4", ask.deficits), ("growth by partner, G1, G3", ask.growth), ("leverage, L1, L2, L4", ask.leverage),
            ("suppliers, L6", ask.suppliers), ("a cut, W1", ask.scenario), ("revealed advantage, S1", ask.rca),
            ("trade intensity, S2", ask.tii), ("complementarity, S3", ask.tci), ("Grubel-Lloyd, S4", ask.grubel_lloyd),
            ("Finger-Kreinin and Krugman, S5, S6", ask.finger_kreinin), ("Hirschman, C4", ask.hirschman),
            ("concentration, C1, C2", ask.hhi), ("partners", ask.partners), ("compare", ask.compare),
            ("mirror of one book, Q1", ask.mirror_of_one_book)):
        run.case(name + title, *on(function, server, world, drawn))
    run.case(name + "flows", *on(ask.flows, server, world, drawn[::4]))
    run.case(name + "flows by partner", *on(ask.flows_by_partner, server, world, drawn))
    for i, method in enumerate(ask.METHODS):
        some = drawn[i::len(ask.METHODS)] if len(drawn) > 20 else drawn
        told = "%s, threshold %s%s%s" % (method[0], method[1], ", window %d" % method[3] if method[3] > 1 else "",
                                         ", home " + "-".join(method[2]) if method[2] else "")
        run.case(name + "dependence on a partner, " + told, *on(ask.dependence, server, world, some, *method, True))
        run.case(name + "dependence on anybody, " + told, *on(ask.dependence, server, world, some, *method, False))
    options = [lambda case, q=q: ask.leverage(case, server, world, q, 3, 0.5) for q in drawn[::10]]
    run.case(name + "leverage with sigma and cut, L4", *options)
    options = [lambda case, q=q: ask.suppliers(case, server, world, q, 0.25, 0, 0.6) for q in drawn[::10]]
    run.case(name + "suppliers with expand and divert", *options)
    options = [lambda case, q=q: ask.scenario(case, server, world, q, 0.6, 3, 0.05, 0.1, 0.25) for q in drawn[::10]]
    run.case(name + "a cut over three years with home production", *options)
    options = [lambda case, q=q: ask.scenario(case, server, world, q, 0.3, 2, side="partner") for q in drawn[::10]]
    run.case(name + "a cut seen from the partner", *options)
    options = [lambda case, q=q: ask.scenario(case, server, world, q, 0.4, 2, digits=2) for q in drawn[::10]]
    run.case(name + "a cut of a chapter, product by product", *options)
    run.case(name + "what a cut costs, W1, G4", *on(ask.cost, server, world, drawn[::4]))
    run.case(name + "unit values, G4", *on(ask.unit_values, server, world, drawn[::4]))


def main():
    binary = os.path.abspath(sys.argv[1])
    for name in ("ENTREPOT_CONFIG", "ENTREPOT_LISTEN", "ENTREPOT_DATA"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory() as folder:
        server = Program(binary, folder)
        document = read_toy()
        world, manifest = make_toy(folder, document)
        books, books_manifest = make_books(folder, document)
        matrix = make_matrix(folder)
        try:
            server.serve(server.import_all([manifest, books_manifest] + ([matrix[1]] if matrix else [])))
            run = Run(server)
            run.case("toy: every value of the file is asked for", lambda case: toy.every_value(case, document))
            for what, wanted in toy.by_question(document).items():
                run.case("toy: values worked out by hand, " + what,
                         lambda case, what=what, wanted=wanted: toy.ask_all(case, server, what, wanted))
            pairs = ask.draw(world, 16, SEED, ("hs6", "hs4", "hs2", "sector"))
            every_indicator(run, world, pairs)
            run.case("books: mirror of two books, Q1, Q2", lambda case: ask.mirror_of_two_books(case, server, world, books))
            run.case("toy: mirror of a book that is named, Q1", *on(ask.mirror_of_named_book, server, world, pairs))
            if matrix:
                drawn = ask.draw(matrix[0], PAIRS, SEED, ("hs4", "hs4", "hs2", "section", "sector"))
                every_indicator(run, matrix[0], drawn)
            else:
                print("skip - the matrix of 23 countries is not here (%s)" % MATRIX)
        finally:
            status = server.stop()
        print("%s - the server ends with 0 after %d questions" % ("ok" if status == 0 else "not ok", server.asked))
        return 1 if run.failed or status else 0


if __name__ == "__main__":
    sys.exit(main())
