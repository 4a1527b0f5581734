// The only door to the server: answers of /v1 as JSON, kept while the page is open, and what went wrong as one of two errors.

// The server answered, and says what to change (RFC 9457).
export class Problem extends Error {
  constructor(document, path) {
    super(document.detail ?? document.title);
    Object.assign(this, {
      title: document.title ?? 'Problem',
      kind: String(document.type ?? '')
        .split('/')
        .at(-1),
      errors: document.errors ?? [],
      path,
    });
  }
}
// No usable answer: it is down, slow, or overloaded. Worth another try.
export class Unreachable extends Error {}

const PATIENCE_MS = 15000,
  FRESH_MS = 300000;
const kept = new Map(); // path → {answer, at}
const pending = new Map(); // path → promise

// "/v1/bilateral/IND/CHN?freq=M"; empty parameters are left out.
export function pathTo(segments, params = {}) {
  const query = new URLSearchParams(Object.entries(params).filter(([, value]) => value !== null && value !== undefined && value !== ''));
  const text = query.toString().replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%2A', '*');
  return `/v1/${segments.map(encodeURIComponent).join('/')}${text ? `?${text}` : ''}`;
}
// Where that is for this page, which may be served below a prefix; never another scheme or host, whatever the path says.
export const addressOf = (path) => new URL(`./${path.replace(/^\/+/, '')}`, document.baseURI).href;

function withSuffix(path, suffix) {
  const [place, query] = path.split('?');
  return `${place}.${suffix}${query ? `?${query}` : ''}`;
}
export const csvOf = (path) => withSuffix(path, 'csv');
export const curlOf = (path) => `curl -s '${addressOf(path).replaceAll("'", '%27')}'`;

// An answer that is there already, so that a view can be drawn at once.
function peek(path) {
  const entry = kept.get(path);
  return entry && performance.now() - entry.at < FRESH_MS ? entry.answer : undefined;
}

async function ask(path) {
  let response, document;
  try {
    response = await fetch(addressOf(path), {headers: {Accept: 'application/json'}, signal: AbortSignal.timeout(PATIENCE_MS)});
    document = await response.json();
  } catch (error) {
    if (error.name === 'TimeoutError') throw new Unreachable(`The server has not answered for ${PATIENCE_MS / 1000} seconds.`);
    throw new Unreachable(
      response ? `The server’s answer (status ${response.status}) could not be read.` : 'The server cannot be reached.',
    );
  }
  if (response.ok) return document;
  if (response.status === 429 || response.status >= 500)
    throw new Unreachable(document.detail ?? `The server answered with status ${response.status}.`);
  throw new Problem(document, path);
}

export async function get(path) {
  const ready = peek(path);
  if (ready) return ready;
  if (!pending.has(path)) {
    pending.set(
      path,
      ask(path)
        .then((answer) => {
          kept.set(path, {answer, at: performance.now()});
          return answer;
        })
        .finally(() => pending.delete(path)),
    );
  }
  return pending.get(path);
}

// Several of them, if all are there already.
export function peekAll(paths) {
  const answers = paths.map(peek);
  return answers.every((answer) => answer !== undefined) ? answers : undefined;
}

// What a product or sector is called.
export const describePath = (code) => pathTo([/^S?\d+$/.test(code) ? 'products' : 'sectors', code]);
export const describedName = (answer) => answer.data[0].name ?? answer.data[0].code ?? answer.data[0].id;

// Pairs that there are figures of, the largest flows first.
export async function loadedPairs() {
  const {data} = await get(
    pathTo(['flows'], {reporter: '*', partner: '*', flow: 'imports', sort: '-value', limit: 8, fields: 'reporter,partner'}),
  );
  return data;
}

// ---- this page's own addresses: #/view/REPORTER/PARTNER?parameters ----

const DEFAULT = {view: 'pair', reporter: 'IND', partner: 'CHN'};

export function routeNow() {
  const [place, query] = location.hash.replace(/^#\/?/, '').split('?');
  const [view, reporter, partner] = place.split('/').map((text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  });
  return {
    view: view || DEFAULT.view,
    reporter: reporter || DEFAULT.reporter,
    partner: partner || DEFAULT.partner,
    params: Object.fromEntries(new URLSearchParams(query ?? '')),
  };
}
export function hrefOf({view, reporter, partner, params = {}}) {
  const path = pathTo([view, reporter, partner], params);
  return `#${path.slice('/v1'.length)}`;
}
// The present address with some of it changed; parameters that become null go.
export function changed({view, reporter, partner, params, fresh}) {
  const now = routeNow();
  return hrefOf({
    view: view ?? now.view,
    reporter: reporter ?? now.reporter,
    partner: partner ?? now.partner,
    params: fresh ? params : {...now.params, ...params},
  });
}
export function go(change) {
  location.hash = changed(change);
}
// The address only: nothing is drawn anew.
export function note(change) {
  history.replaceState(null, '', changed(change));
}

const VIEW_OF = {bilateral: 'pair', profile: 'pair', mirror: 'pair', dependence: 'dependence', leverage: 'leverage', scenario: 'scenario'};

// The view that shows what an API address answers, if there is one.
export function hrefOfAnswer(path) {
  const [place, query] = path.split('?');
  const [, , kind, reporter, partner, detail] = place.split('/');
  if (!reporter || !partner || !VIEW_OF[kind]) return null;
  return hrefOf({
    view: detail === 'products' ? 'sectors' : VIEW_OF[kind],
    reporter,
    partner,
    params: Object.fromEntries(new URLSearchParams(query ?? '')),
  });
}

// ---- names of countries: learned from answers ----

const names = new Map();
export const nameOf = (code) => names.get(code) ?? code;
export function learn(code, name) {
  if (names.get(code) === name || !name) return;
  names.set(code, name);
  dispatchEvent(new Event('names'));
}
export const namePaths = (route) => [pathTo(['countries', route.reporter]), pathTo(['countries', route.partner])];
export function namesFrom(route, reporter, partner) {
  learn(route.reporter, reporter.data[0].name);
  learn(route.partner, partner.data[0].name);
  return [nameOf(route.reporter), nameOf(route.partner)];
}
