// What the clients ask: the example of every table, from the server's own list.
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

export const base = process.argv[2];
const modules = createRequire(pathToFileURL(path.join(process.env.CLIENTS_NODE, 'package.json')));
export const load = (name) => modules(name);

export const withSuffix = (target, suffix) => target.replace(/^[^?]*/, (path) => `${path}.${suffix}`);
export async function get(target, status = 200) {
    const response = await fetch(base + target);
    if (response.status !== status) throw new Error(`${target}: ${response.status} ${(await response.text()).slice(0, 300)}`);
    return response;
}
export async function tables() {
    const list = await (await get('/v1')).json(), found = [];
    for (const { example } of list.data) {
        const csv = await fetch(base + withSuffix(example, 'csv'));
        if (csv.ok && csv.headers.get('content-type').startsWith('text/csv')) found.push(example);
    }
    if (found.length < 25) throw new Error(`only ${found.length} tables are listed`);
    return found.concat(
        '/v1/bilateral/IND/CHN?dataset=*',
        '/v1/bilateral/IND/CHN?fields=exports,flags',
        '/v1/dependence/IND/CHN?level=hs6&method=india80&period=2022,2023&dataset=toy-world',
        '/v1/flows?reporter=*&partner=*&product=*&period=2022,2023&dataset=toy-world&sort=-value',
        '/v1/scenario/IND/CHN?product=854140&cut=0.3&years=2&allocation=1',
        '/v1/deficits/IND?period=2019&balance.gt=1');
}

export async function cases(all) {
    let failed = false;
    for (const [name, run] of all)
        try {
            console.log(`ok - ${name} (${await run()})`);
        } catch (error) {
            failed = true;
            console.log(`# ${String(error.stack).replaceAll('\n', '\n# ')}\nnot ok - ${name}`);
        }
    process.exitCode = failed ? 1 : 0;
}
