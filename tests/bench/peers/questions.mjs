// The questions of bench_cube in SQL, over one table baci(t, i, j, k, v, q) with v in thousand USD and q in tonnes.
//
// V stands for the value: the column itself on the clock, whole USD where answers are compared. HS2 stands for the chapter. A
// question's `params` are what its $1, $2 … mean; `fold` makes of its rows what bench_cube writes beside its parameters: rows,
// sum_usd, more, members, sum_sq. `check`, where there is one, is a second statement whose single row gives [rows, sum_usd].

const usd = (rows, at) => rows.reduce((sum, row) => sum + BigInt(row[at]), 0n);
const plain = (at) => (rows) => ({ rows: rows.length, sum_usd: usd(rows, at) });

export const questions = {
  pair: {
    params: ['reporter', 'partner'],
    sql: `SELECT i, t, sum(V) FROM baci WHERE i = $1 AND j = $2 GROUP BY i, t
          UNION ALL SELECT i, t, sum(V) FROM baci WHERE i = $2 AND j = $1 GROUP BY i, t`,
    fold: plain(2),
  },
  'pair-hs2': {
    params: ['reporter', 'partner'],
    sql: `SELECT i, t, HS2, sum(V) FROM baci WHERE i = $1 AND j = $2 GROUP BY 1, 2, 3
          UNION ALL SELECT i, t, HS2, sum(V) FROM baci WHERE i = $2 AND j = $1 GROUP BY 1, 2, 3`,
    fold: plain(3),
  },
  'pair-hs6': {
    params: ['reporter', 'partner', 'year'],
    sql: `SELECT i, k, V, KG FROM baci WHERE i = $1 AND j = $2 AND t = $3
          UNION ALL SELECT i, k, V, KG FROM baci WHERE i = $2 AND j = $1 AND t = $3`,
    fold: (rows) => ({ ...plain(2)(rows), more: usd(rows.filter((row) => row[3] !== null), 3) }),
  },
  dependence: {
    params: ['reporter', 'year'],
    sql: `SELECT k, sum(V), max(V), count(*), sum(CAST(V AS DOUBLE PRECISION) * V) FROM baci WHERE j = $1 AND t = $2 GROUP BY k`,
    fold: (rows) => ({
      ...plain(1)(rows),
      more: usd(rows, 2),
      members: usd(rows, 3),
      sum_sq: rows.reduce((sum, row) => sum + Number(row[4]), 0),
    }),
  },
  'suppliers-world': {
    params: ['product', 'year'],
    sql: 'SELECT i, sum(V) FROM baci WHERE k = $1 AND t = $2 GROUP BY i',
    fold: plain(1),
  },
  suppliers: {
    params: ['reporter', 'product', 'year'],
    sql: 'SELECT i, V FROM baci WHERE j = $1 AND k = $2 AND t = $3',
    fold: plain(1),
  },
  ranking: {
    params: ['reporter', 'year'],
    sql: `SELECT j, 'X', sum(V) FROM baci WHERE i = $1 AND t = $2 GROUP BY j
          UNION ALL SELECT i, 'M', sum(V) FROM baci WHERE j = $1 AND t = $2 GROUP BY i`,
    fold: plain(2),
  },
  deficits: {
    params: ['year'],
    sql: `WITH pair AS (SELECT i, j, sum(V) AS total FROM baci WHERE t = $1 GROUP BY i, j)
          SELECT r, p, sum(b) FROM (SELECT i AS r, j AS p, total AS b FROM pair
                                    UNION ALL SELECT j, i, -total FROM pair) AS side
          GROUP BY r, p ORDER BY 3 LIMIT 100`,
    check: `SELECT count(*) * 2, sum(total) * 2 FROM (SELECT sum(V) AS total FROM baci WHERE t = $1 GROUP BY i, j) AS pair`,
    fold: (rows) => ({ more: usd(rows.filter((row) => BigInt(row[2]) < 0n), 2) }),
  },
  'product-pairs': {
    params: ['product', 'year'],
    sql: 'SELECT i, j, V FROM baci WHERE k = $1 AND t = $2',
    fold: plain(2),
  },
};

// A statement for one engine: `exact` compares to the dollar, otherwise it is what goes on the clock.
export function statement(sql, dialect, exact) {
  return sql
    .replaceAll('HS2', dialect.hs2)
    .replaceAll('KG', exact ? dialect.whole('q') : 'q')
    .replace(/\bV\b/g, exact ? dialect.whole('v') : 'v');
}
