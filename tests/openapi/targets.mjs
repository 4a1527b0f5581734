// What to ask: every example, every operation with each value that the document gives for each of its parameters, and every target that
// the tests in C ask.
import { readFileSync, readdirSync } from 'node:fs';

const deref = (doc, value) =>
    value?.$ref ? value.$ref.slice(2).split('/').reduce((at, key) => at[key.replaceAll('~1', '/').replaceAll('~0', '~')], doc) : value;

const text = (value) => (Array.isArray(value) ? value.join(',') : String(value));

/** The values that a parameter's description names: example, default, all of an enumeration, both bounds. */
function values(doc, parameter) {
    const schema = deref(doc, parameter.schema);
    const item = schema.type === 'array' ? deref(doc, schema.items) : schema;
    const found = [parameter.example, schema.default, item.minimum, item.maximum, ...(item.enum ?? [])];
    return [...new Set(found.filter((value) => value !== undefined).map(text))];
}

/** The target with another value of one parameter. */
function with_value(template, target, parameter, value) {
    const [path, query = ''] = target.split('?');
    if (parameter.in === 'path') {
        const at = template.split('/').indexOf(`{${parameter.name}}`);
        const segments = path.split('/');
        segments[at] = encodeURIComponent(value);
        return segments.join('/') + (query && `?${query}`);
    }
    const kept = query.split('&').filter((pair) => pair && pair.split('=')[0] !== parameter.name);
    return `${path}?${[...kept, `${parameter.name}=${encodeURIComponent(value)}`].join('&')}`;
}

function of_operation(doc, template, item, example) {
    const targets = [example];
    for (const parameter of (item.parameters ?? []).map((one) => deref(doc, one))) {
        if (parameter.in === 'header') continue;
        if (parameter.explode && parameter.schema) {
            // Filters: each property of the schema is a query parameter.
            for (const name of Object.keys(deref(doc, parameter.schema).properties))
                targets.push(with_value(template, example, { name, in: 'query' }, 0));
            continue;
        }
        for (const value of values(doc, parameter)) targets.push(with_value(template, example, parameter, value));
    }
    return targets;
}

/** String literals of the C tests that are targets. Those with printf's conversions are none. */
function of_sources(folder) {
    const targets = [];
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.c')))
        for (const [, literal] of readFileSync(`${folder}/${file}`, 'utf8').matchAll(/"(\/(?:[^"\\\n ]|\\.)*)"/g))
            if (!/%[-.*]?[sdzu]|\\|\/\.\.\//.test(literal)) targets.push(literal); // a client resolves /../ by itself
    return targets;
}

/** `examples`: path template to example, as `entrepot routes --markdown` lists them. */
export function targets_of(doc, examples, folder) {
    const targets = Object.entries(doc.paths).flatMap(([template, item]) => of_operation(doc, template, item, examples[template]));
    return [...new Set([...targets, ...of_sources(folder)])];
}
