// How values are written: money, shares, periods, flags; and elements, whose text is never read as markup.

// h('a', {href: '#', class: 'x'}, 'text', child …): an element. Properties in `on` are listeners.
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'on') for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const MINUS = '\u2212',
  THIN = '\u202f',
  NONE = '–';

// One for each number of digits: to make one takes longer than to write a hundred numbers.
const formats = new Map();
function group(number, digits = 0) {
  let format = formats.get(digits);
  if (!format)
    formats.set(digits, (format = new Intl.NumberFormat('en-GB', {minimumFractionDigits: digits, maximumFractionDigits: digits})));
  const text = format.format(Math.abs(number));
  return (number < 0 && /[1-9]/.test(text) ? MINUS : '') + text;
}

const SCALES = [
  [1e12, 'tn', 2],
  [1e9, 'bn', 1],
  [1e6, 'mn', 1],
  [1e3, 'k', 1],
  [1, '', 0],
];

// 112.2 bn; a figure that would round up to the next unit is written in it.
export function money(usd) {
  if (usd === null || usd === undefined) return NONE;
  const size = Math.abs(usd);
  const [unit, name, digits] = SCALES.find(([u, , d]) => size >= u * (1 - 0.5 / (1000 * 10 ** d))) ?? SCALES.at(-1);
  return name ? `${group(usd / unit, size / unit >= 999.95 ? 0 : digits)}${THIN}${name}` : group(usd);
}
export const dollars = (usd) => (usd === null || usd === undefined ? NONE : `${money(usd)} USD`);
export const exact = (usd) => (usd === null || usd === undefined ? 'not known' : `${group(usd)} USD`);

export function share(ratio, digits = 1) {
  return ratio === null || ratio === undefined ? NONE : `${group(ratio * 100, digits)}${THIN}%`;
}
export function growth(ratio) {
  return ratio === null || ratio === undefined ? NONE : (ratio > 0 ? '+' : '') + share(ratio);
}
export function points(pp) {
  return pp === null || pp === undefined ? NONE : `${pp > 0 ? '+' : ''}${group(pp, 1)}${THIN}pp`;
}
export function number(value, digits = 2) {
  return value === null || value === undefined ? NONE : group(value, Number.isInteger(value) ? 0 : digits);
}

// How a table or a tooltip writes a value of each kind.
export const WRITERS = {
  money,
  share,
  growth,
  points,
  number,
  text: (value) => (value === null || value === undefined ? NONE : String(value)),
  truth: (value) => (value === null || value === undefined ? 'undecided' : value ? 'yes' : 'no'),
  flags: (value) => (value ?? []).map((flag) => flagLabel(flag)).join(', '),
};
export function exactly(kind, value) {
  if (value === null || value === undefined) return 'not known';
  if (kind === 'money') return exact(value);
  if (kind === 'share' || kind === 'growth') return `${group(value * 100, 4)} %`;
  if (kind === 'points') return `${group(value, 4)} pp`;
  if (kind === 'number') return group(value, Number.isInteger(value) ? 0 : 6);
  return WRITERS[kind](value);
}

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

// In words: FY2024-25 is April 2024 to March 2025.
export function periodInWords(period) {
  let match = /^FY(\d{4})-\d\d$/.exec(period);
  if (match) return `April ${match[1]} to March ${Number(match[1]) + 1}`;
  match = /^(\d{4})-(\d\d)$/.exec(period);
  if (match) return `${MONTHS[match[2] - 1]} ${match[1]}`;
  match = /^(\d{4})-Q(\d)$/.exec(period);
  if (match) return `${['January to March', 'April to June', 'July to September', 'October to December'][match[2] - 1]} ${match[1]}`;
  return period;
}
// On an axis.
export function periodShort(period) {
  const match = /^(\d{4})-(\d\d)$/.exec(period);
  return match ? `${MONTHS[match[2] - 1].slice(0, 3)} ${match[1]}` : period;
}

const FLAGS = {
  not_reported: ['not reported', 'A figure is not in the dataset. That is not zero.'],
  partial_year: ['partial year', 'Not all months of the period are there, so growth and ranks are not given.'],
  provisional: ['provisional', 'The source marks a part of it as provisional; it will be revised.'],
  estimated: ['estimate', 'The source, or this server, estimated a part of it.'],
  rounded: ['rounded', 'The source published it in round numbers.'],
  no_world_total: ['no world total', 'The dataset has no total over all partners for this period, so shares of it are not known.'],
  closed_set: ['closed set', 'The dataset covers a closed set of countries; shares are within that set.'],
  level_unavailable: ['level unavailable', 'The dataset’s product level is too coarse to tell this sector.'],
  partial_sector: ['partial sector', 'The dataset covers only a part of this product group; figures are for that part.'],
  lower_bound: ['lower bound', 'Other suppliers are not in the data: the concentration is at least this.'],
  partial_quantity: ['partial quantity', 'A part of the value has no weight; quantities are of the rest.'],
  cif_converted: ['CIF converted', 'Freight and insurance were taken off by a fixed factor: an estimate.'],
  one_value: ['one value', 'Reconciled data has one value for both sides: there are no two reports to compare.'],
  year_to_date: ['year to date', 'Growth compares the months that are there with the same months of the year before.'],
  no_partner_books: ['no partner books', 'The dataset does not hold the partner’s own books, so the partner’s side is not known.'],
  no_other_suppliers: ['no other suppliers', 'The dataset does not hold what other countries sell and buy.'],
  unbounded_loss: ['unbounded loss', 'The cut leaves nothing of the imports; the loss index has no finite value.'],
  no_unit_value: ['no unit value', 'There are no weights to price a replacement with; its cost is not known.'],
  no_exports: ['no exports', 'Nothing of it is exported: imports over exports is above any threshold.'],
  undefined: ['undefined', 'A ratio has zero below the bar.'],
  synthetic: ['synthetic', 'Invented figures, to try the program with. Not trade statistics.'],
  other_revision: ['other revision', 'The code is not in the revision of the Harmonized System that the source used then.'],
  outside_set: ['outside the set', 'The partner is not in the closed set of countries, or did not exist then.'],
  not_listed: ['not listed', 'The source lists some partners, and this is none of them. That is not zero.'],
  selected_products: ['selected products', 'The source holds chosen products, and this is none of them. That is not zero.'],
  summed: ['summed', 'The source has no row for the world: the sum of the partners stands for it.'],
  members_missing: ['members missing', 'The figure of a group lacks a member.'],
  months_differ: ['months differ', 'The two sides of a figure do not hold the same months, so they are not set against each other.'],
  bounded: ['bounded', 'The figure is not known, but the most it can be is.'],
  world_differs: ['world differs', 'The source’s row for the world is not the sum of its partners: something may be missing here.'],
  reporters_missing: ['reporters missing', 'A figure of the world is of the countries that report; others are missing.'],
  no_world_exports: ['no world exports', 'The dataset does not hold the exports of all countries; their concentration is not known.'],
};
export const knownFlags = Object.keys(FLAGS);
export const flagLabel = (flag) => FLAGS[flag]?.[0] ?? flag.replaceAll('_', ' ');
export const flagMeaning = (flag) => FLAGS[flag]?.[1] ?? '';

export function flagsOf(rows) {
  return [...new Set(rows.flatMap((row) => row.flags ?? []))];
}

export const possessive = (name) => (/s$/i.test(name) ? `${name}’` : `${name}’s`);
