// DuckDB reads CSV, JSON and NDJSON: over HTTP where its extension httpfs can be had (HEAD first, then ranges), else as files.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { base, cases, get, load } from './asked.mjs';

const { DuckDBInstance } = load('@duckdb/node-api');
const duck = await (await DuckDBInstance.create(':memory:')).connect();
const work = await mkdtemp(path.join(os.tmpdir(), 'duckdb-'));
const rows = async (sql) => (await (await duck.run(sql)).getRowObjectsJson());

const products = '/v1/bilateral/IND/CHN/products';
const query = '?level=hs2&period=FY2018-19&dataset=dgcis-hs2-fy&sort=product';
const answer = await (await get(products + query)).json();
const total = answer.data.reduce((sum, row) => sum + row.imports, 0);

async function check(source) {
    const [sum] = await rows(`SELECT sum(imports)::BIGINT AS imports, min(product) AS product, count(*)::INT AS n, any_value(typeof(product)) AS kind FROM ${source}`);
    if (Number(sum.imports) !== total || sum.n !== answer.data.length || sum.product !== '01' || sum.kind !== 'VARCHAR')
        throw new Error(JSON.stringify(sum));
    return `${sum.n} rows`;
}

async function checkAll(place) {
    const said = [
        await check(`read_csv('${await place('.csv' + query)}', types = {'product': 'VARCHAR'})`),
        await check(`(SELECT unnest(data, recursive := true) FROM read_json('${await place(query)}'))`),
        await check(`read_json('${await place('.ndjson' + query)}')`),
    ];
    return said.join(', ');
}

async function asFiles() {
    let n = 0;
    return checkAll(async (target) => {
        const file = path.join(work, `${n++}.${target.startsWith('.') ? target.slice(1).split('?')[0] : 'json'}`);
        await writeFile(file, Buffer.from(await (await get(products + target)).arrayBuffer()));
        return file;
    });
}

let overHttp = false;
try {
    await duck.run('INSTALL httpfs');
    await duck.run('LOAD httpfs');
    overHttp = true;
} catch (error) {
    console.log(`skip DuckDB reads over HTTP # its extension httpfs cannot be installed here: ${String(error).split('\n')[0].slice(0, 120)}`);
}
await cases([
    ['DuckDB reads CSV, JSON and NDJSON with their types', asFiles],
    ...(overHttp ? [['DuckDB reads them over HTTP', () => checkAll(async (target) => base + products + target)]] : []),
]);
await rm(work, { recursive: true });
