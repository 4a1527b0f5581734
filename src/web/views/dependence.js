// Which imports hang on the partner, how much money that is, and since when.

import {changed, go, namePaths, namesFrom, pathTo} from '../app/api.js';
import {exactTooltip, faded, moneyAxis, periodAxis, shareAxis} from '../app/chart.js';
import {datasetsOf, levelName, levelsOf, periodsOf, spanOf, spanText} from './coverage.js';
import {choice, figure, headline, part, select, valuation} from '../app/figure.js';
import {dollars, exact, h, money, periodInWords, periodShort, share} from '../app/format.js';

const METHODS = [
  ['hhi', 'Concentration', 'HHI of the suppliers above 0.4'],
  ['share', 'Half', 'More than half from this partner'],
  ['india80', '80 %', 'India’s list: 80 % or more from this partner'],
  ['eu2021', 'EU 2021', 'SWD(2021)352'],
  ['cepii', 'CEPII', 'Policy Brief 47: concentration here and in the world, and imports above exports'],
];
const LEVELS = ['sector', 'section', 'hs2', 'hs4', 'hs6'];
const HALF = 0.5,
  SERIES_MOST = 40000;
const nameIn = (row) => row.name ?? row.product;

function answerPath({reporter, partner, params}) {
  const method = params.method ?? 'hhi';
  return pathTo(['dependence', reporter, partner], {
    level: params.level,
    period: params.period,
    method: method === 'hhi' ? null : method,
    threshold: method === 'share' ? HALF : null,
    dataset: params.dataset,
    sort: '-share,-imports_from_partner',
    limit: 10000,
  });
}
// The partner's share of each product, in all periods of the dataset that are like the answer's.
function seriesPath({reporter, partner}, answer, span) {
  const period = answer.meta.summary?.period ?? answer.data[0]?.period;
  if (!span || !period || span.periods * answer.meta.page.total > SERIES_MOST) return null;
  return pathTo(['flows'], {
    reporter,
    partner,
    flow: 'imports',
    product: '*',
    level: answer.meta.query.level ?? (span.level === 'total' ? null : span.level),
    period: `${span.first_period}..${span.last_period}`,
    dataset: answer.meta.dataset,
    share_of: 'partner',
    fields: 'period,product,share',
    limit: 50000,
  });
}

// From when on the share has been above `bar` without a break up to the last period: "FY2009-10", or null.
function sinceWhen(points, bar) {
  let since = null;
  for (const {period, share: ratio} of points) {
    if (ratio !== null && ratio > bar) since ??= period;
    else since = null;
  }
  return since;
}
function historyOf(series, bar) {
  const byProduct = new Map();
  for (const row of series?.data ?? []) {
    if (!byProduct.has(row.product)) byProduct.set(row.product, []);
    byProduct.get(row.product).push(row);
  }
  const first = series?.data[0]?.period;
  return new Map(
    [...byProduct].map(([product, points]) => {
      const since = sinceWhen(points, bar);
      return [product, since === null ? null : since === first ? `${since} or before` : since];
    }),
  );
}

// The lines above which the method calls a product dependent, as far as they are shares.
function marksOf(summary, partner, lowerBound) {
  const marks = [];
  if (summary?.threshold_share)
    marks.push({axis: 'y', at: summary.threshold_share, text: `${share(summary.threshold_share, 0)} from ${partner}`});
  else marks.push({axis: 'y', at: HALF, text: 'half'});
  if (summary?.threshold_hhi && lowerBound)
    marks.push({axis: 'y', at: Math.sqrt(summary.threshold_hhi), text: `its share alone makes HHI ${summary.threshold_hhi}`});
  return marks;
}

function headlineOf(rows, partner, reporter, period, history) {
  const above = rows.filter((row) => row.share > HALF),
    worth = above.reduce((sum, row) => sum + row.imports_from_partner, 0);
  const largest = (list) => [...list].sort((a, b) => b.imports_from_partner - a.imports_from_partner)[0];
  const told = (row) =>
    `${nameIn(row)}, ${share(row.share, 0)}${history.get(row.product) && row.share > HALF ? ` and above half since ${history.get(row.product)}` : ''}`;
  const most = rows.length
    ? `The highest share: ${told(rows[0])}.${above.length > 1 && largest(above) !== rows[0] ? ` The most money: ${told(largest(above))}.` : ''}`
    : '';
  return above.length
    ? headline(
        `${reporter} gets more than half of its imports from ${partner} in ${above.length} of ${rows.length} product groups, worth ${dollars(worth)} in ${period}`,
        most,
      )
    : headline(`In no product group does ${reporter} get more than half of its imports from ${partner} in ${period}`, most);
}

const VERDICTS = [
  [true, 'alert', 'dependent by this method'],
  [null, 'other', 'the data cannot decide'],
  [false, 'calm', 'not dependent'],
];

function bubbles(answer, rows, route, reporter, partner, path) {
  const largest = Math.max(...rows.map((row) => row.imports_from_partner), 1);
  const lowerBound = rows.some((row) => (row.flags ?? []).includes('lower_bound'));
  const shown = rows.filter((row) => row.imports_total > 0 && row.imports_from_partner > 0);
  const smallest = Math.min(...shown.map((row) => row.imports_total));
  const dots = (verdict) => shown.filter((row) => row.dependent === verdict);
  const title = `Share of ${partner} in ${reporter}’s imports, by size`;
  return figure({
    title,
    note: 'Each circle is a product group; its area is what is imported from the partner. Choose one, here or in the table, to see since when.',
    summary: `${title}. The largest shares: ${rows
      .slice(0, 6)
      .map((row) => `${nameIn(row)} ${share(row.share, 0)}`)
      .join('; ')}`,
    legend: VERDICTS.filter(([verdict]) => dots(verdict).length).map(([verdict, key, text]) => ({
      text: `${text} (${dots(verdict).length})`,
      key,
      shape: 'dot',
    })),
    height: 'h-rows-16',
    build: (style, width) => ({
      type: 'bubble',
      data: {
        datasets: VERDICTS.map(([verdict, key, text]) => ({
          label: text,
          data: dots(verdict).map((row) => ({
            x: row.imports_total,
            y: row.share,
            r: 3 + (width < 480 ? 16 : 26) * Math.sqrt(row.imports_from_partner / largest),
            weight: row.imports_from_partner * row.share,
            row,
          })),
          pointNames: dots(verdict).map(nameIn),
          backgroundColor: faded(style[key], 0.4),
          borderColor: style[key],
          borderWidth: 1.5,
        })),
      },
      options: {
        clip: false,
        names: width < 480 ? 4 : 14,
        marks: marksOf(answer.meta.summary, partner, lowerBound),
        layout: {padding: {top: 14, right: 14}},
        scales: {
          x: moneyAxis(style, {
            type: 'logarithmic',
            min: 10 ** Math.floor(Math.log10(smallest)),
            title: {
              display: true,
              text: width < 480 ? 'All imports, USD' : `All imports of ${reporter}, USD, each step ten times the one before`,
              color: style.muted,
            },
            ticks: {
              color: style.muted,
              maxRotation: 0,
              autoSkip: false,
              callback: (value) => {
                // powers of ten; every other one where it is narrow
                const power = Math.round(Math.log10(value) * 1e6) / 1e6;
                return Number.isInteger(power) && (width >= 480 || power % 2 === 0) ? money(value).replace('.0', '') : null;
              },
            },
          }),
          y: shareAxis(style, {min: 0, max: 1, title: {display: true, text: `From ${partner}`, color: style.muted}}),
        },
        plugins: {
          tooltip: {
            callbacks: {
              title: (items) => nameIn(items[0].raw.row),
              label: (item) => ` ${share(item.raw.row.share)} of ${exact(item.raw.row.imports_total)} from ${partner}`,
            },
          },
        },
        onClick: (event, marks, chart) => {
          if (marks[0]) focusOn(chart.data.datasets[marks[0].datasetIndex].data[marks[0].index].row);
        },
      },
    }),
    columns: [
      {id: 'product', label: 'Code'},
      {id: 'name', label: 'Name'},
      {id: 'share', label: `From ${partner}`, kind: 'share'},
      {id: 'since', label: 'Above half since'},
      {id: 'imports_from_partner', label: `Imports from ${partner}`, kind: 'money'},
      {id: 'imports_total', label: 'All imports', kind: 'money'},
      {id: 'hhi', label: 'HHI', kind: 'number'},
      {id: 'suppliers', label: 'Suppliers', kind: 'number'},
      {id: 'imports_over_exports', label: 'Imports / exports', kind: 'number'},
      {id: 'dependent', label: 'Dependent', kind: 'truth'},
      {id: 'flags', label: 'Flags', kind: 'flags'},
    ],
    rows,
    meta: answer.meta,
    links: answer.links,
    facts: [valuation(answer)],
    warnings: answer.meta.warnings,
    path,
    choose: focusOn,
    open: true,
  });
}
const focusOn = (row) => go({params: {focus: row.product}});

// ---- one product over time ----

const focusPath = ({reporter, partner, params}, dataset) => pathTo(['bilateral', reporter, partner], {product: params.focus, dataset});

function overTime(answer, row, product, reporter, partner, path) {
  const name = row?.name ?? product,
    points = answer.data.map((period) => ({period: period.period, share: period.share_of_imports}));
  const since = sinceWhen(points, HALF),
    labels = answer.data.map((period) => periodShort(period.period));
  const last = [...points].reverse().find((point) => point.share !== null);
  const verdict = since
    ? `above half without a break since ${since === points[0].period ? `${since}, where the data begins` : since}`
    : 'not above half in the last period';
  return [
    headline(
      last
        ? `${partner} supplies ${share(last.share, last.share < 0.1 ? 1 : 0)} of ${reporter}’s imports of ${name} in ${periodShort(last.period)}`
        : `The share of ${partner} in ${name} is not known`,
      [`${verdict[0].toUpperCase()}${verdict.slice(1)}. `, h('a', {href: changed({params: {focus: null}})}, 'All products')],
    ),
    figure({
      title: `${name}: since when`,
      summary: `${name}: share of ${partner} in all imports over time, and the imports from it. ${verdict}.`,
      legend: [
        {text: `share of ${partner} (left)`, key: 'alert', shape: 'line'},
        {text: `imports from ${partner} (right)`, key: 'imports'},
      ],
      build: (style) => ({
        type: 'bar',
        data: {
          labels,
          datasets: [
            {
              type: 'line',
              label: 'Share',
              yAxisID: 'y',
              data: points.map((point) => point.share),
              borderColor: style.alert,
              backgroundColor: style.alert,
              borderWidth: 2.5,
              pointRadius: 2.5,
              order: 1,
            },
            {
              label: 'Imports',
              yAxisID: 'y2',
              data: answer.data.map((period) => period.imports),
              backgroundColor: faded(style.imports, 0.35),
              order: 2,
              barPercentage: 0.85,
              categoryPercentage: 0.9,
            },
          ],
        },
        options: {
          interaction: {mode: 'index', intersect: false},
          marks: [{axis: 'y', at: HALF, text: 'half'}],
          scales: {
            x: periodAxis(style),
            y: shareAxis(style, {min: 0, max: 1}),
            y2: moneyAxis(style, {position: 'right', beginAtZero: true, grid: {display: false, drawBorder: false}}),
          },
          plugins: {
            tooltip: exactTooltip({
              title: (items) => periodInWords(answer.data[items[0].dataIndex].period),
              label: (item) => (item.dataset.label === 'Share' ? ` Share: ${share(item.raw)}` : ` Imports: ${exact(item.raw)}`),
            }),
          },
        },
      }),
      columns: [
        {id: 'period', label: 'Period'},
        {id: 'imports', label: 'Imports', kind: 'money'},
        {id: 'share_of_imports', label: `From ${partner}`, kind: 'share'},
        {id: 'exports', label: 'Exports', kind: 'money'},
        {id: 'flags', label: 'Flags', kind: 'flags'},
      ],
      rows: answer.data,
      meta: answer.meta,
      links: answer.links,
      path,
    }),
  ];
}

// ---- the view ----

function controls(route, availability, answer) {
  const {params} = route,
    query = answer.meta.query,
    span = spanOf(availability.data, answer.meta.dataset);
  const rows = availability.data.filter((row) => row.flow === 'imports'),
    level = query.level ?? params.level ?? (span?.level === 'total' ? 'hs2' : (span?.level ?? 'hs2'));
  const datasets = datasetsOf(rows, 'hs2'),
    periods = span ? periodsOf(span) : [];
  return h(
    'div',
    {class: 'controls'},
    choice('Called dependent by', METHODS, params.method ?? 'hhi', (value) => changed({params: {method: value === 'hhi' ? null : value}})),
    select(
      'Detail',
      levelsOf(rows, LEVELS).map((id) => [id, levelName(id)]),
      level,
      (value) => go({params: {level: value, dataset: null, period: null, focus: null}}),
    ),
    periods.length
      ? select(
          'Period',
          periods.map((id) => [id, id]),
          answer.meta.summary?.period ?? answer.data[0]?.period ?? '',
          (value) => go({params: {period: value, dataset: answer.meta.dataset}}),
        )
      : null,
    datasets.length > 1
      ? select(
          'Source',
          datasets.map((id) => [id, spanText(availability.data, id)]),
          answer.meta.dataset,
          (value) => go({params: {dataset: value, period: null, level: null, focus: null}}),
        )
      : null,
  );
}

export function view(route) {
  const path = answerPath(route);
  const series = (answers) =>
    seriesPath(
      route,
      answers[3],
      spanOf(
        answers[2].data.filter((row) => row.flow === 'imports'),
        answers[3].meta.dataset,
      ),
    );
  const parts = [
    part({
      size: 'view',
      paths: () => [...namePaths(route), pathTo(['availability'], {reporter: route.reporter, partner: route.partner}), path],
      more: (answers) => [series(answers)].filter(Boolean),
      draw: (answers) => {
        const [, , availability, answer, histories] = answers,
          [reporter, partner] = namesFrom(route, answers[0], answers[1]);
        const history = historyOf(histories, HALF),
          period = answer.meta.summary?.period ?? answer.data[0]?.period;
        const rows = answer.data
          .filter((row) => row.share !== null)
          .map((row) => ({...row, since: row.share > HALF ? (history.get(row.product) ?? null) : null}));
        if (!rows.length)
          return [
            headline(`No share of ${partner} in ${reporter}’s imports is known here`),
            controls(route, availability, answer),
            h('p', {class: 'notice'}, answer.meta.warnings.join(' ')),
          ];
        return [
          route.params.focus ? null : headlineOf(rows, partner, reporter, period, history),
          controls(route, availability, answer),
          bubbles(answer, rows, route, reporter, partner, path),
        ];
      },
    }),
  ];
  if (route.params.focus) {
    const focus = part({
      size: 'tall',
      paths: () => [...namePaths(route), path],
      more: (answers) => [focusPath(route, answers[2].meta.dataset)],
      draw: ([one, other, answer, own]) => {
        const [reporter, partner] = namesFrom(route, one, other);
        return overTime(
          own,
          answer.data.find((row) => row.product === route.params.focus),
          route.params.focus,
          reporter,
          partner,
          focusPath(route, answer.meta.dataset),
        );
      },
    });
    focus.id = 'focus';
    parts.unshift(focus);
  }
  return parts;
}
