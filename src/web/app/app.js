// The frame: which view the address names, the two countries, and what stays while views change.

import {changed, go, hrefOf, nameOf, routeNow} from './api.js';
import {begin, end} from './chart.js';
import {announce, refocus} from './figure.js';
import {h} from './format.js';

const VIEWS = [
  ['pair', 'Pair'],
  ['sectors', 'Sectors'],
  ['dependence', 'Dependence'],
  ['leverage', 'Leverage'],
  ['scenario', 'Scenario'],
  ['check', 'Check a figure'],
  ['data', 'Data'],
];

const main = document.getElementById('main'),
  nav = document.getElementById('views'),
  pairbar = document.getElementById('pairbar');
let shown = null; // route that is on the page

// ---- the two countries ----

function countryField(side, label) {
  const input = h('input', {
    type: 'text',
    id: side,
    autocomplete: 'off',
    spellcheck: 'false',
    role: 'combobox',
    'aria-expanded': 'false',
    'aria-autocomplete': 'list',
  });
  input.addEventListener(
    'focus',
    async () => {
      const {attach} = await import('./picker.js');
      attach(input, {kinds: 'country', shown: nameOf(routeNow()[side]), choose: (found) => go({[side]: found.id, params: keptParams()})});
    },
    {once: true},
  );
  return h('div', {class: 'field'}, h('label', {class: 'label', for: side}, label), h('div', {class: 'combo'}, input));
}
// Another pair is asked for the same kind of thing, but has datasets and periods of its own.
const keptParams = () => ({dataset: null, period: null, vs: null, focus: null});

function fillPair(route) {
  for (const side of ['reporter', 'partner']) {
    const input = document.getElementById(side);
    if (input !== document.activeElement) input.value = nameOf(route[side]);
  }
}
function buildPair() {
  pairbar.append(
    countryField('reporter', 'Whose books'),
    h(
      'button',
      {
        type: 'button',
        class: 'swap',
        'aria-label': 'Swap the two countries',
        title: 'Swap',
        on: {
          click: () => {
            const {reporter, partner} = routeNow();
            go({reporter: partner, partner: reporter, params: keptParams()});
          },
        },
      },
      '⇄',
    ),
    countryField('partner', 'Trade with'),
  );
  pairbar.addEventListener('submit', (event) => event.preventDefault());
  addEventListener('names', () => fillPair(routeNow()));
  pairbar.hidden = false;
}

// ---- views ----

function buildNav(route) {
  const links = VIEWS.map(([view, text]) =>
    h(
      'a',
      {
        href: hrefOf({view, reporter: route.reporter, partner: route.partner}),
        'aria-current': view === route.view ? 'page' : null,
        'data-view': view,
      },
      text,
    ),
  );
  if (nav.children.length)
    [...nav.children].forEach((link, i) => {
      link.href = links[i].getAttribute('href');
      if (links[i].hasAttribute('aria-current')) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    });
  else nav.append(...links);
  const current = nav.querySelector('[aria-current]'); // the row of views may be wider than a phone
  if (current) nav.scrollLeft = Math.max(0, current.offsetLeft + current.offsetWidth - nav.clientWidth + nav.offsetLeft);
}

function noSuchView(route) {
  return [
    h(
      'div',
      {class: 'notice problem', role: 'alert'},
      h('h1', {}, `There is no view “${route.view}”`),
      h(
        'p',
        {},
        'There are: ',
        VIEWS.map(([view, text]) => [h('a', {class: 'chip', href: changed({view, fresh: true})}, text), ' ']),
      ),
    ),
  ];
}
// The view's own code did not come: the server is down, or has a newer page, which is then loaded in place of this one.
function noCode(route, seconds) {
  const version = new URL(import.meta.url).pathname.split('/').at(-3);
  fetch(location.pathname, {headers: {Accept: 'text/html'}})
    .then((answer) => answer.text())
    .then(
      (page) => {
        if (page.includes('/app/app.js') && !page.includes(version)) location.reload();
      },
      () => null,
    );
  setTimeout(() => {
    if (shown === route) {
      shown = null;
      render();
    }
  }, seconds * 1000);
  return [
    h(
      'div',
      {class: 'notice wait', role: 'alert'},
      h('h1', {}, 'No answer from the server'),
      h(
        'p',
        {},
        `This view could not be loaded. The next try is in ${seconds} s. `,
        h('a', {href: location.href, on: {click: () => location.reload()}}, 'Load the page anew'),
      ),
    ),
  ];
}

// What a part showed stays in its place until the new answer is there.
function handOver(before) {
  for (const place of main.querySelectorAll('.part')) {
    const at = before.findIndex((old) => old.className === place.className && old.id === place.id);
    const [old] = at < 0 ? [] : before.splice(at, 1);
    if (old?.firstElementChild && place.getAttribute('aria-busy') === 'true') place.replaceChildren(...old.childNodes);
    else if (old) end(old);
  }
}

let tries = 0;
async function render() {
  const route = routeNow(),
    same = shown?.view === route.view;
  shown = route;
  buildNav(route);
  fillPair(route);
  let module = null;
  const known = VIEWS.some(([view]) => view === route.view);
  if (known) {
    try {
      // What could not be fetched is not fetched again under the same name; the mark is not sent to the server.
      module = await import(tries ? `../views/${route.view}.js#${tries}` : `../views/${route.view}.js`);
      tries = 0;
    } catch {
      tries += 1;
    }
    if (shown !== route) return;
  }
  const focus = main.contains(document.activeElement) ? document.activeElement.id : null;
  const before = same ? [...main.querySelectorAll('.part')] : [];
  const content = module ? module.view(route) : known ? noCode(route, Math.min(2 ** tries, 15)) : noSuchView(route);
  if (!same) end(main);
  main.replaceChildren(...content.flat(Infinity).filter(Boolean));
  handOver(before);
  for (const place of before) end(place);
  begin(main);
  refocus(focus);
  const text = VIEWS.find(([view]) => view === route.view)?.[1] ?? 'Not found';
  document.title = `${text}: ${nameOf(route.reporter)} and ${nameOf(route.partner)} · Entrepôt`;
  if (!same) {
    announce(text);
    scrollTo(0, 0);
  }
}

buildPair();
addEventListener('hashchange', render);
render();
