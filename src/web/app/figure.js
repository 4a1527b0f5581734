// A part of a view that loads by itself, and the figure in it: chart, table, source, flags, and the call that answered.

import {begin, end} from './chart.js';
import {
  addressOf,
  changed,
  csvOf,
  curlOf,
  get,
  hrefOf,
  hrefOfAnswer,
  loadedPairs,
  nameOf,
  peekAll,
  Problem,
  routeNow,
  Unreachable,
} from './api.js';
import {flagLabel, flagMeaning, flagsOf, h} from './format.js';

export function announce(text) {
  document.getElementById('news').textContent = text;
}

// Whoever chose something by keyboard goes on from there, also when the choice was drawn anew, perhaps only once its answer has come.
let focusDue = null;
export function refocus(id) {
  focusDue = id;
  const element = id && document.getElementById(id);
  if (element && document.activeElement === document.body) element.focus();
}

// ---- loading ----

const RETRY_S = [1, 2, 4, 8, 15];

function waiting(error, seconds, retry) {
  return h(
    'div',
    {class: 'notice wait', role: 'alert'},
    h('h3', {}, 'No answer from the server'),
    h('p', {}, `${error.message} What is shown elsewhere on this page stays as it was. The next try is in ${seconds} s.`),
    h('button', {type: 'button', on: {click: retry}}, 'Try now'),
  );
}

// A link that puts the suggestion in the place of what was wrong.
function suggestionLink(parameter, suggestion) {
  const change = ['reporter', 'partner'].includes(parameter) ? {[parameter]: suggestion} : {params: {[parameter]: suggestion}};
  return h('a', {class: 'chip', href: changed(change)}, suggestion);
}

// Where there is nothing of a pair: pairs of which there is something. Whoever asked for no pair is led to the first of them.
function otherPairs() {
  const list = h('p');
  loadedPairs()
    .then((pairs) => {
      if (!pairs.length) return;
      if (!location.hash) location.replace(hrefOf({view: 'pair', ...pairs[0]}));
      list.append(
        'There is: ',
        ...pairs.flatMap(({reporter, partner}) => [
          h('a', {class: 'chip', href: changed({reporter, partner})}, `${nameOf(reporter)} with ${nameOf(partner)}`),
          ' ',
        ]),
      );
    })
    .catch(() => null); // the problem itself says enough
  return list;
}

function problemCard(problem) {
  const {reporter, partner} = routeNow();
  const lines = problem.errors
    .map((error) =>
      h(
        'li',
        {},
        error.parameter ? h('b', {}, `${error.parameter}${error.value ? ` “${error.value}”` : ''}: `) : null,
        error.detail && error.detail !== problem.message ? error.detail : null,
        error.suggestions?.length ? [' Perhaps ', error.suggestions.map((s) => [suggestionLink(error.parameter, s), ' '])] : null,
        error.see ? seeLink(error.see) : null,
      ),
    )
    .filter((line) => line.textContent);
  return h(
    'div',
    {class: 'notice problem', role: 'alert'},
    h('h3', {}, problem.title),
    h('p', {}, problem.message),
    lines.length ? h('ul', {}, lines) : null,
    problem.kind === 'no-data' ? otherPairs() : null,
    h(
      'p',
      {},
      h('a', {href: hrefOf({view: 'data', reporter, partner})}, `What there is for ${reporter} and ${partner}`),
      ' · ',
      h('a', {href: addressOf(problem.path)}, 'The answer itself'),
    ),
  );
}

function seeLink(see) {
  const view = hrefOfAnswer(see);
  if (view) return h('a', {class: 'chip', href: view}, `Show ${see.split('?')[0].split('/').slice(3, 5).join(' with ')}`);
  return h('a', {href: addressOf(see)}, see);
}

// paths(): the API addresses needed; draw(answers): elements. The place keeps its size while it loads; what was there stays until the
// new answer comes. `more(answers)`: addresses that the first answers lead to. `quiet(problem)`: what to say where the API has a good
// reason to have nothing.
export function part({paths, more = () => [], draw, size = 'tall', quiet, lazy = false}) {
  const place = h('section', {class: `part ${size}`});
  let turn = 0,
    tries = 0,
    timer = 0;

  function show(...content) {
    const focused = place.contains(document.activeElement) ? document.activeElement.id : null;
    end(place);
    place.replaceChildren(...content.flat(Infinity).filter(Boolean));
    place.setAttribute('aria-busy', 'false');
    if (place.isConnected) begin(place);
    if (focused || focusDue) refocus(focused || focusDue);
  }
  function failed(error, mine) {
    if (error instanceof Problem) {
      show((quiet && quiet(error)) ?? problemCard(error));
      return;
    }
    if (!(error instanceof Unreachable)) {
      // a mistake of this page, which trying again does not mend
      console.error(error);
      show(h('div', {class: 'notice problem', role: 'alert'}, h('h3', {}, 'This part could not be drawn'), h('p', {}, error.message)));
      return;
    }
    const seconds = RETRY_S[Math.min(tries++, RETRY_S.length - 1)];
    const retry = () => {
      if (mine === turn && place.isConnected) load();
    };
    clearTimeout(timer);
    timer = setTimeout(retry, seconds * 1000);
    const word = waiting(error, seconds, retry);
    const before = [...place.children].filter((child) => !child.classList.contains('wait') && !child.classList.contains('skeleton'));
    if (before.length) {
      place.querySelector(':scope > .wait')?.remove();
      place.prepend(word);
      place.setAttribute('aria-busy', 'false');
    } else {
      show(word);
    }
  }
  async function load() {
    const mine = ++turn;
    const first = peekAll(paths());
    const ready = first && peekAll(more(first));
    if (ready) {
      show(draw([...first, ...ready]));
      return;
    }
    place.setAttribute('aria-busy', 'true');
    if (!place.firstElementChild) place.append(h('div', {class: 'skeleton', 'aria-hidden': 'true'}));
    try {
      const answers = await Promise.all(paths().map(get));
      answers.push(...(await Promise.all(more(answers).map(get))));
      if (mine !== turn) return;
      if (tries) announce('The server answers again.');
      tries = 0;
      show(draw(answers));
    } catch (error) {
      if (mine === turn) failed(error, mine);
    }
  }
  place.refresh = load;
  if (lazy && !peekAll(paths())) {
    place.append(h('div', {class: 'skeleton', 'aria-hidden': 'true'}));
    const seen = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) {
        seen.disconnect();
        load();
      }
    });
    seen.observe(place);
  } else {
    load();
  }
  return place;
}

// ---- the call ----

async function copy(text, button) {
  const word = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // only offered in secure contexts
    const area = h('textarea', {class: 'visually-hidden'});
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
    button.focus();
  }
  button.textContent = 'Copied';
  announce('Copied');
  setTimeout(() => {
    button.textContent = word;
  }, 1200);
}

// `pinned`: the address that gives these very figures for ever.
export function callBox(path, csvPath = path, pinned) {
  return h(
    'div',
    {class: 'call'},
    h('code', {}, `GET ${path}`),
    h(
      'span',
      {class: 'actions'},
      h('button', {type: 'button', title: curlOf(path), on: {click: (event) => copy(curlOf(path), event.currentTarget)}}, 'Copy curl'),
      h('button', {type: 'button', on: {click: (event) => copy(addressOf(csvOf(csvPath)), event.currentTarget)}}, 'Copy CSV address'),
      h('a', {href: addressOf(csvOf(csvPath)), download: ''}, 'CSV'),
      h('a', {href: addressOf(path)}, 'JSON'),
      pinned ? h('a', {href: addressOf(pinned), title: 'The address of this release: the same figures for ever'}, 'Pinned') : null,
    ),
  );
}

// ---- what must be known about the figures ----

function sourceLine(meta, extra) {
  if (!meta?.source) return null;
  const facts = [meta.dataset ? `Dataset ${meta.dataset}` : null, meta.release ? `release ${meta.release}` : null, ...(extra ?? [])].filter(
    Boolean,
  );
  return h('p', {class: 'source'}, `Source: ${meta.source}. `, facts.length ? h('span', {}, `${facts.join(', ')}.`) : null);
}
export function valuation(answer) {
  const of = (id) => answer.columns?.find((column) => column.id === id)?.valuation;
  const parts = [of('exports') && `exports ${of('exports')}`, of('imports') && `imports ${of('imports')}`].filter(Boolean);
  return parts.length ? parts.join(', ') : null;
}
function flagList(flags) {
  if (!flags.length) return null;
  return h(
    'dl',
    {class: 'flags'},
    flags.map((flag) =>
      h('div', {class: flag === 'synthetic' ? 'synthetic' : null}, h('dt', {}, flagLabel(flag)), h('dd', {}, flagMeaning(flag))),
    ),
  );
}
export const syntheticNotice = () =>
  h(
    'p',
    {class: 'notice synthetic'},
    h('b', {}, 'Synthetic data.'),
    ' These figures are invented, to try the program with. They are not trade statistics.',
  );

// Legend entries: [{text, colour name, shape}] with shape line, bar or dot.
const legendOf = (entries) =>
  entries
    ? h(
        'ul',
        {class: 'legend'},
        entries.map(({text, key, shape = 'bar'}) => h('li', {}, h('i', {class: `key ${shape} ${key}`}), text)),
      )
    : null;

// title, summary (what a screen reader is told of the chart), build(colours, width) → Chart.js configuration, height class, legend,
// columns and rows of the table, meta (source), flags, path of the call.
export function figure({
  title,
  note,
  summary,
  build,
  height = 'h-chart',
  legend,
  columns,
  rows,
  meta,
  links,
  facts,
  flags,
  path,
  csvPath,
  warnings,
  choose,
  open = false,
}) {
  const canvas = build ? h('canvas', {role: 'img', 'aria-label': summary ?? title}) : null;
  if (canvas) canvas.build = build;
  const shown = flags ?? flagsOf(rows ?? []);
  const details = columns ? h('details', {open}, h('summary', {}, `Table: ${title}`)) : null;
  const fill = async () => {
    if (!details.open || details.children.length > 1) return;
    try {
      const {table} = await import('./table.js');
      if (details.children.length === 1) details.append(...table({columns, rows, caption: title, choose}));
    } catch {
      details.open = false;
      announce('The table could not be loaded: no answer from the server.');
    }
  };
  if (details) {
    details.addEventListener('toggle', fill);
    fill();
  }
  return h(
    'article',
    {class: 'figure'},
    h('h2', {}, title),
    note ? h('p', {class: 'note'}, note) : null,
    shown.includes('synthetic') ? syntheticNotice() : null,
    legendOf(legend),
    canvas ? h('div', {class: `canvas ${height}`}, canvas) : null,
    meta?.page?.truncated ? h('p', {class: 'notice'}, `These are the first ${meta.page.returned} of ${meta.page.total} rows.`) : null,
    sourceLine(meta, facts),
    warnings?.length
      ? h(
          'ul',
          {class: 'warnings'},
          warnings.map((text) => h('li', {}, text)),
        )
      : null,
    flagList(shown),
    details,
    path ? callBox(path, csvPath, links?.pinned) : null,
  );
}

// ---- choices ----

// One of a few: links, so that each choice has its address.
export function choice(label, options, chosen, hrefFor) {
  return h(
    'div',
    {class: 'choice', role: 'group', 'aria-label': label},
    h('span', {class: 'label'}, label),
    h(
      'div',
      {},
      options.map(([value, text, title]) =>
        h(
          'a',
          {
            id: `choice-${label}-${value}`.replaceAll(' ', '-'),
            href: hrefFor(value),
            'aria-current': value === chosen ? 'true' : null,
            title,
          },
          text,
        ),
      ),
    ),
  );
}
export function select(label, options, chosen, changedTo) {
  return h(
    'label',
    {class: 'field'},
    h('span', {class: 'label'}, label),
    h(
      'select',
      {id: `select-${label}`.replaceAll(' ', '-'), on: {change: (event) => changedTo(event.target.value)}},
      options.map(([value, text]) => h('option', {value, selected: value === chosen}, text)),
    ),
  );
}
// A product or sector by typing.
export function productField(name, choose) {
  const input = h('input', {
    type: 'text',
    id: 'product',
    role: 'combobox',
    'aria-expanded': 'false',
    'aria-autocomplete': 'list',
    autocomplete: 'off',
    spellcheck: 'false',
    value: name,
  });
  input.addEventListener(
    'focus',
    async () => {
      const {attach} = await import('./picker.js');
      attach(input, {kinds: 'product,sector', shown: name, choose});
    },
    {once: true},
  );
  return h('div', {class: 'field'}, h('label', {class: 'label', for: 'product'}, 'Product or sector'), h('div', {class: 'combo'}, input));
}
// What stands on top of a view: a sentence made from the figures, and what goes with it.
export const headline = (sentence, more) =>
  h(
    'div',
    {class: 'headline'},
    h(
      'h1',
      {},
      sentence.split(/(FY\d{4}-\d\d|\d{4}-\d\d)/).map((text, i) => (i % 2 ? h('span', {class: 'nobr'}, text) : text)),
    ),
    more ? h('p', {}, more) : null,
  );
export const tiles = (list) =>
  h(
    'dl',
    {class: 'tiles'},
    list.map(({name, value, title, more, key}) =>
      h('div', {class: key ?? null}, h('dt', {}, name), h('dd', {}, h('b', {title}, value), more ? h('small', {}, more) : null)),
    ),
  );
