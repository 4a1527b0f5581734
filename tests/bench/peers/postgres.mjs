// PostgreSQL: a private cluster in a temporary folder, reached by its Unix socket and removed afterwards. The heap keeps the order
// of the files; three covering indexes.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';

export const dialect = { hs2: 'k / 10000', whole: (c) => `CAST(round(${c} * 1000) AS BIGINT)` };

const settings = ['listen_addresses=', 'shared_buffers=2GB', 'work_mem=256MB', 'maintenance_work_mem=1GB', 'fsync=off',
  'full_page_writes=off', 'wal_level=minimal', 'max_wal_senders=0', 'max_wal_size=8GB', 'jit=off',
  'max_parallel_workers_per_gather=1', 'dynamic_shared_memory_type=mmap'];

function binaries() {
  const found = fs.existsSync('/usr/lib/postgresql') ? fs.readdirSync('/usr/lib/postgresql').sort((a, b) => b - a) : [];
  const folder = found.map((v) => `/usr/lib/postgresql/${v}/bin`).find((f) => fs.existsSync(`${f}/initdb`));
  if (folder) return `${folder}/`;
  if (spawnSync('initdb', ['--version']).status === 0) return '';
  throw Object.assign(new Error('PostgreSQL is not installed'), { missing: true });
}

// The server refuses to run as root.
function as_user(command, args) {
  if (process.getuid() !== 0) return [command, args];
  const user = spawnSync('id', ['postgres']).status === 0 ? 'postgres' : 'nobody';
  return ['runuser', ['-u', user, '--', command, ...args]];
}

function copy(bin, folder, files) {
  const load = spawn('/bin/sh', ['-c', `for f; do tail -n +2 "$f"; done | sed 's/ *NA$//' |
    "${bin}psql" -q -v ON_ERROR_STOP=1 -h "${folder}" -U bench -d postgres -c "COPY baci FROM STDIN (FORMAT csv)"`, 'sh', ...files],
  { stdio: ['ignore', 'inherit', 'inherit'], cwd: folder });
  return new Promise((done, fail) => load.on('close', (code) => (code === 0 ? done() : fail(new Error(`COPY: ${code}`)))));
}

export async function open(work, files, log) {
  const { default: pg } = await import('pg');
  const bin = binaries();
  const folder = fs.mkdtempSync(`${os.tmpdir()}/bench-pg-`);
  fs.chmodSync(folder, 0o777);
  const run = (command, args) => execFileSync(...as_user(command, args), { stdio: ['ignore', 'ignore', 'inherit'], cwd: folder });
  run(`${bin}initdb`, ['-D', `${folder}/data`, '-A', 'trust', '-U', 'bench', '-E', 'UTF8', '--no-locale', '--no-sync']);
  run(`${bin}pg_ctl`, ['-D', `${folder}/data`, '-w', '-s', '-l', `${folder}/data/log`, '-o',
    `-k ${folder} ${settings.map((s) => `-c ${s}`).join(' ')}`, 'start']);
  const stop = () => {
    run(`${bin}pg_ctl`, ['-D', `${folder}/data`, '-w', '-s', '-m', 'immediate', 'stop']);
    fs.rmSync(folder, { recursive: true, force: true });
  };
  try {
    const client = new pg.Client({ host: folder, user: 'bench', database: 'postgres' });
    await client.connect();
    const version = (await client.query('SHOW server_version')).rows[0].server_version.split(' ')[0];
    const started = performance.now();
    await client.query(`CREATE UNLOGGED TABLE baci (t smallint, i smallint, j smallint, k integer, v double precision,
      q double precision)`);
    await copy(bin, folder, files.map((f) => fs.realpathSync(f)));
    for (const index of ['(i, j, t, k) INCLUDE (v)', '(j, t, k) INCLUDE (i, v)', '(k, t, i, j) INCLUDE (v)'])
      await client.query(`CREATE INDEX ON baci ${index}`);
    await client.query('VACUUM ANALYZE baci');
    const seconds = (performance.now() - started) / 1000;
    const rows = Number((await client.query('SELECT count(*) FROM baci')).rows[0].count);
    const bytes = Number((await client.query("SELECT pg_total_relation_size('baci') AS n")).rows[0].n);
    log(`PostgreSQL ${version}: ${rows} rows and three indexes in ${seconds.toFixed(1)} s`);
    let n = 0;
    return {
      name: 'postgres',
      version,
      rows,
      seconds,
      bytes: () => bytes,
      prepare: async (sql) => {
        const query = { name: `q${n++}`, text: sql, rowMode: 'array' };
        const rows = async (values) => (await client.query({ ...query, values })).rows;
        return { run: rows, rows };
      },
      close: async () => {
        await client.end();
        stop();
      },
    };
  } catch (error) {
    stop();
    throw error;
  }
}
