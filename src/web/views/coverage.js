// What there is to choose from: levels, datasets and periods, as /v1/availability and /v1/datasets have them.

const FINENESS = ['total', 'section', 'hs2', 'hs4', 'hs6', 'hs8'];
const LEVEL_NAMES = {
  total: 'All together',
  sector: 'Sectors',
  section: 'HS sections',
  hs2: 'HS chapters',
  hs4: 'HS headings',
  hs6: 'HS subheadings',
  hs8: 'Tariff lines',
};
export const levelName = (level) => LEVEL_NAMES[level] ?? level;

// Levels that some dataset of the availability's rows can tell, coarse first; sectors need chapters.
export function levelsOf(rows, wanted) {
  const finest = Math.max(...rows.map((row) => FINENESS.indexOf(row.level)));
  return wanted.filter((level) => (level === 'sector' ? finest >= 2 : FINENESS.indexOf(level) <= finest));
}
// Datasets with products, those that come first in the configuration first.
export function datasetsOf(rows, level = 'hs2') {
  const least = level === 'sector' ? 2 : FINENESS.indexOf(level);
  return [...new Set(rows.filter((row) => FINENESS.indexOf(row.level) >= least).map((row) => row.dataset))];
}

const fiscal = (year) => `FY${year}-${String((year + 1) % 100).padStart(2, '0')}`;
const range = (from, to) => Array.from({length: Math.max(0, to - from + 1)}, (_, i) => from + i);

// All periods between a dataset's first and last, the latest first; of months their complete years come before.
export function periodsOf({frequency, first_period: first, last_period: last}) {
  if (!first || !last) return [];
  if (frequency === 'FY')
    return range(Number(first.slice(2, 6)), Number(last.slice(2, 6)))
      .map(fiscal)
      .reverse();
  if (frequency === 'A') return range(Number(first), Number(last)).map(String).reverse();
  const at = (month) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1;
  const [from, to] = [at(first), at(last)];
  const years = range(Number(first.slice(0, 4)), Number(last.slice(0, 4)));
  return [
    ...years
      .filter((year) => from <= year * 12 && to >= year * 12 + 11)
      .map(String)
      .reverse(),
    ...years
      .filter((year) => from <= year * 12 + 3 && to >= year * 12 + 14)
      .map(fiscal)
      .reverse(),
    ...range(from, to)
      .map((month) => `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`)
      .reverse(),
  ];
}
// The dataset's row of the availability, which has its first and last period.
export const spanOf = (rows, dataset) => rows.find((row) => row.dataset === dataset);
export function spanText(rows, dataset) {
  const span = spanOf(rows, dataset);
  return span ? `${dataset}, ${levelName(span.level)}, ${span.first_period} to ${span.last_period}` : dataset;
}

// The limit for levels of which there are more rows than an answer has by default.
export const manyRows = (level) => (['hs4', 'hs6', 'hs8'].includes(level) ? 10000 : null);
