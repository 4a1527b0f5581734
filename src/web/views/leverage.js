// Who depends on whom in which products, seen from both sides.

import {changed, go, namePaths, namesFrom, pathTo} from '../app/api.js';
import {exactTooltip, nameAxis, shareAxis} from '../app/chart.js';
import {datasetsOf, levelName, levelsOf, manyRows, spanText} from './coverage.js';
import {choice, figure, headline, part, select, valuation} from '../app/figure.js';
import {dollars, exact, h, possessive, share} from '../app/format.js';

const LEVELS = ['sector', 'section', 'hs2', 'hs4', 'hs6', 'total'];
const nameIn = (row) => row.name ?? row.product;

const answerPath = ({reporter, partner, params}) =>
  pathTo(['leverage', reporter, partner], {
    level: params.level ?? 'sector',
    period: params.period,
    dataset: params.dataset,
    limit: manyRows(params.level),
  });

// Which two of the four shares are set against each other.
const SIDES = {
  imports: {
    own: 'import_dependence',
    other: 'partner_market_dependence',
    value: 'imports',
    title: (r, p) => `The trade that flows from ${p} to ${r}`,
    ownText: (r, p) => `what ${r} would miss: ${possessive(p)} share of its imports`,
    otherText: (r, p) => `what ${p} would miss: ${possessive(r)} share of its exports`,
  },
  exports: {
    own: 'market_dependence',
    other: 'partner_import_dependence',
    value: 'exports',
    title: (r, p) => `The trade that flows from ${r} to ${p}`,
    ownText: (r, p) => `what ${r} would miss: ${possessive(p)} share of its exports`,
    otherText: (r, p) => `what ${p} would miss: ${possessive(r)} share of its imports`,
  },
};

function sentence(rows, summary, reporter, partner, level) {
  const judged = rows.filter((row) => row.lever !== null),
    of = (who) => judged.filter((row) => row.lever === who).length;
  const groups = level === 'sector' ? 'sectors' : 'product groups',
    period = rows[0]?.period;
  if (judged.length) {
    const [mine, theirs] = [of('reporter'), of('partner')];
    return mine === theirs
      ? `Neither ${reporter} nor ${partner} holds the lever in more ${groups} than the other in ${period}`
      : `${mine > theirs ? reporter : partner} holds the lever over ${mine > theirs ? partner : reporter} in ${Math.max(mine, theirs)} of ${judged.length} ${groups} in ${period}, ${mine > theirs ? partner : reporter} in ${Math.min(mine, theirs)}`;
  }
  const top = rows
    .filter((row) => row.import_dependence !== null && row.imports > 0)
    .sort((a, b) => b.import_dependence - a.import_dependence)[0];
  return top
    ? `${reporter} gets up to ${share(top.import_dependence, 0)} of a sector from ${partner} (${nameIn(top).toLowerCase()}, ${period}); ${possessive(partner)} side is not in these books`
    : `How far ${reporter} and ${partner} depend on each other cannot be told from these books`;
}

function twoSided(answer, route, reporter, partner, path) {
  const side = SIDES[route.params.flow === 'exports' ? 'exports' : 'imports'];
  const usable = answer.data.filter((row) => row[side.value] > 0 && (row[side.own] !== null || row[side.other] !== null));
  const shown = usable.sort((a, b) => b[side.value] - a[side.value]).slice(0, 16);
  const missing = shown.length && shown.every((row) => row[side.other] === null);
  const most = Math.max(0.05, ...shown.flatMap((row) => [row[side.own] ?? 0, row[side.other] ?? 0]));
  const limit = Math.ceil(most * 11.5) / 10;
  const title = side.title(reporter, partner);
  return [
    missing
      ? h(
          'p',
          {class: 'notice'},
          h('b', {}, `${possessive(partner)} side is missing. `),
          answer.meta.warnings.find((text) => text.includes('books')) ?? 'The dataset does not hold its books',
          '. A dataset of all countries’ trade, such as CEPII BACI, has both sides.',
        )
      : null,
    figure({
      title,
      note: `${missing ? '' : 'The longer bar is the side with more to lose. '}Largest flows first.`,
      height: shown.length > 10 ? 'h-rows-16' : 'h-rows-10',
      summary: `${title}. ${shown
        .slice(0, 6)
        .map((row) => `${nameIn(row)}: ${share(row[side.own], 0)} against ${share(row[side.other], 0)}`)
        .join('; ')}`,
      legend: [
        {text: side.ownText(reporter, partner), key: 'imports'},
        ...(missing ? [] : [{text: side.otherText(reporter, partner), key: 'balance'}]),
      ],
      build: (style) => ({
        type: 'bar',
        data: {
          labels: shown.map(nameIn),
          datasets: [
            {
              label: reporter,
              data: shown.map((row) => (row[side.own] === null ? null : missing ? row[side.own] : -row[side.own])),
              backgroundColor: style.imports,
              barPercentage: 0.74,
              barLabel: (value) => share(Math.abs(value), 0),
            },
            {
              label: partner,
              data: shown.map((row) => row[side.other]),
              backgroundColor: style.balance,
              barPercentage: 0.74,
              barLabel: (value) => share(value, value < 0.1 ? 1 : 0),
            },
          ],
        },
        options: {
          indexAxis: 'y',
          scales: {
            x: shareAxis(style, {
              stacked: true,
              min: missing ? 0 : -limit,
              max: limit,
              ticks: {color: style.muted, maxTicksLimit: 9, callback: (value) => (Math.abs(value) > 1 ? null : share(Math.abs(value), 0))},
            }),
            y: nameAxis(style, {stacked: true}),
          },
          layout: {padding: {right: 8}},
          plugins: {
            tooltip: exactTooltip({
              title: (items) => nameIn(shown[items[0].dataIndex]),
              label: (item) => ` ${item.dataset.label}: ${share(Math.abs(item.raw), 2)}`,
              afterBody: (items) => [`The flow: ${exact(shown[items[0].dataIndex][side.value])}`],
            }),
          },
        },
      }),
      columns: [
        {id: 'product', label: 'Code'},
        {id: 'name', label: 'Name'},
        {id: 'imports', label: `Imports from ${partner}`, kind: 'money'},
        {id: 'exports', label: `Exports to ${partner}`, kind: 'money'},
        {id: 'import_dependence', label: `${reporter}’s imports`, kind: 'share'},
        {id: 'partner_market_dependence', label: `${partner}’s exports`, kind: 'share'},
        {id: 'market_dependence', label: `${reporter}’s exports`, kind: 'share'},
        {id: 'partner_import_dependence', label: `${partner}’s imports`, kind: 'share'},
        {id: 'net_asymmetry', label: 'Net asymmetry', kind: 'number'},
        {id: 'lever_name', label: 'Lever'},
        {id: 'loss_index_reporter', label: `${reporter}’s loss index`, kind: 'number'},
        {id: 'loss_index_partner', label: `${partner}’s loss index`, kind: 'number'},
        {id: 'flags', label: 'Flags', kind: 'flags'},
      ],
      rows: answer.data.map((row) => ({
        ...row,
        lever_name: row.lever === 'reporter' ? reporter : row.lever === 'partner' ? partner : row.lever,
      })),
      meta: answer.meta,
      links: answer.links,
      facts: [valuation(answer)],
      warnings: answer.meta.warnings,
      path,
      choose: (row) => go({view: 'dependence', fresh: true, params: {level: route.params.level ?? 'sector', focus: row.product}}),
    }),
  ];
}

function controls(route, availability, answer) {
  const level = route.params.level ?? 'sector',
    datasets = datasetsOf(availability.data, level);
  return h(
    'div',
    {class: 'controls'},
    choice(
      'Flow',
      [
        ['imports', 'Imports'],
        ['exports', 'Exports'],
      ],
      route.params.flow ?? 'imports',
      (value) => changed({params: {flow: value === 'imports' ? null : value}}),
    ),
    select(
      'Detail',
      levelsOf(availability.data, LEVELS).map((id) => [id, levelName(id)]),
      level,
      (value) => go({params: {level: value, dataset: null}}),
    ),
    datasets.length > 1
      ? select(
          'Source',
          datasets.map((id) => [id, spanText(availability.data, id)]),
          answer.meta.dataset,
          (value) => go({params: {dataset: value}}),
        )
      : null,
  );
}

export function view(route) {
  const path = answerPath(route);
  return [
    part({
      size: 'view',
      paths: () => [...namePaths(route), pathTo(['availability'], {reporter: route.reporter, partner: route.partner}), path],
      draw: ([one, other, availability, answer]) => {
        const [reporter, partner] = namesFrom(route, one, other),
          {summary} = answer.meta;
        return [
          headline(
            sentence(answer.data, summary, reporter, partner, route.params.level ?? 'sector'),
            `All products together: ${dollars(summary?.imports)} of imports from ${partner} are ${share(summary?.import_dependence)} of ${possessive(reporter)} imports${summary?.partner_market_dependence === null || summary?.partner_market_dependence === undefined ? '' : ` and ${share(summary.partner_market_dependence)} of ${possessive(partner)} exports`}.`,
          ),
          controls(route, availability, answer),
          twoSided(answer, route, reporter, partner, path),
        ];
      },
    }),
  ];
}
