"""Leverage, suppliers and scenarios of random pairs of the Comtrade matrix, against the same formulas written again here.

    levers.py ENTREPOT MATRIX.csv FOLDER [PAIRS]     FOLDER: for the manifest and the cube; one line of result on stdout
"""
import csv
import json
import math
import os
import random
import shutil
import subprocess
import sys
from collections import defaultdict
from fractions import Fraction

entrepot, matrix, folder = sys.argv[1:4]
pairs_wanted = int(sys.argv[4]) if len(sys.argv) > 4 else 200
cube = os.path.join(folder, 'matrix.cube')
compared = 0


def import_matrix():
    manifest = {
        'id': 'matrix', 'title': 'Exports among 23 countries', 'source': 'UN Comtrade', 'source_url': None,
        'licence': 'see the source', 'published': None, 'checked': 'no', 'frequency': 'A', 'level': 'hs4', 'hs': 'HS1992',
        'valuation': {'exports': 'FOB', 'imports': 'FOB'}, 'basis': 'reconciled', 'coverage': 'full',
        'partners': 'closed', 'synthetic': False, 'notes': [], 'file': 'matrix.csv', 'codes': 'iso3',
        'columns': {'period': 'year', 'reporter': 'exporter', 'partner': 'importer', 'product': 'hs4',
                    'value': 'value_usd_thousand', 'quantity': 'quantity_tonnes'},
        'constants': {'flow': 'X'}, 'value_unit': 'USD thousand', 'quantity_unit': 'tonnes'}
    shutil.copy(matrix, os.path.join(folder, 'matrix.csv'))
    with open(os.path.join(folder, 'matrix.json'), 'w') as out:
        json.dump(manifest, out)
    subprocess.run([entrepot, 'import', os.path.join(folder, 'matrix.json'), '-o', cube], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def get(target):
    answer = subprocess.run([entrepot, 'get', target, '--data', cube], capture_output=True, text=True, check=False)
    body = json.loads(answer.stdout)
    if 'data' not in body:
        sys.exit(f'not ok - {target}: {answer.stdout[:300]}')
    return body


flow = defaultdict(int)      # year, exporter, importer, product
exports = defaultdict(int)   # year, exporter, product
imports = defaultdict(int)   # year, importer, product
all_exports = defaultdict(int)
all_imports = defaultdict(int)
world = defaultdict(int)
price = defaultdict(lambda: [0, 0.0])  # year, exporter, product: value and tonnes of what has a weight
countries = set()


def read_matrix():
    with open(matrix) as lines:
        for row in csv.DictReader(lines):
            y, e, i, k = row['year'], row['exporter'], row['importer'], row['hs4']
            usd = round(Fraction(row['value_usd_thousand']) * 1000)
            flow[y, e, i, k] += usd
            exports[y, e, k] += usd
            imports[y, i, k] += usd
            all_exports[y, e] += usd
            all_imports[y, i] += usd
            world[y, k] += usd
            countries.update((e, i))
            if row['quantity_tonnes']:
                price[y, e, k][0] += usd
                price[y, e, k][1] += float(row['quantity_tonnes'])


def ratio(part, whole):
    return part / whole if part is not None and whole else None


def same(got, wanted, what):
    """To 1e-6, as published; None is null."""
    global compared
    compared += 1
    if (got is None) != (wanted is None) or (got is not None and abs(got - wanted) > 1.1e-6 * max(1, abs(wanted))):
        sys.exit(f'not ok - {what}: {got}, not {wanted}')


def within(got, wanted, most, what):
    """Dollars: each part is rounded to a whole one."""
    global compared
    compared += 1
    if got is None or abs(got - wanted) > most:
        sys.exit(f'not ok - {what}: {got}, not {wanted}')


def trade(y, e, i, k):
    return flow.get((y, e, i, k), 0)


def check_leverage(y, r, p):
    target = f'/v1/leverage/{r}/{p}?level=hs4&period={y}&limit=50000'
    body = get(target)
    losses = weights = without_bound = 0
    for k in {k for (year, i, k) in list(imports) if year == y and i == r and imports[year, i, k]}:
        share = trade(y, p, r, k) / imports[y, r, k]
        weights += imports[y, r, k]
        if share >= 1:
            without_bound += 1
        else:
            losses += imports[y, r, k] * math.log(1 / (1 - share)) / 3
    summary = body['meta']['summary']
    same(summary['loss_index_reporter_at_least'], ratio(losses, weights), target)
    same(summary['unbounded_products_reporter'], without_bound, target)
    for row in body['data']:
        k = row['product']
        bought, sold = trade(y, p, r, k), trade(y, r, p, k)
        same(row['import_dependence'], ratio(bought, imports[y, r, k]), target)
        same(row['partner_market_dependence'], ratio(bought, exports[y, p, k]), target)
        same(row['market_dependence'], ratio(sold, exports[y, r, k]), target)
        same(row['partner_import_dependence'], ratio(sold, imports[y, p, k]), target)
    return [row['product'] for row in body['data'] if row['imports']]


def check_suppliers(y, r, p, k):
    target = f'/v1/suppliers/{k}?importer={r}&exclude={p}&period={y}'
    body = get(target)
    total = sum(all_exports[y, c] for c in countries)
    for row in body['data']:
        s = row['supplier']
        now, every = trade(y, s, r, k), exports[y, s, k]
        same(row['sales_to_importer'], now, target)
        same(row['world_exports'], every, target)
        same(row['world_share'], ratio(every, world[y, k]), target)
        same(row['rca'], ratio(ratio(every, all_exports[y, s]), ratio(world[y, k], total)), target)
        same(row['unit_value'], ratio(*price[y, s, k]), target)
        within(row['capacity'], 0.1 * every + 0.2 * (every - now), 1, target)
    gap, summary = trade(y, p, r, k), body['meta']['summary']
    same(summary['gap'], gap, target)
    same(summary['resourcing_multiple'], ratio(gap, imports[y, r, k] - gap), target)
    same(summary['market_tightness'], ratio(gap, world[y, k] - exports[y, p, k] - exports[y, r, k]), target)


def capacities(y, r, p, k, side, year):
    out = {}
    for s in countries - {r, p}:
        every = exports[y, s, k] if side == 'reporter' else imports[y, s, k]
        now = trade(y, s, r, k) if side == 'reporter' else trade(y, p, s, k)
        out[s] = 0.1 * year * every + 0.2 * (every - now)
    return out


def check_scenario(y, r, p, products):
    side, cut, years = random.choice(('reporter', 'partner')), random.choice((0.1, 0.5, 1)), random.choice((1, 3))
    target = f'/v1/scenario/{r}/{p}?product={",".join(products)}&cut={cut}&years={years}&period={y}&side={side}'
    for row in get(target)['data']:
        now = cut * row['year'] / years if row['path'] == 'gradual' else cut
        gap = covered = cost = priced = 0
        for k in products:
            part = capacities(y, r, p, k, side, row['year'])
            whole = sum(part.values())
            filled = min(now * trade(y, p, r, k), whole)
            gap += now * trade(y, p, r, k)
            covered += filled
            for s, capacity in part.items():
                times = ratio(ratio(*price[y, s, k]), ratio(*price[y, p, k]))
                if whole and times is not None:
                    cost += filled * capacity / whole * (times - 1)
                    priced += filled * capacity / whole
        within(row['gap'], gap, len(products), target)
        within(row['covered'], covered, 25 * len(products) * row['year'], target)
        same(row['domestic'] + row['covered'] + row['uncovered'], row['gap'], target)
        if side == 'reporter' and priced > 1e4:
            within(row['cost'], cost, 1e-3 * abs(cost) + 50 * len(products) * max(1, row['cost_multiple']), target)


read_matrix()
import_matrix()
random.seed(1989)
known = sorted({key[:3] for key in flow})
for year_of, exporter, importer in random.sample(known, min(pairs_wanted, len(known))):
    bought_products = check_leverage(year_of, importer, exporter)
    if bought_products:
        chosen = random.sample(bought_products, min(len(bought_products), random.choice((1, 1, 3, 20))))
        check_suppliers(year_of, importer, exporter, chosen[0])
        check_scenario(year_of, importer, exporter, chosen)
print(f'ok - leverage, suppliers and scenarios of {pairs_wanted} pairs, {compared} figures')
