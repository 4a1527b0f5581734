// What a cut of imports would do, year by year, gradually and at once; and who else could sell.

import {changed, describedName, describePath, go, namePaths, namesFrom, note, pathTo} from '../app/api.js';
import {exactTooltip, mixed, moneyAxis, nameAxis, periodAxis} from '../app/chart.js';
import {datasetsOf, spanText} from './coverage.js';
import {figure, headline, part, productField, select} from '../app/figure.js';
import {dollars, h, money, number, share} from '../app/format.js';

const SLIDERS = [
  {id: 'cut', label: 'Cut of the imports', min: 0.05, max: 1, step: 0.05, start: 0.3, write: (v) => share(v, 0)},
  {id: 'years', label: 'Years to get there', min: 1, max: 10, step: 1, start: 3, write: (v) => String(v)},
  {
    id: 'expand',
    label: 'Others sell more each year',
    min: 0,
    max: 1,
    step: 0.05,
    start: 0.1,
    write: (v) => share(v, 0),
    title: 'Part of its exports by which a supplier can sell more in a year',
  },
  {
    id: 'divert',
    label: 'Others turn round',
    min: 0,
    max: 1,
    step: 0.05,
    start: 0.2,
    write: (v) => share(v, 0),
    title: 'Part of its sales to others that a supplier can turn round',
  },
];

const chosen = ({params}) => Object.fromEntries(SLIDERS.map(({id, start}) => [id, Number(params[id] ?? start)]));
const answerPath = ({reporter, partner, params}, product, values) =>
  pathTo(['scenario', reporter, partner], {product, ...values, dataset: params.dataset});
const suppliersPath = ({reporter, partner, params}, product, values) =>
  pathTo(['suppliers', product], {
    importer: reporter,
    exclude: partner,
    cut: values.cut,
    expand: values.expand,
    divert: values.divert,
    top: 10,
    dataset: params.dataset,
  });
const profilePath = (route) => pathTo(['profile', route.reporter, route.partner], {periods: 50});

// ---- the figure ----

function sentence(answer, reporter, partner, name, values) {
  const {summary} = answer.meta,
    last = answer.data.filter((row) => row.path === 'gradual' && row.supplier === null).at(-1);
  if (!last || !summary?.imports) return `${reporter} imports no ${name} from ${partner} in this dataset: there is nothing to cut`;
  const gap = dollars(last.gap);
  const start = `Without ${share(values.cut, 0)} of its imports of ${name} from ${partner}, ${reporter} has to find ${gap} elsewhere`;
  if (last.uncovered === null) return start;
  if (last.uncovered === 0) return `${start}; others could cover all of it after ${values.years} ${values.years === 1 ? 'year' : 'years'}`;
  return `${start}; others could cover ${share(last.covered / last.gap, 0)} of it after ${values.years} ${values.years === 1 ? 'year' : 'years'}`;
}

function yearByYear(answer, reporter, partner, path) {
  const totals = answer.data.filter((row) => row.supplier === null),
    years = [...new Set(totals.map((row) => row.year))];
  const of = (way, id) => years.map((year) => totals.find((row) => row.path === way && row.year === year)?.[id] ?? null);
  const known = totals.some((row) => row.covered !== null),
    abrupt = totals.some((row) => row.path === 'abrupt');
  const bar = (style, way, id, label, colour, soft) => ({
    label: `${way}, ${label}`,
    data: of(way, id),
    stack: way,
    backgroundColor: soft ? mixed(colour, style.paper, 0.5) : colour,
    barPercentage: 0.82,
    categoryPercentage: 0.72,
  });
  return figure({
    title: 'What would have to come from elsewhere',
    summary: `Gap by year, gradually and at once: ${totals.map((row) => `${row.path} year ${row.year}: ${dollars(row.gap)}`).join('; ')}`,
    note: `Left bar of each year: gradually.${abrupt ? ' Right bar, lighter: at once.' : ''}${known ? '' : ' What others could take over is not known from this dataset.'}`,
    legend: known
      ? [
          {text: 'others could cover', key: 'calm'},
          {text: 'not covered', key: 'alert'},
        ]
      : [{text: 'gap', key: 'balance'}],
    build: (style, width) => ({
      type: 'bar',
      data: {
        labels: years.map((year) => `Year ${year}`),
        datasets: ['gradual', 'abrupt'].flatMap((way) =>
          known
            ? [
                bar(style, way, 'covered', 'covered', style.calm, way === 'abrupt'),
                bar(style, way, 'uncovered', 'not covered', style.alert, way === 'abrupt'),
              ]
            : [
                {
                  ...bar(style, way, 'gap', 'gap', style.balance, way === 'abrupt'),
                  barLabel: years.length * 130 < width ? (value) => money(value) : null,
                },
              ],
        ),
      },
      options: {
        scales: {x: periodAxis(style, {stacked: true}), y: moneyAxis(style, {stacked: true, beginAtZero: true, grace: '8%'})},
        interaction: {mode: 'index', intersect: false},
        plugins: {tooltip: exactTooltip()},
      },
    }),
    columns: [
      {id: 'path', label: 'Path'},
      {id: 'year', label: 'Year', kind: 'number'},
      {id: 'cut', label: 'Cut', kind: 'share'},
      {id: 'gap', label: 'Gap', kind: 'money'},
      {id: 'covered', label: 'Covered', kind: 'money'},
      {id: 'uncovered', label: 'Not covered', kind: 'money'},
      {id: 'cost', label: 'Dearer by', kind: 'money'},
      {id: 'cost_multiple', label: 'Price ratio', kind: 'number'},
      {id: 'partner_loss', label: `${partner} loses`, kind: 'money'},
      {id: 'partner_loss_share', label: 'Of its exports of it', kind: 'share'},
      {id: 'flags', label: 'Flags', kind: 'flags'},
    ],
    rows: totals,
    meta: answer.meta,
    links: answer.links,
    facts: [totals[0]?.period],
    warnings: answer.meta.warnings,
    path,
  });
}

function whoElse(answer, reporter, partner, name, path) {
  const rows = answer.data.filter((row) => row.supplier && row.supplier !== 'other');
  if (!rows.length) {
    return h(
      'div',
      {class: 'notice'},
      h('h2', {}, `Who else sells ${name}`),
      h('p', {}, answer.meta.warnings.find((text) => text.includes('does not hold')) ?? 'Nobody else in this dataset.'),
    );
  }
  return figure({
    title: `Who else could sell ${name}`,
    note: 'How much more each could sell to the importer under these assumptions.',
    height: 'h-rows-10',
    summary: `Capacity of other suppliers: ${rows.map((row) => `${row.name ?? row.supplier} ${dollars(row.capacity)}`).join('; ')}`,
    build: (style) => ({
      type: 'bar',
      data: {
        labels: rows.map((row) => row.name ?? row.supplier),
        datasets: [
          {
            label: 'Could sell more',
            data: rows.map((row) => row.capacity),
            backgroundColor: style.calm,
            barPercentage: 0.74,
            barLabel: (value) => money(value),
          },
        ],
      },
      options: {
        indexAxis: 'y',
        layout: {padding: {right: 64}},
        scales: {x: moneyAxis(style, {beginAtZero: true}), y: nameAxis(style)},
        plugins: {tooltip: exactTooltip()},
      },
    }),
    columns: [
      {id: 'supplier', label: 'Code'},
      {id: 'name', label: 'Supplier'},
      {id: 'capacity', label: 'Could sell more', kind: 'money'},
      {id: 'sales_to_importer', label: `Sells to ${reporter}`, kind: 'money'},
      {id: 'share_of_imports', label: 'Of its imports', kind: 'share'},
      {id: 'world_exports', label: 'Sells to all', kind: 'money'},
      {id: 'world_share', label: 'Of the world', kind: 'share'},
      {id: 'unit_value', label: 'USD a tonne', kind: 'number'},
      {id: 'flags', label: 'Flags', kind: 'flags'},
    ],
    rows,
    meta: answer.meta,
    links: answer.links,
    facts: [rows[0].period],
    warnings: answer.meta.warnings,
    path,
  });
}

// ---- what is assumed ----

function slider({id, label, min, max, step, write, title}, value, moved) {
  const output = h('output', {for: id}, write(value));
  return h(
    'div',
    {class: 'slider', title},
    h('label', {class: 'label', for: id}, label, output),
    h('input', {
      type: 'range',
      id,
      min,
      max,
      step,
      value,
      on: {
        input: (event) => {
          output.textContent = write(Number(event.target.value));
          moved(id, Number(event.target.value));
        },
      },
    }),
  );
}

export function view(route) {
  const values = chosen(route);
  const firstOf = (profile) => route.params.product ?? profile.products?.imports?.[0]?.product ?? '85';
  let product = route.params.product ?? null,
    timer = 0;
  const named = (answers) => {
    product = firstOf(answers[2]);
  };

  const result = part({
    size: 'tall',
    paths: () => [...namePaths(route), profilePath(route)],
    more: (answers) => {
      named(answers);
      return [describePath(product), answerPath(route, product, values)];
    },
    draw: ([one, other, , described, answer]) => {
      const [reporter, partner] = namesFrom(route, one, other);
      return [
        headline(
          sentence(answer, reporter, partner, describedName(described), values),
          `Assumptions, no forecast.${answer.meta.summary?.resourcing_multiple ? ` The cut takes away ${number(answer.meta.summary.resourcing_multiple)} times what all others sell to ${reporter} today.` : ''}`,
        ),
        yearByYear(answer, reporter, partner, answerPath(route, product, values)),
      ];
    },
  });
  const others = part({
    size: 'low',
    paths: () => [...namePaths(route), profilePath(route)],
    more: (answers) => {
      named(answers);
      return [describePath(product), suppliersPath(route, product, values)];
    },
    quiet: (problem) => h('div', {class: 'notice'}, h('h2', {}, 'Who else could sell it'), h('p', {}, problem.message)),
    draw: ([one, other, , described, answer]) => {
      const [reporter, partner] = namesFrom(route, one, other);
      return whoElse(answer, reporter, partner, describedName(described), suppliersPath(route, product, values));
    },
  });
  const moved = (id, value) => {
    values[id] = value;
    clearTimeout(timer);
    timer = setTimeout(() => {
      note({params: values});
      result.refresh();
      others.refresh();
    }, 60);
  };
  const assumptions = part({
    size: 'low',
    paths: () => [...namePaths(route), profilePath(route), pathTo(['availability'], {reporter: route.reporter, partner: route.partner})],
    more: (answers) => {
      named(answers);
      return [describePath(product)];
    },
    draw: ([one, other, profile, availability, described]) => {
      namesFrom(route, one, other);
      const datasets = datasetsOf(availability.data, 'hs2'),
        tops = (profile.products?.imports ?? []).filter((row) => row.product !== product);
      return [
        h(
          'div',
          {class: 'controls'},
          productField(describedName(described), (found) => go({params: {product: found.id, dataset: null}})),
          datasets.length > 1
            ? select(
                'Source',
                [['', 'the best dataset'], ...datasets.map((id) => [id, spanText(availability.data, id)])],
                route.params.dataset ?? '',
                (value) => go({params: {dataset: value || null}}),
              )
            : null,
        ),
        tops.length
          ? h(
              'p',
              {class: 'note'},
              'Or: ',
              tops
                .slice(0, 4)
                .map((row) => [h('a', {class: 'chip', href: changed({params: {product: row.product}})}, row.name ?? row.product), ' ']),
            )
          : null,
        h(
          'div',
          {class: 'controls'},
          SLIDERS.map((one) => slider(one, values[one.id], moved)),
        ),
      ];
    },
  });
  return [assumptions, result, others];
}
