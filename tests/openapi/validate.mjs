// Every JSON answer of the server against the OpenAPI document that it serves: by path template, status and media type.
//   node validate.mjs BASE ROUTES.md FOLDER_OF_C_TESTS
import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { targets_of } from './targets.mjs';

const [base, routes, folder] = process.argv.slice(2);
let failed = 0;
function check(name, problems) {
    for (const problem of problems.slice(0, 10)) console.log(`# ${problem}`);
    if (problems.length > 10) console.log(`# … ${problems.length} in all`);
    console.log(`${problems.length ? 'not ok' : 'ok'} - ${name}`);
    failed ||= problems.length > 0;
}

const doc = await (await fetch(`${base}/v1/openapi.json`)).json();
const examples = Object.fromEntries(
    [...readFileSync(routes, 'utf8').matchAll(/^\| `([^`]*)` \|.*\| `([^`]*)` \|$/gm)].map(([, path, example]) => [path, example]));

// ---- schemas

const ajv = formats(new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true, strictRequired: false }));
const local = (schema) => JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', 'components#/$defs/'));
ajv.addSchema({ $id: 'components', $defs: local(doc.components.schemas) });
const compiled = new Map();
function validator(schema) {
    const key = JSON.stringify(schema);
    if (!compiled.has(key)) compiled.set(key, ajv.compile(local(schema)));
    return compiled.get(key);
}
const explain = (validate) => validate.errors.slice(0, 3).map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`).join('; ');

// ---- which part of the document an answer is held against

const templates = Object.keys(doc.paths).map((template) => ({
    template,
    item: doc.paths[template],
    pattern: new RegExp(`^${template.replace(/[.]/g, '[.]').replace(/\{[^}]*\}/g, '[^/]+')}$`),
}));
const suffixes = /[.](json|ndjson|jsonstat|sdmx[.]csv|csv)$/;
/** Literal paths come before those with parameters; a format's suffix belongs to the path only if nothing else fits. */
function operation_of(path) {
    const fits = (p) => templates.filter(({ pattern }) => pattern.test(p)).sort((a, b) => a.template.split('{').length - b.template.split('{').length)[0];
    const whole = fits(path), cut = suffixes.test(path) ? fits(path.replace(suffixes, '')) : undefined;
    const table = cut?.item.get.responses['200'].content['application/x-ndjson'];
    return table ? cut : whole;
}
const deref = (value) => (value?.$ref ? value.$ref.slice(2).split('/').reduce((at, key) => at[key], doc) : value);
function response_of(operation, status) {
    const responses = operation?.item.get.responses;
    if (!operation && status < 400) return {};
    return deref(responses ? (responses[status] ?? responses.default) : doc.components.responses.Problem);
}

// ---- asking

const seen = new Map(templates.map(({ template }) => [template, { ok: 0, problem: 0 }]));
const wrong = [], untold = [];
let json = 0, lines = 0;

function hold(target, operation, content, media, body) {
    if (!operation && !content && !/json/.test(media)) return; // parts of a page: style, script
    const described = content?.[media];
    if (!described) return untold.push(`${target}: ${media} is not described`);
    if (media === 'application/x-ndjson') {
        const row = operation.item.get.responses['200'].content['application/json'].schema.properties.data.items;
        for (const line of body.split('\n').filter(Boolean)) {
            lines++;
            if (!validator(row)(JSON.parse(line))) return wrong.push(`${target}: ${explain(validator(row))}`);
        }
    } else if (/[/+]json$/.test(media)) {
        json++;
        const validate = validator(described.schema);
        if (!validate(JSON.parse(body))) wrong.push(`${target}: ${explain(validate)}`);
    } else if (described.schema.type !== 'string') {
        untold.push(`${target}: ${media} is not described as a text`);
    }
}

const statuses = {};
async function ask(target) {
    const answer = await fetch(base + target), body = await answer.text();
    const path = decodeURI(target.split('?')[0].replaceAll('%', '%25'));
    const operation = operation_of(path === '/' ? '/v1' : path); // whoever wants no page gets that one's answer
    const response = response_of(operation, answer.status);
    const media = answer.headers.get('content-type').split(';')[0];
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
    if (operation) seen.get(operation.template)[answer.ok ? 'ok' : 'problem']++;
    if (!response) untold.push(`${target}: status ${answer.status} is not described`);
    else hold(target, operation, response.content, media, body);
    for (const [name, header] of Object.entries(response?.headers ?? {}))
        if (deref(header).required && !answer.headers.has(name)) untold.push(`${target}: ${name} is missing`);
    return { status: answer.status, body };
}

const targets = targets_of(doc, examples, folder);
for (const target of targets) await ask(target);
console.log(`# ${targets.length} targets: ${Object.entries(statuses).map(([s, n]) => `${n} × ${s}`).join(', ')}; ${json} JSON answers, ${lines} NDJSON lines`);

check('every answer has the shape that the document says', wrong);
check('every status and media type is in the document', untold);
check('nothing failed inside', Object.keys(statuses).filter((status) => status >= 500).map((status) => `${status}: ${statuses[status]} times`));
check('every operation was answered with a success and with a problem',
    [...seen].filter(([, n]) => !n.ok || (!n.problem && examples)).map(([template, n]) => `${template}: ${JSON.stringify(n)}`));
check('the document has an example of every answer', templates.flatMap(({ template, item }) =>
    Object.entries(item.get.responses['200'].content).filter(([media, content]) =>
        !content.examples && template !== '/v1/openapi.json' && media !== 'text/html').map(([media]) => `${template}: ${media}`)));
check('problems of every status have examples', Object.entries(doc.components.responses).flatMap(([name, response]) =>
    response.content && !Object.keys(response.content['application/problem+json'].examples).length ? [name] : []));

// ---- can these schemas refuse anything?

/** Each object inside the value, with a way to it. */
function* objects(value, way = '') {
    if (Array.isArray(value)) {
        if (value.length) yield* objects(value[0], `${way}/0`);
    } else if (value && typeof value === 'object') {
        yield [way, value];
        for (const key of Object.keys(value)) yield* objects(value[key], `${way}/${key}`);
    }
}
// Members of any name are meant here.
const open = /\/meta\/(query|summary)$/;
const lax = [];
for (const { template, item } of templates) {
    const content = item.get.responses['200'].content['application/json'];
    if (!content || template === '/v1/openapi.json') continue;
    const validate = validator(content.schema);
    for (const [way, object] of objects(content.examples.example.value)) {
        object.foreign = {};
        if (validate(content.examples.example.value) && !open.test(way)) lax.push(`${template}: a foreign member of ${way || 'the answer'} passes`);
        delete object.foreign;
    }
    if (!validate(content.examples.example.value)) lax.push(`${template}: the example does not pass`);
}
check('a member that is not described is refused anywhere', lax);
process.exit(failed ? 1 : 0);
