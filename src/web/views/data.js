// What is loaded: sources, what they cover, releases, gaps; and what there is for the pair.

import {addressOf, hrefOf, namePaths, namesFrom, pathTo} from '../app/api.js';
import {nameAxis} from '../app/chart.js';
import {levelName} from './coverage.js';
import {callBox, figure, headline, part, syntheticNotice} from '../app/figure.js';
import {h, number} from '../app/format.js';

const FREQUENCY = {A: 'calendar years', FY: 'fiscal years, April to March', M: 'months'};

// Years since 0, with a fraction: where a period begins, and where it ends.
function yearsOf(period) {
  const fiscal = /^FY(\d{4})/.exec(period),
    month = /^(\d{4})-(\d\d)$/.exec(period);
  if (fiscal) return [Number(fiscal[1]) + 0.25, Number(fiscal[1]) + 1.25];
  if (month) return [Number(month[1]) + (month[2] - 1) / 12, Number(month[1]) + month[2] / 12];
  return [Number(period), Number(period) + 1];
}

function timeline(sets, path) {
  const spans = sets.map((set) => [yearsOf(set.first_period)[0], yearsOf(set.last_period)[1]]);
  const synthetic = sets.some((set) => set.synthetic);
  return figure({
    title: 'What is loaded, and for when',
    height: sets.length > 10 ? 'h-rows-16' : 'h-rows-10',
    summary: sets.map((set) => `${set.id}: ${set.first_period} to ${set.last_period}`).join('; '),
    legend: [{text: 'years', key: 'exports'}, {text: 'months', key: 'imports'}, ...(synthetic ? [{text: 'synthetic', key: 'gap'}] : [])],
    build: (style) => ({
      type: 'bar',
      data: {
        labels: sets.map((set) => set.id),
        datasets: [
          {
            label: 'Span',
            data: spans,
            barPercentage: 0.6,
            backgroundColor: sets.map((set) => (set.synthetic ? style.gap : set.frequency === 'M' ? style.imports : style.exports)),
            minBarLength: 4,
          },
        ],
      },
      options: {
        indexAxis: 'y',
        scales: {
          x: {
            min: Math.floor(Math.min(...spans.map(([from]) => from))),
            max: Math.ceil(Math.max(...spans.map(([, to]) => to))),
            grid: {color: style.grid, drawBorder: false},
            ticks: {color: style.muted, precision: 0, callback: (value) => String(value), maxRotation: 0},
          },
          y: nameAxis(style),
        },
        plugins: {tooltip: {callbacks: {label: (item) => ` ${sets[item.dataIndex].first_period} to ${sets[item.dataIndex].last_period}`}}},
      },
    }),
    columns: [
      {id: 'id', label: 'Dataset'},
      {id: 'title', label: 'Title'},
      {id: 'first_period', label: 'From'},
      {id: 'last_period', label: 'To'},
      {id: 'frequency', label: 'Frequency'},
      {id: 'level', label: 'Level'},
      {id: 'coverage', label: 'Coverage'},
      {id: 'partners', label: 'Partners'},
      {id: 'observations', label: 'Figures', kind: 'number'},
      {id: 'release', label: 'Release'},
    ],
    rows: sets,
    flags: synthetic ? ['synthetic'] : [],
    path,
  });
}

function card(set) {
  const fact = (name, value) =>
    value === null || value === undefined || value === '' ? null : h('div', {}, h('dt', {}, name), h('dd', {}, value));
  const link = /^https?:\/\//.test(set.source_url ?? '')
    ? h('a', {href: set.source_url, rel: 'noreferrer'}, set.source_url)
    : set.source_url;
  return h(
    'article',
    {class: 'figure dataset', id: `dataset-${set.id}`},
    h('h2', {}, set.title),
    h('p', {class: 'note'}, set.id),
    set.synthetic ? syntheticNotice() : null,
    h(
      'dl',
      {class: 'facts'},
      fact('Source', set.source),
      fact('Address', link),
      fact('Licence', set.licence),
      fact('Published', set.published),
      fact('Periods', `${set.first_period} to ${set.last_period}, ${FREQUENCY[set.frequency] ?? set.frequency}`),
      fact('Detail', `${levelName(set.level)}${set.hs ? `, ${set.hs}` : ''}`),
      fact('Valuation', `exports ${set.exports_valuation}, imports ${set.imports_valuation}`),
      fact('Books', set.basis === 'reconciled' ? 'reconciled: one value for both sides' : 'reported: each country’s own'),
      fact('Covers', `${set.coverage} products, ${set.partners} partners; ${number(set.observations)} figures`),
      fact('Checked', set.checked),
      fact('Release', set.release),
    ),
    set.notes?.length
      ? h(
          'details',
          {},
          h('summary', {}, `Notes and gaps of ${set.id} (${set.notes.length})`),
          h(
            'ul',
            {class: 'notes'},
            set.notes.map((text) => h('li', {}, text)),
          ),
        )
      : null,
  );
}

function forPair(availability, reporter, partner, route, path) {
  const rows = availability.data;
  return h(
    'article',
    {class: 'figure'},
    h('h2', {}, `What there is for ${reporter} and ${partner}`),
    rows.length
      ? h(
          'ul',
          {class: 'notes'},
          rows.map((row) =>
            h(
              'li',
              {},
              h('b', {}, `${row.flow}: `),
              `${levelName(row.level)}, ${row.first_period} to ${row.last_period} (${row.periods} periods), `,
              h(
                'a',
                {
                  href: `#dataset-${row.dataset}`,
                  on: {
                    click: (event) => {
                      event.preventDefault();
                      document.getElementById(`dataset-${row.dataset}`)?.scrollIntoView();
                    },
                  },
                },
                row.dataset,
              ),
            ),
          ),
        )
      : h(
          'p',
          {class: 'note'},
          `No dataset holds ${reporter}’s own books of trade with ${partner}. `,
          h('a', {href: hrefOf({...route, reporter: route.partner, partner: route.reporter})}, 'The other side’s'),
        ),
    callBox(path),
  );
}

export function view(route) {
  const pairPath = pathTo(['availability'], {reporter: route.reporter, partner: route.partner}),
    setsPath = pathTo(['datasets']);
  return [
    part({
      size: 'tall',
      paths: () => [setsPath],
      draw: ([answer]) => {
        const sets = answer.data,
          figures = sets.reduce((sum, set) => sum + set.observations, 0);
        return [
          headline(`${sets.length} datasets with ${number(figures)} figures are loaded`, [
            'Catalogue ',
            h('code', {}, answer.meta.catalogue),
            '. Every answer names its dataset and release. ',
            h('a', {href: addressOf('/v1/measures')}, 'What each figure means'),
          ]),
          timeline(sets, setsPath),
        ];
      },
    }),
    part({
      size: 'low',
      paths: () => [...namePaths(route), pairPath],
      quiet: (problem) =>
        h('div', {class: 'notice'}, h('h2', {}, `What there is for ${route.reporter} and ${route.partner}`), h('p', {}, problem.message)),
      draw: ([one, other, answer]) => forPair(answer, ...namesFrom(route, one, other), route, pairPath),
    }),
    part({size: 'tall', paths: () => [setsPath], draw: ([answer]) => h('div', {class: 'columns'}, answer.data.map(card))}),
  ];
}
