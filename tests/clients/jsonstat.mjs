// jsonstat-toolkit reads the JSON-stat of every table; each figure that it finds is the one of the JSON answer.
import { cases, get, tables, withSuffix } from './asked.mjs';
import { pathToFileURL } from 'node:url';
import path from 'node:path';

const { default: JSONstat } = await import(
    pathToFileURL(path.join(process.env.CLIENTS_NODE, 'node_modules/jsonstat-toolkit/import.mjs')));

// The category of a row in a dimension: its code, its number, or the only one there is.
function categoryOf(cube, id, row, number) {
    if (id === 'row') return String(number + 1);
    const categories = cube.Dimension(id).id;
    if (!(id in row)) {
        if (categories.length !== 1) throw new Error(`${id} has ${categories.length} categories and no column`);
        return categories[0];
    }
    return row[id] === null ? categories.find((code) => code === '_T' || code === '_Z') : String(row[id]);
}

function compare(target, cube, answer) {
    const kinds = new Map(answer.columns.map((c) => [c.id, c.type]));
    const metrics = cube.Dimension('metric').id;
    let figures = 0;
    answer.data.forEach((row, number) => {
        const at = Object.fromEntries(cube.id.filter((id) => id !== 'metric').map((id) => [id, categoryOf(cube, id, row, number)]));
        for (const metric of metrics) {
            const cell = cube.Data({ ...at, metric });
            const want = kinds.get(metric) === 'boolean' && row[metric] !== null ? Number(row[metric]) : row[metric];
            if (cell === null || cell.value !== want)
                throw new Error(`${target} ${JSON.stringify(at)} ${metric}: ${JSON.stringify(cell)}, not ${want}`);
            const flags = (row.flags ?? []).join(' ') || null;
            if ('flags' in row && (cell.status ?? null) !== flags) throw new Error(`${target} ${metric}: status ${cell.status}, not ${flags}`);
            figures += want !== null;
        }
    });
    return figures;
}

async function readAll() {
    let read = 0, refused = 0, figures = 0;
    for (const target of await tables()) {
        const answer = await (await get(target)).json();
        const numbers = answer.columns.some((c) => ['integer', 'number', 'boolean'].includes(c.type));
        const response = await get(withSuffix(target, 'jsonstat'), numbers ? 200 : 406);
        if (!numbers) {
            refused++;
            continue;
        }
        const cube = JSONstat(await response.json());
        if (cube.class !== 'dataset' || cube.length !== cube.id.length) throw new Error(`${target}: no dataset`);
        if (cube.n !== cube.size.reduce((a, b) => a * b)) throw new Error(`${target}: ${cube.n} cells of ${cube.size}`);
        figures += compare(target, cube, answer);
        if (cube.n && cube.Transform({ type: 'arrobj' }).length !== cube.n) throw new Error(`${target}: a table of another size`);
        read++;
    }
    if (read < 20) throw new Error(`only ${read} cubes`);
    return `${read} cubes, ${figures} figures; ${refused} tables of texts are refused`;
}

async function describe() {
    const cube = JSONstat(await (await get('/v1/bilateral/IND/CHN.jsonstat?period=FY2018-19')).json());
    const role = (name) => cube.role[name].join();
    if (role('time') !== 'period' || role('geo') !== 'reporter,partner' || role('metric') !== 'metric') throw new Error(JSON.stringify(cube.role));
    if (cube.Dimension('partner').Category('CHN').label !== 'China') throw new Error('China has no name');
    const imports = cube.Dimension('metric').Category('imports');
    if (imports.unit.label !== 'USD' || imports.unit.decimals !== 0) throw new Error(JSON.stringify(imports.unit));
    if (!cube.extension.meta.release) throw new Error('no release');
    const half = cube.Dice({ metric: ['imports', 'exports'] });
    if (half.n !== 2) throw new Error(`a dice of ${half.n}`);
    return 'roles, labels, units, extension, dice';
}

await cases([
    ['jsonstat-toolkit reads every table, figure by figure', readAll],
    ['jsonstat-toolkit knows what the dimensions are', describe],
]);
