// Choosing by typing: /v1/search behind a combobox that the keyboard alone can work.

import {get, pathTo} from './api.js';
import {h} from './format.js';

const PAUSE_MS = 120;
let lists = 0;

// kinds: "country", or several with commas between; shown: what stood in the field before anybody typed; choose(found) gets a row of
// /v1/search.
export function attach(input, {kinds, shown, choose}) {
  const id = `found-${++lists}`;
  const list = h('ul', {role: 'listbox', id, hidden: true, 'aria-label': 'What was found'});
  input.setAttribute('aria-controls', id);
  input.parentElement.append(list);
  let found = [],
    active = -1,
    timer = 0,
    turn = 0,
    before = shown;

  function close() {
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
    active = -1;
  }
  function mark(at) {
    active = at;
    [...list.children].forEach((item, i) => item.setAttribute('aria-selected', String(i === at)));
    if (at >= 0) {
      input.setAttribute('aria-activedescendant', list.children[at].id);
      list.children[at].scrollIntoView({block: 'nearest'});
    } else {
      input.removeAttribute('aria-activedescendant');
    }
  }
  function take(row) {
    close();
    before = input.value = row.name ?? row.id;
    turn += 1;
    choose(row);
  }
  function show(rows, text) {
    found = rows;
    list.replaceChildren(
      ...(rows.length
        ? rows.map((row, i) =>
            h(
              'li',
              {
                role: 'option',
                id: `${id}-${i}`,
                'aria-selected': 'false',
                on: {
                  mousedown: (event) => {
                    event.preventDefault();
                    take(row);
                  },
                },
              },
              h('b', {}, row.name ?? row.id),
              ' ',
              h('small', {}, `${row.id}${row.kind === 'country' ? '' : ` · ${row.detail ?? row.kind}`}`),
            ),
          )
        : [h('li', {role: 'option', 'aria-disabled': 'true', id: `${id}-0`}, `Nothing is called “${text}”`)]),
    );
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
    mark(rows.length ? 0 : -1);
  }
  async function search() {
    const text = input.value.trim(),
      mine = ++turn;
    if (!text) {
      close();
      return;
    }
    try {
      const answer = await get(pathTo(['search'], {q: text, kind: kinds, limit: 10}));
      if (mine === turn) show(answer.data, text);
    } catch (error) {
      if (mine === turn) show([], `${text} (${error.message})`);
    }
  }

  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE_MS);
  });
  input.addEventListener('keydown', async (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (list.hidden) {
        await search();
        return;
      }
      if (found.length) mark((active + (event.key === 'ArrowDown' ? 1 : found.length - 1)) % found.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      clearTimeout(timer);
      if (list.hidden || turn === 0 || input.value !== before) await search();
      if (!list.hidden && found[Math.max(active, 0)]) take(found[Math.max(active, 0)]);
    } else if (event.key === 'Escape') {
      close();
      input.value = before;
    }
  });
  input.addEventListener('focus', () => {
    before = input.value;
    input.select();
  });
  input.addEventListener('blur', () => {
    clearTimeout(timer);
    turn += 1;
    close();
    input.value = before;
  });
  if (input.value === shown) input.select();
  else search(); // somebody types faster than this came
}
