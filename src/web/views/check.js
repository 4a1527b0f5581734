// A published number against every dataset: which it matches, and how the nearest differ.

import {go, namePaths, namesFrom, pathTo} from '../app/api.js';
import {exactTooltip, moneyAxis, nameAxis} from '../app/chart.js';
import {figure, headline, part} from '../app/figure.js';
import {dollars, exact, h, money, possessive, share} from '../app/format.js';

const FLOWS = [
  ['exports', 'exports to'],
  ['imports', 'imports from'],
  ['total', 'total trade with'],
  ['deficit', 'deficit with'],
  ['balance', 'balance with'],
];
const UNITS = [
  ['1e9', 'bn USD'],
  ['1e6', 'mn USD'],
  ['1', 'USD'],
];
const EXAMPLE = {flow: 'exports', period: '2025', value: '20.5e9'};

const asked = ({params}) => ({
  flow: params.flow ?? EXAMPLE.flow,
  period: params.period ?? EXAMPLE.period,
  value: params.value ?? EXAMPLE.value,
  tolerance: params.tolerance,
  product: params.product,
});
const answerPath = (route) => pathTo(['check'], {reporter: route.reporter, partner: route.partner, ...asked(route)});

function form(route, partner) {
  const {flow, period, value} = asked(route),
    usd = Number(value);
  const unit = Math.abs(usd) >= 1e9 ? '1e9' : Math.abs(usd) >= 1e6 ? '1e6' : '1';
  const field = (label, element) => h('label', {class: 'field'}, h('span', {class: 'label'}, label), element);
  return h(
    'form',
    {
      class: 'controls',
      'aria-label': 'The figure to check',
      on: {
        submit: (event) => {
          event.preventDefault();
          const data = new FormData(event.target),
            text = String(data.get('value'))
              .trim()
              .replaceAll(/[\s\u00a0\u202f]/g, '')
              .replace(/,(?=\d{3}\b)/g, '')
              .replace(',', '.');
          go({
            params: {
              flow: data.get('flow'),
              period: String(data.get('period')).trim(),
              value: text === '' || Number.isNaN(Number(text)) ? text : String(Math.round(Number(text) * Number(data.get('unit')))),
            },
          });
        },
      },
    },
    field(
      `The figure is the`,
      h(
        'select',
        {name: 'flow', id: 'check-flow'},
        FLOWS.map(([id, text]) => h('option', {value: id, selected: id === flow}, `${text} ${partner}`)),
      ),
    ),
    field(
      'Period: 2025, FY2024-25, 2025-03',
      h('input', {name: 'period', id: 'check-period', value: period, required: true, autocomplete: 'off', spellcheck: 'false'}),
    ),
    field(
      'Number',
      h('input', {
        name: 'value',
        id: 'check-value',
        inputmode: 'decimal',
        required: true,
        autocomplete: 'off',
        value: Number.isNaN(usd) ? value : String(usd / Number(unit)),
      }),
    ),
    field(
      'Unit',
      h(
        'select',
        {name: 'unit', id: 'check-unit'},
        UNITS.map(([id, text]) => h('option', {value: id, selected: id === unit}, text)),
      ),
    ),
    h('button', {type: 'submit', class: 'go', id: 'check-go'}, 'Check'),
  );
}

const VERDICT = {match: 'matches', near: 'is near', no_match: 'differs'};
const where = (row) => `${row.period} ${row.reporter} ${row.flow} ${row.valuation ?? ''}, ${row.dataset}`;

function sentence(answer, route, reporter, partner) {
  const {flow, period, value} = asked(route),
    rows = answer.data,
    nearest = rows[0],
    {summary} = answer.meta;
  const claim = `${possessive(reporter)} ${FLOWS.find(([id]) => id === flow)?.[1] ?? flow} ${partner}, ${dollars(Number(value))} in ${period}`;
  if (!nearest) return `${claim}: no dataset can tell`;
  if (summary?.matches) return `${claim}: matches ${summary.matches === 1 ? 'one figure' : `${summary.matches} figures`}`;
  const off = `${dollars(Math.abs(nearest.difference))}${nearest.relative_difference === null ? '' : ` (${share(Math.abs(nearest.relative_difference))})`}`;
  return `${claim}: in nobody’s books. ${possessive(nearest.reporter === route.reporter ? reporter : partner)} own figure for ${nearest.period} is ${dollars(nearest.value)}, off by ${off}`;
}

function candidates(answer, route, path) {
  const value = Number(asked(route).value),
    rows = answer.data.slice(0, 10);
  return figure({
    title: 'The figure beside what the books say',
    height: 'h-rows-10',
    note: 'The nearest first. The dashed line is the figure to check.',
    summary: rows.map((row) => `${where(row)} ${dollars(row.value)} ${VERDICT[row.verdict]}`).join('; '),
    legend: [
      {text: 'matches', key: 'calm'},
      {text: 'near', key: 'gap'},
      {text: 'differs', key: 'other'},
    ],
    build: (style) => ({
      type: 'bar',
      data: {
        labels: rows.map(where),
        datasets: [
          {
            label: 'In the books',
            data: rows.map((row) => row.value),
            barPercentage: 0.72,
            barLabel: (usd) => money(usd),
            backgroundColor: rows.map((row) => (row.verdict === 'match' ? style.calm : row.verdict === 'near' ? style.gap : style.other)),
          },
        ],
      },
      options: {
        indexAxis: 'y',
        layout: {padding: {right: 60, top: 20}},
        marks: [{axis: 'x', at: value, text: `${money(value)}?`, colour: style.alert}],
        scales: {
          x: moneyAxis(style, {
            beginAtZero: true,
            suggestedMax: value > 0 ? value * 1.1 : undefined,
            suggestedMin: value < 0 ? value * 1.1 : undefined,
          }),
          y: nameAxis(style),
        },
        plugins: {
          tooltip: exactTooltip({
            afterBody: (items) => [`Differs in: ${(rows[items[0].dataIndex].differs ?? []).join(', ').replaceAll('_', ' ') || 'nothing'}`],
          }),
        },
      },
    }),
    columns: [
      {id: 'verdict', label: 'Verdict'},
      {id: 'dataset', label: 'Dataset'},
      {id: 'reporter', label: 'Books of'},
      {id: 'flow', label: 'Flow'},
      {id: 'period', label: 'Period'},
      {id: 'valuation', label: 'Valuation'},
      {id: 'value', label: 'In the books', kind: 'money'},
      {id: 'difference', label: 'Difference', kind: 'money'},
      {id: 'relative_difference', label: 'Relative', kind: 'growth'},
      {id: 'differs_text', label: 'Differs in'},
      {id: 'flags', label: 'Flags', kind: 'flags'},
    ],
    rows: answer.data.map((row) => ({
      ...row,
      verdict: VERDICT[row.verdict] ?? row.verdict,
      differs_text: (row.differs ?? []).join(', ').replaceAll('_', ' '),
    })),
    open: true,
    path,
    meta: {source: [...new Set(rows.map((row) => row.source))].join('; ')},
    warnings: answer.meta.warnings,
  });
}

export function view(route) {
  const path = answerPath(route);
  return [
    part({size: 'low', paths: () => namePaths(route), draw: ([one, other]) => form(route, namesFrom(route, one, other)[1])}),
    part({
      size: 'tall',
      paths: () => [...namePaths(route), path],
      draw: ([one, other, answer]) => {
        const [reporter, partner] = namesFrom(route, one, other);
        const tolerance = answer.meta.summary?.tolerance;
        return [
          headline(
            sentence(answer, route, reporter, partner),
            tolerance === undefined
              ? null
              : `Within ${tolerance} ${answer.meta.summary.tolerance_unit} counts as a match. ${exact(Number(asked(route).value))}.`,
          ),
          answer.data.length
            ? candidates(answer, route, path)
            : h('p', {class: 'notice'}, 'No dataset holds a figure of this kind for this pair.'),
        ];
      },
    }),
  ];
}
