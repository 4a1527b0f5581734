// What two countries trade over time, by the reporter's books, beside the partner's.

import {changed, describedName, describePath, go, learn, pathTo} from '../app/api.js';
import {exactTooltip, faded, moneyAxis, nameAxis, periodAxis} from '../app/chart.js';
import {choice, figure, headline, part, productField, select, tiles, valuation} from '../app/figure.js';
import {dollars, exact, flagsOf, growth, h, money, periodInWords, periodShort, possessive, share} from '../app/format.js';

const PERIODS = [
  ['', 'As published'],
  ['FY', 'Fiscal years', 'April to March'],
  ['A', 'Calendar years'],
  ['Q', 'Quarters'],
  ['M', 'Months'],
];
const profilePath = (route) => pathTo(['profile', route.reporter, route.partner], {periods: 50});

function seriesPath({reporter, partner, params}) {
  return pathTo(['bilateral', reporter, partner], {
    freq: params.freq,
    period: params.period,
    product: params.product,
    dataset: params.dataset === '*' ? null : params.dataset,
  });
}

// Rows of the totals, whoever told them.
function totalsOf(answer) {
  if (answer.totals)
    return {
      rows: answer.totals.rows,
      meta: answer.totals,
      facts: [`exports ${answer.totals.exports_valuation}`, `imports ${answer.totals.imports_valuation}`],
    };
  return {rows: answer.data, meta: answer.meta, links: answer.links, facts: [valuation(answer)], warnings: answer.meta.warnings};
}
const complete = (rows) => rows.filter((row) => !(row.flags ?? []).includes('partial_year') && row.balance !== null);
const nth = (n) => `${n}${[11, 12, 13].includes(n % 100) ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th')}`;

export function sentence(rows, reporter, partner, what) {
  const row = complete(rows).at(-1);
  if (!row) return `${reporter} and ${partner}: no complete period of both flows`;
  const deficit = row.balance < 0,
    when = ` in ${periodShort(row.period)}`,
    of = what ? `, ${what},` : '';
  const record =
    row.deficit_rank === 1 && rows.length > 2 ? ', a record' : row.deficit_rank > 1 ? `, its ${nth(row.deficit_rank)} largest so far` : '';
  return `${possessive(reporter)} ${deficit ? 'deficit' : 'surplus'} with ${partner}${of} ${record === ', a record' ? 'reached' : 'was'} ${dollars(Math.abs(row.balance))}${when}${record}`;
}

function tilesOf(rows, partner, ranks) {
  const row = complete(rows).at(-1);
  if (!row) return null;
  const change = (ratio) => (ratio === null || ratio === undefined ? null : `${growth(ratio)} on the year before`);
  return tiles([
    {name: 'Imports', key: 'imports', value: dollars(row.imports), title: exact(row.imports), more: change(row.imports_growth)},
    {name: 'Exports', key: 'exports', value: dollars(row.exports), title: exact(row.exports), more: change(row.exports_growth)},
    {
      name: 'Balance',
      key: 'balance',
      value: dollars(row.balance),
      title: exact(row.balance),
      more: row.balance_change === null ? null : `${row.balance_change > 0 ? '+' : ''}${money(row.balance_change)} on the year before`,
    },
    {
      name: `${possessive(partner)} share of imports`,
      value: share(row.share_of_imports),
      more: ranks?.as_supplier_of_imports ? `${nth(ranks.as_supplier_of_imports)} of ${ranks.partners} suppliers in ${ranks.period}` : null,
    },
  ]);
}

function overTime({rows, meta, facts, warnings}, reporter, partner, what, path, csvPath) {
  const uncertain = ['provisional', 'estimated', 'partial_year'];
  const starred = rows.some((row) => (row.flags ?? []).some((flag) => uncertain.includes(flag)));
  const labels = rows.map((row) => periodShort(row.period) + ((row.flags ?? []).some((flag) => uncertain.includes(flag)) ? '*' : ''));
  const last = (id) => [...rows].reverse().find((row) => row[id] !== null)?.[id];
  const line = (style, id, label) => ({
    type: 'line',
    label,
    data: rows.map((row) => row[id]),
    borderColor: style[id],
    backgroundColor: style.paper,
    borderWidth: 2.5,
    spanGaps: false,
    pointRadius: rows.map((row) => ((row.flags ?? []).some((flag) => uncertain.includes(flag)) ? 4 : rows.length > 40 ? 0 : 2.5)),
    pointBackgroundColor: rows.map((row) => ((row.flags ?? []).some((flag) => uncertain.includes(flag)) ? style.paper : style[id])),
    pointHoverRadius: 5,
    endLabel: [label, money(last(id))],
    labelColour: style[id],
    order: 1,
  });
  const records = rows.filter((row) => row.deficit_rank === 1).length;
  return figure({
    title: `Trade of ${reporter} with ${partner}${what ? `: ${what}` : ''}`,
    summary: `Lines of imports and exports, bars of the balance, ${periodInWords(rows[0].period)} to ${periodInWords(rows.at(-1).period)}. ${sentence(rows, reporter, partner, what)}.`,
    note:
      [
        starred ? '* Hollow points: provisional, estimated or not complete.' : '',
        rows.length === 50 ? 'The latest 50 periods; the CSV has all.' : '',
      ]
        .join(' ')
        .trim() || null,
    legend: [
      {text: 'Imports', key: 'imports', shape: 'line'},
      {text: 'Exports', key: 'exports', shape: 'line'},
      {text: records ? 'Balance, a record deficit at its time' : 'Balance', key: 'balance'},
      ...(records && records < rows.length ? [{text: 'Balance', key: 'balance-soft'}] : []),
    ],
    build: (style, width) => ({
      type: 'bar',
      data: {
        labels,
        datasets: [
          line(style, 'imports', 'Imports'),
          line(style, 'exports', 'Exports'),
          {
            label: 'Balance',
            data: rows.map((row) => row.balance),
            backgroundColor: rows.map((row) => (!records || row.deficit_rank === 1 ? style.balance : style.balanceSoft)),
            categoryPercentage: 0.9,
            barPercentage: 0.82,
            endLabel: ['Balance', money(last('balance'))],
            labelColour: style.balance,
            order: 2,
          },
        ],
      },
      options: {
        layout: {padding: {right: width < 480 ? 66 : 84, top: 8}},
        interaction: {mode: 'index', intersect: false},
        scales: {x: periodAxis(style), y: moneyAxis(style, {beginAtZero: true})},
        plugins: {
          tooltip: exactTooltip({
            title: (items) => periodInWords(rows[items[0].dataIndex].period),
            afterBody: (items) => {
              const row = rows[items[0].dataIndex];
              return [
                row.deficit_rank === 1 ? 'A record deficit' : null,
                ...(row.flags ?? []).map((flag) => flag.replaceAll('_', ' ')),
              ].filter(Boolean);
            },
          }),
        },
      },
    }),
    columns: [
      {id: 'period', label: 'Period'},
      {id: 'exports', label: 'Exports', kind: 'money'},
      {id: 'imports', label: 'Imports', kind: 'money'},
      {id: 'balance', label: 'Balance', kind: 'money'},
      {id: 'exports_growth', label: 'Exports growth', kind: 'growth'},
      {id: 'imports_growth', label: 'Imports growth', kind: 'growth'},
      {id: 'share_of_exports', label: 'Share of exports', kind: 'share'},
      {id: 'share_of_imports', label: 'Share of imports', kind: 'share'},
      {id: 'deficit_rank', label: 'Deficit rank', kind: 'number'},
      {id: 'flags', label: 'Flags', kind: 'flags'},
    ],
    rows,
    meta,
    facts,
    warnings,
    path,
    csvPath,
  });
}

// ---- both books ----

const mirrorPath = ({reporter, partner, params}) =>
  pathTo(['mirror', reporter, partner], {freq: params.freq, period: params.period, product: params.product});

function twoBooks(answer, reporter, partner, path) {
  const periods = [...new Set(answer.data.map((row) => row.period))];
  const of = (flow, id) => periods.map((period) => answer.data.find((row) => row.period === period && row.flow === flow)?.[id] ?? null);
  const bars = periods.length < 2;
  const pair = (style, flow, colour, axis) => {
    const [own, other] = [of(flow, 'reported'), of(flow, 'mirrored')];
    const common = {borderColor: colour, borderWidth: 2.5, pointRadius: 3, pointBackgroundColor: colour, labelColour: colour};
    const verb = flow === 'imports' ? ['imports', 'exports'] : ['exports', 'imports'];
    return [
      {
        ...common,
        label: `${possessive(reporter)} ${verb[0]}, ${reporter} reports`,
        data: own,
        fill: bars ? false : '+1',
        backgroundColor: bars ? colour : faded(style.gap, 0.28),
        endLabel: bars ? null : [`${reporter}: ${money(own.at(-1))}`],
        order: axis,
      },
      {
        ...common,
        label: `the same, ${partner} reports`,
        data: other,
        borderDash: [6, 4],
        backgroundColor: bars ? faded(colour, 0.45) : 'transparent',
        endLabel: bars || alone ? null : [`${partner}: ${money(other.at(-1))}`],
        order: axis,
      },
    ];
  };
  const last = answer.data.filter((row) => row.period === periods.at(-1) && row.gap !== null);
  const biggest = [...last].sort((a, b) => Math.abs(b.gap) - Math.abs(a.gap))[0];
  const alone = answer.data.every((row) => row.mirrored === null);
  const said = alone
    ? `For these periods there are only ${possessive(reporter)} own books.`
    : biggest
      ? `For ${periodShort(biggest.period)}, ${partner} reports ${dollars(Math.abs(biggest.mirrored - biggest.reported))} ${biggest.mirrored > biggest.reported ? 'more' : 'less'} of ${possessive(reporter)} ${biggest.flow} than ${reporter} does.`
      : '';
  return figure({
    title: 'Two customs services, one trade',
    note: said,
    height: 'h-chart',
    summary: `What both customs services report of the same flows. ${said}`,
    legend: [
      {text: `${possessive(reporter)} imports`, key: 'imports', shape: 'line'},
      {text: `${possessive(reporter)} exports`, key: 'exports', shape: 'line'},
      ...(alone ? [] : [{text: `solid: ${reporter} reports; dashed: ${partner} reports`, key: 'dash', shape: 'line'}]),
      ...(bars || alone ? [] : [{text: 'gap', key: 'gap'}]),
    ],
    build: (style, width) => ({
      type: bars ? 'bar' : 'line',
      data: {
        labels: periods.map(periodShort),
        datasets: [...pair(style, 'imports', style.imports, 1), ...pair(style, 'exports', style.exports, 2)],
      },
      options: {
        layout: {padding: {right: bars ? 8 : width < 480 ? 96 : 120, top: 8}},
        interaction: {mode: 'index', intersect: false},
        scales: {x: periodAxis(style, {offset: bars || periods.length < 6}), y: moneyAxis(style, {beginAtZero: true})},
        plugins: {tooltip: exactTooltip({title: (items) => periodInWords(periods[items[0].dataIndex])})},
      },
    }),
    columns: [
      {id: 'period', label: 'Period'},
      {id: 'flow', label: 'Flow'},
      {id: 'reported', label: `${reporter} reports`, kind: 'money'},
      {id: 'mirrored', label: `${partner} reports`, kind: 'money'},
      {id: 'gap', label: 'Gap', kind: 'money'},
      {id: 'relative_gap', label: 'Relative gap', kind: 'share'},
      {id: 'gap_fob', label: 'Gap, both FOB', kind: 'money'},
      {id: 'flags', label: 'Flags', kind: 'flags'},
    ],
    rows: answer.data,
    meta: answer.meta,
    links: answer.links,
    facts: [`the partner’s books: ${answer.data[0]?.mirror_dataset ?? 'none'}`],
    warnings: answer.meta.warnings,
    path,
  });
}
// What is wrong with the address itself has been said above.
const noMirror = (problem) =>
  /unavailable|no-data|unsuitable/.test(problem.kind)
    ? h(
        'div',
        {class: 'notice'},
        h('h2', {}, 'Two customs services, one trade'),
        h('p', {}, `There is nothing to compare with: ${problem.message}`),
      )
    : h('span');

// ---- sources side by side ----

function allSources(answer, reporter, partner, path) {
  const periods = [...new Set(answer.data.map((row) => row.period))].sort();
  const sets = [...new Set(answer.data.map((row) => row.dataset))];
  const dashes = [[], [7, 4], [2, 3], [10, 3, 2, 3], [1, 4]],
    shapes = ['circle', 'rect', 'triangle', 'rectRot', 'star'];
  const find = (set, period) => answer.data.find((row) => row.dataset === set && row.period === period);
  return figure({
    title: `Sources side by side: ${reporter} with ${partner}`,
    summary: `Imports and exports as ${sets.length} datasets have them: ${sets.join(', ')}`,
    legend: [
      {text: 'Imports', key: 'imports', shape: 'line'},
      {text: 'Exports', key: 'exports', shape: 'line'},
    ],
    note: `Each line is a dataset, its mark tells which: ${sets.map((set, i) => `${['●', '■', '▲', '◆', '✳'][i % 5]} ${set}`).join('  ')}`,
    build: (style) => ({
      type: 'line',
      data: {
        labels: periods.map(periodShort),
        datasets: sets.flatMap((set, i) =>
          ['imports', 'exports'].map((flow) => ({
            label: `${flow}, ${set}`,
            data: periods.map((period) => find(set, period)?.[flow] ?? null),
            borderColor: style[flow],
            backgroundColor: style[flow],
            borderWidth: 2,
            borderDash: dashes[i % 5],
            pointStyle: shapes[i % 5],
            pointRadius: 4,
            spanGaps: true,
          })),
        ),
      },
      options: {
        scales: {x: periodAxis(style), y: moneyAxis(style, {beginAtZero: true})},
        interaction: {mode: 'index', intersect: false},
        plugins: {tooltip: exactTooltip({})},
      },
    }),
    columns: [
      {id: 'period', label: 'Period'},
      {id: 'dataset', label: 'Dataset'},
      {id: 'exports', label: 'Exports', kind: 'money'},
      {id: 'imports', label: 'Imports', kind: 'money'},
      {id: 'balance', label: 'Balance', kind: 'money'},
      {id: 'months_held', label: 'Months', kind: 'number'},
      {id: 'flags', label: 'Flags', kind: 'flags'},
    ],
    rows: answer.data,
    meta: answer.meta,
    links: answer.links,
    path,
  });
}

// ---- what is bought and sold ----

function topProducts(section, flow, title, partnerWord, route) {
  const rows = section[flow];
  return figure({
    title,
    height: 'h-five',
    summary: `${title}: ${rows.map((row) => `${row.name ?? row.product} ${dollars(row[flow])}`).join('; ')}`,
    build: (style) => ({
      type: 'bar',
      data: {
        labels: rows.map((row) => row.name ?? row.product),
        datasets: [
          {
            label: title,
            data: rows.map((row) => row[flow]),
            backgroundColor: style[flow],
            barPercentage: 0.72,
            barLabel: (value) => money(value),
          },
        ],
      },
      options: {
        indexAxis: 'y',
        layout: {padding: {right: 56}},
        scales: {x: moneyAxis(style, {beginAtZero: true, display: false}), y: nameAxis(style)},
        plugins: {tooltip: exactTooltip()},
      },
    }),
    columns: [
      {id: 'product', label: 'HS'},
      {id: 'name', label: 'Name'},
      {id: flow, label: flow === 'imports' ? 'Imports' : 'Exports', kind: 'money'},
      {id: `share_of_bilateral_${flow}`, label: partnerWord, kind: 'share'},
      {id: 'balance', label: 'Balance', kind: 'money'},
      {id: 'flags', label: 'Flags', kind: 'flags'},
    ],
    rows,
    meta: section,
    facts: [section.period],
    path: profilePath(route),
    csvPath: pathTo(['bilateral', route.reporter, route.partner, 'products'], {
      level: section.level,
      period: section.period,
      dataset: section.dataset,
      sort: `-${flow}`,
      limit: rows.length,
    }),
  });
}

function glance(profile, route) {
  const {products, dependence} = profile,
    [reporter, partner] = [profile.reporter.name, profile.partner.name];
  if (!products?.imports?.length && !products?.exports?.length) {
    return h(
      'div',
      {class: 'notice'},
      h('h2', {}, 'What is bought and sold'),
      h('p', {}, 'No dataset that is loaded tells the products of this pair. '),
      h('a', {href: changed({view: 'data', fresh: true})}, 'What there is'),
    );
  }
  return [
    h(
      'div',
      {class: 'columns'},
      topProducts(products, 'imports', `What ${reporter} buys from ${partner}, ${products.period}`, 'Of imports from it', route),
      topProducts(products, 'exports', `What ${reporter} sells to ${partner}, ${products.period}`, 'Of exports to it', route),
    ),
    h(
      'p',
      {class: 'next'},
      h('a', {href: changed({view: 'sectors', fresh: true})}, 'All sectors, and which made the balance grow'),
      dependence
        ? [
            ' · ',
            h(
              'a',
              {href: changed({view: 'dependence', fresh: true})},
              `${dependence.dependent_products ?? 'Which'} of ${dependence.products} product groups depend on ${partner}`,
            ),
          ]
        : null,
    ),
  ];
}

// ---- the view ----

function periodField(period) {
  const input = h('input', {
    type: 'text',
    id: 'period',
    value: period ?? '',
    placeholder: 'all',
    autocomplete: 'off',
    spellcheck: 'false',
    on: {change: () => go({params: {period: input.value.trim() || null}})},
  });
  return h('div', {class: 'field'}, h('label', {class: 'label', for: 'period'}, 'Periods: latest:10, 2010..2019'), input);
}

function controls(route, answer, what) {
  const meta = answer.totals ?? answer.meta;
  const others = answer.meta?.other_datasets ?? [];
  const known = [
    ...new Set([meta.dataset, ...others, ...(route.params.dataset && route.params.dataset !== '*' ? [route.params.dataset] : [])]),
  ].filter(Boolean);
  const {params} = route;
  return h(
    'div',
    {class: 'controls'},
    choice('Periods', PERIODS, route.params.freq ?? '', (value) => changed({params: {freq: value || null, period: null}})),
    select(
      'Source',
      [['', 'the best dataset'], ...known.map((id) => [id, id]), ['*', 'all side by side']],
      route.params.dataset ?? '',
      (value) => go({params: {dataset: value || null, freq: value === '*' ? (params.freq ?? 'FY') : params.freq}}),
    ),
    periodField(params.period),
    productField(what ?? 'All products', (found) => go({params: {product: found.id, dataset: null}})),
    params.product || params.period
      ? h('a', {class: 'chip', href: changed({params: {product: null, period: null}})}, 'All products and periods')
      : null,
  );
}

export function view(route) {
  const {product} = route.params,
    own = route.params.freq || route.params.dataset || route.params.period || product;
  const all = route.params.dataset === '*';
  const starPath = pathTo(['bilateral', route.reporter, route.partner], {
    freq: route.params.freq ?? 'FY',
    period: route.params.period,
    product,
    dataset: '*',
  });
  const paths = () => [
    profilePath(route),
    ...(own ? [all ? starPath : seriesPath(route)] : []),
    ...(product ? [describePath(product)] : []),
  ];
  const names = (profile) => {
    learn(route.reporter, profile.reporter.name);
    learn(route.partner, profile.partner.name);
    return [profile.reporter.name, profile.partner.name];
  };
  return [
    part({
      size: 'view',
      paths,
      draw: ([profile, series, described]) => {
        const [reporter, partner] = names(profile),
          what = described ? describedName(described) : null;
        const totals = totalsOf(
          own && !all
            ? series
            : all && product
              ? {data: series.data.filter((row) => row.dataset === series.data[0].dataset), meta: series.meta}
              : profile,
        );
        return [
          headline(
            sentence(totals.rows, reporter, partner, what),
            flagsOf(complete(totals.rows).slice(-1)).includes('provisional') ? 'By its own books; provisional.' : 'By its own books.',
          ),
          tilesOf(totals.rows, partner, product ? null : profile.ranks),
          controls(route, own ? series : profile, what),
          all
            ? allSources(series, reporter, partner, starPath)
            : overTime(totals, reporter, partner, what, own ? seriesPath(route) : profilePath(route), seriesPath(route)),
        ];
      },
    }),
    part({
      size: 'tall',
      lazy: true,
      paths: () => [profilePath(route), mirrorPath(route)],
      quiet: noMirror,
      draw: ([profile, mirror]) => twoBooks(mirror, profile.reporter.name, profile.partner.name, mirrorPath(route)),
    }),
    part({size: 'tall', paths: () => [profilePath(route)], quiet: () => h('span'), draw: ([profile]) => glance(profile, route)}),
  ];
}
