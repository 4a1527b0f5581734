// Holds a bill of materials against CycloneDX's published schema, and against itself: validate.mjs BOM.json. One "ok" or "not ok" a case.
import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import addInternationalFormats from 'ajv-formats-draft2019';

const schemas = new URL('./node_modules/@cyclonedx/cyclonedx-library/res/schema/', import.meta.url);
const published = (name) => JSON.parse(readFileSync(new URL(`${name}.SNAPSHOT.schema.json`, schemas), 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
addInternationalFormats(ajv);
ajv.addSchema(published('spdx'), 'http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json');
ajv.addSchema(published('jsf-0.82'), 'http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json');
const holds = ajv.compile(published('bom-1.6'));

let failed = false;
function check(name, ok, detail) {
  if (!ok && detail) console.log(`# ${detail}`);
  console.log(`${ok ? 'ok' : 'not ok'} - ${name}`);
  failed ||= !ok;
}

const bom = JSON.parse(readFileSync(process.argv[2], 'utf8'));
check('the bill of materials is CycloneDX 1.6', holds(bom), JSON.stringify(holds.errors?.slice(0, 3)));
const breaches = [{ ...bom, bomFormat: 'other' }, { ...bom, components: [{ name: 'no type' }] }, { ...bom, colour: 'red' }];
check('the schema sees a breach', breaches.every((breach) => !holds(breach)));

const refs = [bom.metadata.component, ...bom.metadata.component.components, ...bom.components].map((c) => c['bom-ref']);
check('each thing has a name of its own', new Set(refs).size === refs.length);
const loose = bom.dependencies.flatMap((d) => [d.ref, ...d.dependsOn]).filter((ref) => !refs.includes(ref));
check('who depends and what on is in the bill', loose.length === 0, loose.join(' '));
const [own] = bom.dependencies.filter((d) => d.ref === 'entrepot');
const lacking = ['libc6', 'libmicrohttpd12', 'libjansson4', 'libseccomp2', 'libxxhash0', 'zlib1g'].filter(
  (name) => !own.dependsOn.some((ref) => ref.startsWith(`pkg:deb/debian/${name}`)));
check('the libraries of the program are its dependencies', lacking.length === 0, `not there: ${lacking.join(' ')}`);
process.exit(failed ? 1 : 0);
