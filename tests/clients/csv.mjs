// Two CSV parsers read every table; each cell is the one of the JSON answer.
import { cases, get, load, tables, withSuffix } from './asked.mjs';

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
]);
