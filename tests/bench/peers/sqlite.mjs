// SQLite: the table clustered by pair, year and product; two covering indexes for importers and products.
import fs from 'node:fs';
import { lines } from './lines.mjs';

export const dialect = { hs2: 'k / 10000', whole: (c) => `CAST(round(${c} * 1000) AS INTEGER)` };

export async function open(work, files, log) {
  const { default: Database } = await import('better-sqlite3');
  const path = `${work}/sqlite.db`;
  fs.rmSync(path, { force: true });
  const db = new Database(path);
  const version = db.prepare('SELECT sqlite_version()').pluck().get();
  for (const pragma of ['journal_mode = OFF', 'synchronous = OFF', 'cache_size = -1000000', 'mmap_size = 4000000000',
    'page_size = 8192']) db.pragma(pragma);
  const started = performance.now();
  db.exec(`CREATE TABLE baci (t INTEGER, i INTEGER, j INTEGER, k INTEGER, v REAL, q REAL, PRIMARY KEY (i, j, t, k)) WITHOUT ROWID`);
  const insert = db.prepare('INSERT INTO baci VALUES (?, ?, ?, ?, ?, ?)');
  let rows = 0;
  db.exec('BEGIN');
  for await (const cell of lines(files)) {
    const q = cell[5].trim();
    insert.run(+cell[0], +cell[1], +cell[2], +cell[3], +cell[4], q === 'NA' ? null : +q);
    rows++;
  }
  db.exec('COMMIT');
  db.exec('CREATE INDEX importer ON baci (j, t, k, i, v); CREATE INDEX product ON baci (k, t, i, j, v); ANALYZE');
  const seconds = (performance.now() - started) / 1000;
  log(`SQLite ${version}: ${rows} rows and two indexes in ${seconds.toFixed(1)} s`);
  return {
    name: 'sqlite',
    version,
    rows,
    seconds,
    bytes: () => fs.statSync(path).size,
    prepare: async (sql) => {
      const prepared = db.prepare(sql.replace(/\$(\d)/g, '?$1')).raw(true).safeIntegers(true);
      const named = (values) => Object.fromEntries(values.map((value, at) => [at + 1, value]));
      return {
        run: async (values) => { prepared.all(named(values)); },
        rows: async (values) => prepared.all(named(values)),
      };
    },
    close: async () => {
      db.close();
      fs.rmSync(path, { force: true });
    },
  };
}
