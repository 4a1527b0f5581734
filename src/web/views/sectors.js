// Which products or sectors make the balance of a pair, and which made it grow.

import {changed, go, namePaths, namesFrom, pathTo} from '../app/api.js';
import {endsFor, exactTooltip, moneyAxis, nameAxis, shareAxis} from '../app/chart.js';
import {datasetsOf, levelName, levelsOf, manyRows, periodsOf, spanOf, spanText} from './coverage.js';
import {choice, figure, headline, part, select, valuation} from '../app/figure.js';
import {dollars, exact, flagsOf, h, money, points, possessive, share} from '../app/format.js';

const LEVELS = ['sector', 'section', 'hs2', 'hs4', 'hs6'];
const nameIn = (row) => row.name ?? row.product;
// No tick where the axis merely ends.
const endless = {includeBounds: false, maxRotation: 0};
const known = (rows, id) => rows.filter((row) => row[id] !== null && row[id] !== undefined);
const total = (rows, id) => known(rows, id).reduce((sum, row) => sum + row[id], 0);

function answerPath({reporter, partner, params}, vs) {
  return pathTo(['bilateral', reporter, partner, 'products'], {
    level: params.level ?? 'hs2',
    period: params.period,
    vs,
    dataset: params.dataset,
    sort: 'balance',
    limit: manyRows(params.level),
  });
}
// Ten periods before, or as far back as the dataset goes.
function startOf(answer, availability) {
  const span = spanOf(availability.data, answer.meta.dataset),
    period = answer.data[0]?.period;
  const kind = (text) => text.replace(/\d/g, '0');
  const all = span && period ? periodsOf(span).filter((other) => kind(other) === kind(period)) : [];
  const at = all.indexOf(period);
  return at < 0 || at === all.length - 1 ? null : all[Math.min(at + 10, all.length - 1)];
}

function madeSentence(rows, reporter, partner, overlapping) {
  const row = known(rows, 'balance')[0];
  if (!row) return `No balance of ${reporter} with ${partner} by product is known`;
  const sum = total(rows, 'balance'),
    when = row.period;
  if (row.balance >= 0) return `In no product group does ${reporter} run a deficit with ${partner} in ${when}`;
  if (overlapping || sum >= 0)
    return `${nameIn(row)}: with ${dollars(-row.balance)} the largest deficit of ${reporter} with ${partner} in ${when}`;
  return `${nameIn(row)}: ${share(row.balance / sum, 0)} of ${possessive(reporter)} deficit with ${partner} in ${when}`;
}
function grewSentence(rows, reporter, partner, vs, overlapping) {
  const ranked = known(rows, 'balance_contribution_pp').sort((a, b) => a.balance_contribution_pp - b.balance_contribution_pp);
  const row = ranked[0],
    sum = total(rows, 'balance_contribution_pp');
  if (!row) return 'What made the balance change is not known';
  if (overlapping || sum >= 0) return `${nameIn(row)} did most to lower ${possessive(reporter)} balance with ${partner} since ${vs}`;
  const [own, all] = [Math.round(-row.balance_contribution_pp), Math.round(-sum)];
  if (own > all)
    return `${nameIn(row)} alone would have raised ${possessive(reporter)} deficit with ${partner} by ${own} % from ${vs} to ${row.period}; it grew by ${all} %`;
  return `${nameIn(row)} made ${own} of the ${all} % by which ${possessive(reporter)} deficit with ${partner} grew from ${vs} to ${row.period}`;
}

const columns = (vs) => [
  {id: 'product', label: 'Code'},
  {id: 'name', label: 'Name'},
  {id: 'exports', label: 'Exports', kind: 'money'},
  {id: 'imports', label: 'Imports', kind: 'money'},
  {id: 'balance', label: 'Balance', kind: 'money'},
  {id: 'share_of_bilateral_imports', label: 'Of imports from it', kind: 'share'},
  {id: 'share_of_imports', label: 'Its share of imports', kind: 'share'},
  ...(vs
    ? [
        {id: 'balance_contribution_pp', label: `Balance since ${vs}`, kind: 'points'},
        {id: 'imports_contribution_pp', label: `Imports since ${vs}`, kind: 'points'},
        {id: 'exports_contribution_pp', label: `Exports since ${vs}`, kind: 'points'},
      ]
    : []),
  {id: 'flags', label: 'Flags', kind: 'flags'},
];

// The largest minuses and the largest pluses, as many as a screen holds.
function ends(rows, id, low, high) {
  const ranked = known(rows, id).sort((a, b) => a[id] - b[id]);
  const minus = ranked.filter((row) => row[id] < 0).slice(0, low),
    plus = ranked
      .filter((row) => row[id] > 0)
      .reverse()
      .slice(0, high)
      .reverse();
  return [...minus, ...plus];
}

function bars({rows, id, title, note, answer, path, vs, level, write, axis}) {
  const shown = ends(rows, id, 12, 4);
  return figure({
    title,
    note,
    height: 'h-rows-16',
    summary: `${title}: ${shown
      .slice(0, 5)
      .map((row) => `${nameIn(row)} ${write(row[id])}`)
      .join('; ')}`,
    legend: [
      {text: 'imports exceed exports', key: 'imports'},
      {text: 'exports exceed imports', key: 'exports'},
    ].map((entry, i) => (vs ? {...entry, text: i ? 'made the balance better' : 'made the balance worse'} : entry)),
    build: (style, width) => ({
      type: 'bar',
      data: {
        labels: shown.map(nameIn),
        datasets: [
          {
            label: vs ? `Contribution since ${vs}` : 'Balance',
            data: shown.map((row) => row[id]),
            backgroundColor: shown.map((row) => (row[id] < 0 ? style.imports : style.exports)),
            barPercentage: 0.78,
            barLabel: (value) => write(value),
          },
        ],
      },
      options: {
        indexAxis: 'y',
        layout: {padding: {right: 8, left: 4}},
        scales: {
          x: axis(
            style,
            endsFor(
              shown.map((row) => row[id]),
              width,
            ),
            width < 480 ? 3 : 7,
          ),
          y: nameAxis(style),
        },
        plugins: {
          tooltip: exactTooltip({
            title: (items) => nameIn(shown[items[0].dataIndex]),
            label: (item) => (vs ? ` ${write(item.raw)} of the balance of ${vs}` : ` Balance: ${exact(item.raw)}`),
            afterBody: (items) => [
              `Imports: ${exact(shown[items[0].dataIndex].imports)}`,
              `Exports: ${exact(shown[items[0].dataIndex].exports)}`,
            ],
          }),
        },
        onClick: (event, marks) => {
          if (marks[0]) look(shown[marks[0].index], level);
        },
      },
    }),
    columns: columns(vs),
    rows,
    meta: answer.meta,
    links: answer.links,
    facts: [valuation(answer)],
    warnings: answer.meta.warnings,
    path,
    choose: (row) => look(row, level),
    flags: flagsOf(rows),
  });
}
const look = (row, level) => go({view: 'dependence', fresh: true, params: {level, focus: row.product}});

function controls(route, availability, answer, grew, vs) {
  const level = route.params.level ?? 'hs2',
    datasets = datasetsOf(availability.data, level),
    dataset = answer.meta.dataset;
  const span = spanOf(availability.data, dataset),
    periods = span ? periodsOf(span) : [];
  const period = answer.data[0]?.period ?? '';
  return h(
    'div',
    {class: 'controls'},
    choice(
      'Question',
      [
        ['made', 'Which make the balance'],
        ['grew', 'Which made it change'],
      ],
      grew ? 'grew' : 'made',
      (value) => changed({params: {by: value === 'grew' ? 'grew' : null, vs: null}}),
    ),
    select(
      'Detail',
      levelsOf(availability.data, LEVELS).map((id) => [id, levelName(id)]),
      level,
      (value) => go({params: {level: value, dataset: null, period: null, vs: null}}),
    ),
    periods.length
      ? select(
          'Period',
          periods.map((id) => [id, id]),
          period,
          (value) => go({params: {period: value, vs: null, dataset}}),
        )
      : null,
    grew && periods.length
      ? select(
          'Since',
          periods.filter((id) => id.length === period.length).map((id) => [id, id]),
          vs ?? '',
          (value) => go({params: {vs: value, dataset}}),
        )
      : null,
    datasets.length > 1
      ? select(
          'Source',
          datasets.map((id) => [id, spanText(availability.data, id)]),
          dataset,
          (value) => go({params: {dataset: value, period: null, vs: null}}),
        )
      : null,
  );
}

export function view(route) {
  const grew = route.params.by === 'grew',
    level = route.params.level ?? 'hs2',
    overlapping = level === 'sector';
  const since = (answers) => route.params.vs ?? startOf(answers[3], answers[2]);
  return [
    part({
      size: 'view',
      paths: () => [...namePaths(route), pathTo(['availability'], {reporter: route.reporter, partner: route.partner}), answerPath(route)],
      more: (answers) =>
        grew && since(answers)
          ? [
              answerPath(
                {...route, params: {...route.params, dataset: answers[3].meta.dataset, period: answers[3].data[0].period}},
                since(answers),
              ),
            ]
          : [],
      draw: (answers) => {
        const [, , availability, made, changedSince] = answers,
          [reporter, partner] = namesFrom(route, answers[0], answers[1]);
        const answer = changedSince ?? made,
          vs = changedSince ? since(answers) : null,
          rows = answer.data;
        const path = changedSince
          ? answerPath({...route, params: {...route.params, dataset: made.meta.dataset, period: made.data[0].period}}, vs)
          : answerPath(route);
        const top = headline(
          vs ? grewSentence(rows, reporter, partner, vs, overlapping) : madeSentence(rows, reporter, partner, overlapping),
          overlapping
            ? 'Sectors overlap: their figures must not be added up.'
            : `${known(rows, 'balance').filter((row) => row.balance < 0).length} of ${rows.length} product groups are in deficit.`,
        );
        if (!rows.length)
          return [
            top,
            controls(route, availability, answer, grew, vs),
            h(
              'p',
              {class: 'notice'},
              `The answer has no rows${answer.meta.empty_reason ? `: ${answer.meta.empty_reason.replaceAll('_', ' ')}` : ''}.`,
            ),
          ];
        const drawn = vs
          ? bars({
              rows,
              id: 'balance_contribution_pp',
              title: `What changed the balance from ${vs} to ${rows[0].period}`,
              note: `Percentage points of the balance of ${vs}; they add up to its change.`,
              answer,
              path,
              vs,
              level,
              write: points,
              axis: (style, more, most) =>
                shareAxis(style, {
                  ...more,
                  ticks: {...endless, color: style.muted, maxTicksLimit: most, callback: (value) => points(value).replace('.0', '')},
                }),
            })
          : bars({
              rows,
              id: 'balance',
              title: `Balance by ${levelName(level).toLowerCase().replace('hs', 'HS')}, ${rows[0].period}`,
              note: 'Exports minus imports, the largest deficits and surpluses. A name leads to its dependence over time.',
              answer,
              path,
              vs,
              level,
              write: money,
              axis: (style, more, most) =>
                moneyAxis(style, {
                  ...more,
                  ticks: {...endless, color: style.muted, maxTicksLimit: most, callback: (value) => money(value).replace('.0', '')},
                }),
            });
        return [
          top,
          controls(route, availability, answer, grew, vs),
          grew && !vs ? h('p', {class: 'notice'}, 'The dataset has no earlier period to compare with.') : null,
          drawn,
        ];
      },
    }),
  ];
}
