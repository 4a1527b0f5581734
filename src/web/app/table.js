// The table behind a chart: sorts by any column, tells exact values, begins with as many rows as a browser draws at once.

import {exactly, flagMeaning, h, WRITERS} from './format.js';

const ROWS_AT_FIRST = 200; // a browser takes its time with thousands

// columns: [{id, label, kind}]; choose(row): the first cell is a button. Rows stay as they came until a heading is pressed.
export function table({columns, rows, caption, choose}) {
  const body = h('tbody');
  let sorted = null,
    falling = true,
    all = false;
  const rest = h(
    'button',
    {
      type: 'button',
      class: 'rest',
      on: {
        click: () => {
          all = true;
          fill();
        },
      },
    },
    `Show all ${rows.length} rows`,
  );
  const numeric = (kind) => kind && !['text', 'flags', 'truth'].includes(kind);

  function fill() {
    const order = [...rows];
    if (sorted) {
      const key = (row) => row[sorted.id];
      order.sort((a, b) => {
        const [x, y] = [key(a), key(b)];
        if (x === null || x === undefined) return y === null || y === undefined ? 0 : 1;
        if (y === null || y === undefined) return -1;
        const less = typeof x === 'number' ? x - y : String(x).localeCompare(String(y));
        return falling ? -less : less;
      });
    }
    const shown = all ? order : order.slice(0, ROWS_AT_FIRST);
    body.replaceChildren(
      ...shown.map((row) =>
        h(
          'tr',
          {},
          columns.map((column, i) => cell(row, column, i)),
        ),
      ),
    );
    rest.hidden = shown.length === order.length;
  }
  function cell(row, column, i) {
    const kind = column.kind ?? 'text',
      value = row[column.id];
    // What is not known may have a bound: the most that it can be.
    const most = value === null || value === undefined ? row[`${column.id}_at_most`] : null;
    const text = typeof most === 'number' ? `≤ ${WRITERS[kind](most)}` : WRITERS[kind](value);
    const inner = choose && i === 0 ? h('button', {type: 'button', class: 'plain', on: {click: () => choose(row)}}, text) : text;
    return h(
      i === 0 ? 'th' : 'td',
      {
        scope: i === 0 ? 'row' : null,
        class: numeric(kind) ? 'number' : ['name', 'title', 'flags', 'differs_text'].includes(column.id) ? 'words' : null,
        title: kind === 'flags' ? (value ?? []).map(flagMeaning).join(' ') || null : numeric(kind) ? exactly(kind, value) : null,
      },
      inner,
    );
  }
  const heads = columns.map((column) => {
    const head = h('th', {scope: 'col', 'data-column': column.id, class: numeric(column.kind) ? 'number' : null});
    head.append(
      h(
        'button',
        {
          type: 'button',
          on: {
            click: () => {
              falling = sorted === column ? !falling : Boolean(numeric(column.kind));
              sorted = column;
              for (const other of heads) other.removeAttribute('aria-sort');
              head.setAttribute('aria-sort', falling ? 'descending' : 'ascending');
              fill();
            },
          },
        },
        column.label,
      ),
    );
    return head;
  });
  fill();
  return [
    h(
      'div',
      {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption},
      h('table', {}, h('caption', {class: 'visually-hidden'}, caption), h('thead', {}, h('tr', {}, heads)), body),
    ),
    rest,
  ];
}
