// Two CSV parsers read every table; each cell is the one of the JSON answer.
import { base, cases, get, load, tables, withSuffix } from './asked.mjs';

const { parse } = load('csv-parse/sync');
const Papa = load('papaparse');

const asText = (value) =>
    value === null || value === undefined ? '' : Array.isArray(value) ? value.join(' ') : String(value);
// A text that a spreadsheet would run stands behind an apostrophe.
const guarded = (text) => (/^\s*[=+\-@\t\r]/.test(text) ? `'${text}` : text);

function compare(target, records, answer) {
    if (records.length !== answer.data.length) throw new Error(`${target}: ${records.length} rows, not ${answer.data.length}`);
    answer.data.forEach((row, number) => {
        for (const { id, type } of answer.columns) {
            const got = records[number][id], want = row[id];
            const numeric = type === 'integer' || type === 'number';
            const same = numeric && want !== null ? Number(got) === want : got === (numeric ? '' : guarded(asText(want)));
            if (!same) throw new Error(`${target} row ${number} ${id}: ${got}, not ${asText(want)}`);
        }
    });
    return answer.data.length;
}

async function readAll(read, query) {
    let rows = 0;
    for (const target of await tables()) {
        const answer = await (await get(target)).json();
        const csv = withSuffix(target, 'csv');
        rows += compare(csv, read(await (await get(csv + (csv.includes('?') ? '&' : '?') + query)).text()), answer);
    }
    return `${rows} rows`;
}

const papa = (text) => {
    const { data, errors } = Papa.parse(text, { header: true, skipEmptyLines: true });
    if (errors.length) throw new Error(JSON.stringify(errors[0]));
    return data;
};

// What the field guide and SDMX' identifiers ask of any SDMX-CSV: ids, codes, periods, status, and no key twice.
const COMPONENT = /^[A-Z][A-Z0-9_]*$/, CODE = /^[A-Za-z0-9_@$-]+$/, STATUS = /^[ABDEFGHIJKLMNOPQSUVW]$/;
const TIME = /^(\d{4}|\d{4}-Q[1-4]|\d{4}-\d\d|\d{4}-04-01\/P1Y)$/;
function checkSdmx(target, rows) {
    const head = Object.keys(rows[0] ?? {}), measure = head.indexOf('MEASURE'), keys = new Set();
    if (head.length && (head.slice(0, 3).join() !== 'STRUCTURE,STRUCTURE_ID,ACTION' || measure < 3)) throw new Error(`${target}: ${head}`);
    for (const id of head) if (!COMPONENT.test(id)) throw new Error(`${target}: column ${id}`);
    for (const row of rows) {
        const dimensions = head.slice(3, measure + 1);
        for (const id of [...dimensions, 'UNIT_MEASURE']) if (!CODE.test(row[id])) throw new Error(`${target}: ${id} is ${row[id]}`);
        if (!STATUS.test(row.OBS_STATUS)) throw new Error(`${target}: status ${row.OBS_STATUS}`);
        if ('TIME_PERIOD' in row && !TIME.test(row.TIME_PERIOD)) throw new Error(`${target}: period ${row.TIME_PERIOD}`);
        if (row.OBS_VALUE === '' ? !'OMLHQ'.includes(row.OBS_STATUS) : !Number.isFinite(Number(row.OBS_VALUE)))
            throw new Error(`${target}: value ${row.OBS_VALUE} of status ${row.OBS_STATUS}`);
        const key = [...dimensions, 'TIME_PERIOD'].map((id) => row[id]).join('.');
        if (keys.has(key)) throw new Error(`${target}: ${key} stands twice`);
        keys.add(key);
    }
    return rows.length;
}

async function readAllSdmx() {
    let observations = 0;
    for (const target of await tables()) {
        const response = await fetch(base + withSuffix(target, 'sdmx.csv'));
        if (response.status === 406) continue;
        observations += checkSdmx(target, parse(await response.text(), { columns: true }));
    }
    if (observations < 2000) throw new Error(`only ${observations} observations`);
    return `${observations} observations`;
}

async function readSdmx() {
    const rows = parse(await (await get('/v1/bilateral/IND/CHN.sdmx.csv?period=FY2010-11..FY2018-19&dataset=dgcis-total-fy')).text(), { columns: true });
    const answer = await (await get('/v1/bilateral/IND/CHN?period=FY2010-11..FY2018-19&dataset=dgcis-total-fy')).json();
    const imports = rows.filter((row) => row.MEASURE === 'IMPORTS');
    imports.forEach((row, i) => {
        const want = answer.data[i];
        const year = want.period.slice(2, 6);
        if (row.STRUCTURE !== 'dataflow' || row.FREQ !== 'A' || row.TIME_PERIOD !== `${year}-04-01/P1Y` ||
            Number(row.OBS_VALUE) !== want.imports || row.UNIT_MEASURE !== 'USD' || row.REPORTER !== 'IND')
            throw new Error(JSON.stringify(row));
    });
    if (imports.length !== 9) throw new Error(`${imports.length} years`);
    return `${rows.length} observations`;
}

await cases([
    ['csv-parse reads every table, cell by cell', () => readAll((text) => parse(text, { columns: true }), 'labels=id')],
    ['csv-parse reads them with a byte order mark', () => readAll((text) => parse(text.startsWith('\uFEFF') ? text : `\uFEFF${text}`, { columns: true, bom: true }), 'bom=1')],
    ['Papa Parse reads every table, cell by cell', () => readAll(papa, 'labels=id')],
    ['csv-parse reads SDMX-CSV', readSdmx],
    ['every SDMX-CSV keeps to the rules of the format', readAllSdmx],
]);
