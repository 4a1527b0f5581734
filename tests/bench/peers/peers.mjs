// The questions of bench_cube put to other engines, with the same parameters; their answers must be the same to the dollar.
//
//   node peers.mjs --engine duckdb|sqlite|postgres --params FILE --work DIR [--count 100] [--seconds 60] [--tsv FILE] CSV…
//   node peers.mjs --engine … --import-only --work DIR [--tsv FILE] CSV…
//
// --params is what bench_cube wrote. Imports the files, asks `count` parameters of each question (fewer where that would take longer
// than `seconds`), prints a table, adds lines to the TSV file: engine, question, asked, median_us, p99_us, max_us; and one with import
// seconds, rows, bytes and version. Exit status 1 if any answer differs: each difference is printed; 3 if the engine is not installed.
import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { questions, statement } from './questions.mjs';

const { values: option, positionals: files } = parseArgs({
  allowPositionals: true,
  options: {
    engine: { type: 'string' }, params: { type: 'string' }, work: { type: 'string' }, tsv: { type: 'string' },
    count: { type: 'string', default: '100' }, seconds: { type: 'string', default: '60' },
    'import-only': { type: 'boolean', default: false },
  },
});
if (!['duckdb', 'sqlite', 'postgres'].includes(option.engine) || !(option.params || option['import-only']) || !option.work || files.length === 0) {
  console.error('usage: peers.mjs --engine duckdb|sqlite|postgres --params FILE --work DIR [--count N] [--tsv FILE] CSV…');
  process.exit(2);
}

function read_params(path) {
  const [head, ...rest] = fs.readFileSync(path, 'utf8').trimEnd().split('\n').map((line) => line.split('\t'));
  const by_question = {};
  for (const cells of rest) {
    const param = Object.fromEntries(head.map((name, at) => [name, cells[at]]));
    (by_question[param.query] ??= []).push(param);
  }
  return by_question;
}

function differences(param, answer) {
  const out = [];
  for (const key of ['rows', 'sum_usd', 'more', 'members'])
    if (BigInt(answer[key] ?? 0) !== BigInt(param[key])) out.push(`${key} ${answer[key] ?? 0} here, ${param[key]} in the cube`);
  const sum_sq = answer.sum_sq ?? 0;
  if (Math.abs(sum_sq - Number(param.sum_sq)) > 1e-9 * Number(param.sum_sq)) out.push(`sum_sq ${sum_sq} here, ${param.sum_sq} in the cube`);
  return out;
}

const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
const us = (x) => x.toFixed(1).padStart(11);

async function measure(engine, question, params, exact, timed) {
  const bind = (param) => question.params.map((name) => Number(param[name]));
  const until = performance.now() + (Number(option.seconds) * 1000) / 2;
  const sample = params.slice(0, Number(option.count));
  let wrong = 0;
  let asked = 0;
  for (const param of sample) { // also warms up
    const answer = question.fold(await exact.main.rows(bind(param)));
    if (exact.check) [answer.rows, answer.sum_usd] = (await exact.check.rows(bind(param)))[0];
    for (const text of differences(param, answer)) {
      wrong++;
      console.log(`DIFFERS: ${engine.name} ${param.query} ${question.params.map((p) => `${p}=${param[p]}`).join(' ')}: ${text}`);
    }
    asked++;
    if (performance.now() > until) break;
  }
  const took = [];
  for (const param of sample.slice(0, asked)) {
    const values = bind(param);
    const started = process.hrtime.bigint();
    await timed.run(values);
    took.push(Number(process.hrtime.bigint() - started) / 1000);
  }
  took.sort((a, b) => a - b);
  return { asked, wrong, median: quantile(took, 0.5), p99: quantile(took, 0.99), max: took.at(-1) };
}

async function main() {
  const { open, dialect } = await import(`./${option.engine}.mjs`);
  const params = option['import-only'] ? {} : read_params(option.params);
  let engine;
  try {
    engine = await open(option.work, files, console.log);
  } catch (error) {
    console.error(`${option.engine}: ${error.message.split('\n')[0]}`);
    return error.missing || error.code === 'ERR_MODULE_NOT_FOUND' || /bindings file/.test(error.message) ? 3 : 1;
  }
  const tsv = [];
  let compared = 0;
  let wrong = 0;
  try {
    const bytes = engine.bytes();
    tsv.push([engine.name, 'import', engine.rows, engine.seconds.toFixed(3), bytes, engine.version]);
    console.log(`${engine.name} ${engine.version}: ${(engine.rows / engine.seconds / 1e6).toFixed(2)} million rows/s, ` +
      `${(bytes / engine.rows).toFixed(2)} bytes a row`);
    if (option.params) console.log(`${''.padEnd(18)}asked  ${'median µs'.padStart(11)}${'p99 µs'.padStart(11)}${'max µs'.padStart(11)}`);
    const floor = await engine.prepare('SELECT 1');
    const idle = { rows: '0', sum_usd: '0', more: '0', members: '0', sum_sq: '0' };
    questions.nothing = { params: [], fold: () => ({}) }; // what asking alone costs
    if (option.params) params.nothing = Array.from({ length: 200 }, () => idle);
    for (const [id, question] of Object.entries(questions)) {
      if (!params[id]) continue;
      const exact = { main: floor };
      if (question.sql) exact.main = await engine.prepare(statement(question.sql, dialect, true));
      if (question.check) exact.check = await engine.prepare(statement(question.check, dialect, true));
      const timed = question.sql ? await engine.prepare(statement(question.sql, dialect, false)) : floor;
      const f = await measure(engine, question, params[id], exact, timed);
      if (question.sql) compared += f.asked;
      wrong += f.wrong;
      console.log(`${id.padEnd(18)}${String(f.asked).padStart(5)}  ${us(f.median)}${us(f.p99)}${us(f.max)}`);
      tsv.push([engine.name, id, f.asked, f.median.toFixed(1), f.p99.toFixed(1), f.max.toFixed(1)]);
    }
  } finally {
    await engine.close();
  }
  if (option.params) console.log(`${engine.name}: ${compared} answers compared with the cube's, ${wrong} differences`);
  if (option.params) tsv.push([engine.name, 'compared', compared, wrong]);
  if (option.tsv) fs.appendFileSync(option.tsv, tsv.map((line) => `${line.join('\t')}\n`).join(''));
  return wrong === 0 ? 0 : 1;
}

process.exit(await main());
