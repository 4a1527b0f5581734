// DuckDB: a database file, two threads, the table in the order in which CEPII ships the rows (so that its zone maps help).
import fs from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

export const dialect = { hs2: 'k // 10000', whole: (c) => `CAST(round(${c} * 1000) AS BIGINT)` };

export async function open(work, files, log) {
  const path = `${work}/duckdb.db`;
  for (const old of [path, `${path}.wal`]) fs.rmSync(old, { force: true });
  const instance = await DuckDBInstance.create(path, { threads: '2' });
  const connection = await instance.connect();
  const list = files.map((f) => `'${f.replaceAll("'", "''")}'`).join(', ');
  const started = performance.now();
  await connection.run(`CREATE TABLE baci AS SELECT * FROM read_csv([${list}], header = true, auto_detect = false, delim = ',',
    nullstr = ['NA', '           NA'], columns = {'t': 'SMALLINT', 'i': 'SMALLINT', 'j': 'SMALLINT', 'k': 'INTEGER',
    'v': 'DOUBLE', 'q': 'DOUBLE'})`);
  await connection.run('CHECKPOINT');
  const seconds = (performance.now() - started) / 1000;
  const version = (await connection.runAndReadAll('SELECT version()')).getRows()[0][0];
  const rows = Number((await connection.runAndReadAll('SELECT count(*) FROM baci')).getRows()[0][0]);
  log(`DuckDB ${version}: ${rows} rows in ${seconds.toFixed(2)} s`);
  return {
    name: 'duckdb',
    version,
    rows,
    seconds,
    bytes: () => fs.statSync(path).size,
    prepare: async (sql) => {
      const prepared = await connection.prepare(sql);
      const bind = (values) => values.forEach((value, at) => prepared.bindInteger(at + 1, value));
      return {
        run: async (values) => { bind(values); await prepared.run(); },
        rows: async (values) => { bind(values); return (await prepared.runAndReadAll()).getRows(); },
      };
    },
    close: async () => {
      connection.closeSync();
      instance.closeSync();
      for (const old of [path, `${path}.wal`]) fs.rmSync(old, { force: true });
    },
  };
}
