// A program against the generated client: what it reads must be there in these types, or tsc refuses it; and what it gets must be right.
//   node client.js BASE
import createClient from 'openapi-fetch';
import type { components, paths } from './schema.js';

declare const process: { argv: string[]; exitCode?: number };

const base = process.argv[2];
if (!base) throw new Error('usage: client.js BASE');
// Lists are written with commas, filters as parameters of their own: so the document says, and so this client is told. Of the formats that
// an answer has, this program reads JSON.
const client = createClient<paths, 'application/json' | 'application/problem+json'>({
    baseUrl: base,
    querySerializer: { array: { style: 'form', explode: false }, object: { style: 'form', explode: true } },
});

function must(truth: boolean, what: string): void {
    console.log(`${truth ? 'ok' : 'not ok'} - ${what}`);
    if (!truth) process.exitCode = 1;
}

const series = await client.GET('/v1/bilateral/{reporter}/{partner}', {
    params: {
        path: { reporter: 'IND', partner: 'CHN' },
        query: { period: ['FY2018-19'], fields: ['period', 'imports', 'share_of_imports', 'flags'], sort: ['-imports'], limit: 10 },
    },
});
/** Rows as objects: with shape=arrays, which is not asked for here, they would be arrays. */
function objects<Row>(rows: Row[] | undefined): Exclude<Row, unknown[]>[] {
    return (rows ?? []).filter((row): row is Exclude<Row, unknown[]> => !Array.isArray(row));
}

const row: components['schemas']['BilateralRow'] | undefined = objects(series.data?.data)[0];
const imports: number | null | undefined = row?.imports;
must(imports === 70319640000, 'a row of a series, by its types');
must(series.data?.meta.page.total === 1 && series.data.meta.dataset === 'dgcis-total-fy', 'meta and page, by their types');

const filtered = await client.GET('/v1/dependence/{reporter}/{partner}', {
    params: { path: { reporter: 'IND', partner: 'CHN' }, query: { period: ['FY2018-19'], level: 'hs2', filters: { 'share.gte': 0.5 } } },
});
const rows = objects(filtered.data?.data);
must(rows.length > 0 && rows.every((one) => 'share' in one && typeof one.share === 'number' && one.share >= 0.5), 'a filter goes out as the server reads it');
must(typeof filtered.data?.meta.summary?.dependent_products === 'number', 'figures of meta.summary have names of their own');

const wrong = await client.GET('/v1/countries/{code}', { params: { path: { code: 'CHI' } } });
const problem: components['schemas']['Problem'] | undefined = wrong.error;
must(wrong.response.status === 404 && problem?.errors[0]?.suggestions.includes('CHN') === true, 'a problem, by its types');

const profile = await client.GET('/v1/profile/{reporter}/{partner}', { params: { path: { reporter: 'IND', partner: 'CHN' } } });
const totals = profile.data?.totals;
must(totals !== undefined && totals.rows.length === 5 && profile.data?.reporter.name === 'India', 'a document, by its types');
const ranks = profile.data?.ranks;
must(ranks !== undefined && ('why' in ranks ? ranks.why.length > 0 : ranks.partners > 0), 'a part that may be missing is told apart');

const kept = await client.GET('/v1/sectors', { headers: { 'If-None-Match': '*' }, parseAs: 'text' });
must(kept.response.status === 304, 'If-None-Match is answered with 304');

const head = await client.HEAD('/v1/flows', { params: { query: { reporter: ['IND'], flow: ['imports'], period: ['2019'] } } });
must(head.response.ok && head.response.headers.has('etag'), 'HEAD has the header fields of GET');

// @ts-expect-error: there is no such column
void client.GET('/v1/sectors', { params: { query: { fields: ['weight'] } } });
// @ts-expect-error: there is no such path
void client.GET('/v1/sector');
