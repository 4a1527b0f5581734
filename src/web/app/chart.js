// Charts: the colours of the page, axes that say their unit, labels on the marks themselves. Chart.js draws.

import {exact, money, share} from './format.js';

/* global Chart */

const live = new Map(); // canvas → {chart, build}

export function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: of('text'),
    muted: of('muted'),
    grid: of('grid'),
    paper: of('surface'),
    zero: of('zero'),
    exports: of('exports'),
    imports: of('imports'),
    balance: of('balance'),
    balanceSoft: of('balance-soft'),
    other: of('other'),
    gap: of('gap'),
    alert: of('alert'),
    calm: of('calm'),
    font: style.fontFamily,
  };
}

// As opaque as paper: what lies below does not show through.
export const mixed = (colour, paper, part) => {
  const of = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const [a, b] = [of(colour), of(paper)];
  return `#${a
    .map((value, i) =>
      Math.round(value * part + b[i] * (1 - part))
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
};
export const faded = (colour, alpha) => {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return `rgba(${r}, ${g}, ${b}, ${alpha})`;
};

// ---- plugins: what is written on the canvas beside what Chart.js draws ----

function write(ctx, text, x, y, {colour, font, size = 12, align = 'left', weight = '600', halo}) {
  ctx.font = `${weight} ${size}px ${font}`;
  ctx.textAlign = align;
  ctx.textBaseline = 'middle';
  if (halo) {
    ctx.lineWidth = 3;
    ctx.lineJoin = 'round';
    ctx.strokeStyle = halo;
    ctx.strokeText(text, x, y);
  }
  ctx.fillStyle = colour;
  ctx.fillText(text, x, y);
}

// Each series is named at its last point, so that no eye has to travel to a legend. dataset.endLabel: lines of text.
const endLabels = {
  id: 'endLabels',
  afterDatasetsDraw(chart) {
    const labels = [];
    chart.data.datasets.forEach((dataset, i) => {
      if (!dataset.endLabel || !chart.isDatasetVisible(i)) return;
      const at = dataset.data.findLastIndex((value) => value !== null && value !== undefined);
      const mark = chart.getDatasetMeta(i).data[at];
      if (mark)
        labels.push({
          text: dataset.endLabel,
          x: chart.config.type === 'bar' && at === dataset.data.length - 1 ? Math.max(mark.x + 8, chart.chartArea.right + 4) : mark.x + 8,
          y: mark.y,
          colour: dataset.labelColour,
        });
    });
    labels.sort((a, b) => a.y - b.y);
    const tall = (label) => 7 + (15 * (label.text.length - 1)) / 2 + 7;
    labels.forEach((label, i) => {
      if (i) label.y = Math.max(label.y, labels[i - 1].y + (tall(label) + tall(labels[i - 1])) / 2 + 6);
    });
    const over = labels.length ? labels.at(-1).y + tall(labels.at(-1)) / 2 - chart.height + 4 : 0;
    const style = colours();
    for (const label of labels) {
      label.text.forEach((line, i) =>
        write(chart.ctx, line, label.x, label.y - Math.max(0, over) + 15 * (i - (label.text.length - 1) / 2), {
          colour: label.colour,
          font: style.font,
          weight: i ? '400' : '600',
        }),
      );
    }
  },
};

// The value at the end of each bar. dataset.barLabel(value, index) gives the text; `clear` leaves room for two-sided bars.
const barLabels = {
  id: 'barLabels',
  afterDatasetsDraw(chart) {
    const style = colours(),
      sideways = chart.options.indexAxis === 'y';
    chart.data.datasets.forEach((dataset, i) => {
      if (!dataset.barLabel || !chart.isDatasetVisible(i)) return;
      chart.getDatasetMeta(i).data.forEach((bar, j) => {
        const value = dataset.data[j];
        const text = value === null || value === undefined ? null : dataset.barLabel(value, j);
        if (!text) return;
        const number = Array.isArray(value) ? value[1] : value;
        if (sideways)
          write(chart.ctx, text, bar.x + (number < 0 ? -6 : 6), bar.y, {
            colour: style.text,
            font: style.font,
            weight: '400',
            align: number < 0 ? 'right' : 'left',
            halo: style.paper,
          });
        else
          write(chart.ctx, text, bar.x, bar.y + (number < 0 ? 9 : -9), {
            colour: style.text,
            font: style.font,
            weight: '400',
            align: 'center',
            halo: style.paper,
          });
      });
    });
  },
};

// Lines across the chart that say what they are. options.marks: [{axis, at, text, colour}].
const marks = {
  id: 'marks',
  afterDatasetsDraw(chart) {
    const {ctx, chartArea: area} = chart,
      style = colours();
    for (const mark of chart.options.marks ?? []) {
      const at = chart.scales[mark.axis].getPixelForValue(mark.at);
      const across = mark.axis.startsWith('y');
      if (!(across ? at >= area.top && at <= area.bottom : at >= area.left && at <= area.right)) continue;
      ctx.save();
      ctx.strokeStyle = mark.colour ?? style.muted;
      ctx.lineWidth = 1.5;
      ctx.setLineDash([5, 4]);
      ctx.beginPath();
      if (across) {
        ctx.moveTo(area.left, at);
        ctx.lineTo(area.right, at);
      } else {
        ctx.moveTo(at, area.top);
        ctx.lineTo(at, area.bottom);
      }
      ctx.stroke();
      ctx.restore();
      const right = !across && at > (area.left + area.right) / 2;
      write(ctx, mark.text, across ? area.right - 4 : at + (right ? -6 : 6), across ? at - 9 : area.top - 8, {
        colour: mark.colour ?? style.muted,
        font: style.font,
        align: across || right ? 'right' : 'left',
        halo: style.paper,
      });
    }
  },
};

// Names beside points, the largest first, as long as they do not overlap. dataset.pointNames[i]; options.names: how many at most.
const pointNames = {
  id: 'pointNames',
  afterDatasetsDraw(chart) {
    const {ctx, chartArea: area} = chart,
      style = colours(),
      taken = [];
    const all = chart.data.datasets
      .flatMap((dataset, i) =>
        chart.getDatasetMeta(i).data.map((mark, j) => ({
          mark,
          text: dataset.pointNames?.[j],
          weight: dataset.data[j]?.weight ?? 0,
          colour: dataset.borderColor,
        })),
      )
      .filter((point) => point.text)
      .sort((a, b) => b.weight - a.weight);
    let room = chart.options.names ?? 12;
    ctx.font = `400 12px ${style.font}`;
    for (const {mark, text} of all) {
      if (room === 0) break;
      const width = ctx.measureText(text).width,
        radius = mark.options.radius;
      const right = mark.x + radius + 4 + width < area.right;
      const box = {x: right ? mark.x + radius + 4 : mark.x - radius - 4 - width, y: mark.y - 8, w: width, h: 16};
      if (box.x < area.left || taken.some((b) => b.x < box.x + box.w && box.x < b.x + b.w && b.y < box.y + box.h && box.y < b.y + b.h))
        continue;
      taken.push(box);
      room -= 1;
      write(ctx, text, box.x, mark.y, {colour: style.text, font: style.font, weight: '400', halo: style.paper});
    }
  },
};

// ---- axes ----

export const moneyAxis = (style, more = {}) => ({
  grid: {color: (line) => (line.tick.value === 0 ? style.zero : style.grid), drawBorder: false, tickLength: 4},
  ticks: {color: style.muted, callback: (value) => money(value).replace('.0', ''), maxTicksLimit: 7, padding: 4},
  ...more,
});
export const shareAxis = (style, more = {}) => ({
  grid: {color: (line) => (line.tick.value === 0 ? style.zero : style.grid), drawBorder: false, tickLength: 4},
  ticks: {color: style.muted, callback: (value) => share(Math.abs(value), 0), maxTicksLimit: 7, padding: 4},
  ...more,
});
export const periodAxis = (style, more = {}) => ({
  grid: {display: false, drawBorder: false},
  ticks: {color: style.muted, maxRotation: 0, autoSkipPadding: 14},
  ...more,
});
// Names of products or datasets beside sideways bars, cut so that the bars keep most of the width.
export const nameAxis = (style, more = {}) => ({
  grid: {display: false, drawBorder: false},
  ticks: {
    color: style.text,
    autoSkip: false,
    crossAlign: 'far',
    callback(value) {
      const name = this.getLabelForValue(value),
        most = Math.max(14, Math.floor(this.chart.width / 19));
      return name.length > most ? `${name.slice(0, most - 1).trimEnd()}…` : name;
    },
  },
  ...more,
});

// The ends of an axis whose bars have their values beside them: as tight as the texts allow.
export function endsFor(values, width) {
  const low = Math.min(0, ...values),
    high = Math.max(0, ...values),
    room = 66 / Math.max(120, width * 0.68 - 20);
  const span = (high - low) / Math.max(0.3, 1 - room * ((low < 0) + (high > 0))) || 1;
  return {min: low < 0 ? low - span * room : 0, max: high > 0 ? high + span * room : 0};
}

export const exactTooltip = (more = {}) => ({
  callbacks: {label: (item) => ` ${item.dataset.label}: ${exact(item.raw)}`, ...more},
});

// ---- life of a chart ----

function create(canvas, build) {
  const style = colours();
  Chart.defaults.font.family = style.font;
  Chart.defaults.font.size = 12;
  Chart.defaults.color = style.muted;
  const config = build(style, canvas.parentElement.clientWidth);
  config.options = {
    responsive: true,
    maintainAspectRatio: false,
    animation: false,
    locale: 'en-GB',
    ...config.options,
    plugins: {
      legend: {display: false},
      ...config.options?.plugins,
      tooltip: {
        backgroundColor: style.text,
        titleColor: style.paper,
        bodyColor: style.paper,
        padding: 10,
        cornerRadius: 4,
        boxPadding: 4,
        usePointStyle: true,
        ...config.options?.plugins?.tooltip,
      },
    },
  };
  live.set(canvas, {
    chart: new Chart(canvas, {...config, plugins: [marks, endLabels, barLabels, pointNames, ...(config.plugins ?? [])]}),
    build,
  });
}

// Draws every chart below `root`, which is on the page by now.
export function begin(root) {
  for (const canvas of root.querySelectorAll('canvas')) {
    if (canvas.build && !live.has(canvas)) create(canvas, canvas.build);
  }
}
export function end(root) {
  for (const [canvas, {chart}] of live) {
    if (root.contains(canvas)) {
      chart.destroy();
      live.delete(canvas);
    }
  }
}
function again() {
  for (const [canvas, {chart, build}] of [...live]) {
    chart.destroy();
    live.delete(canvas);
    if (canvas.isConnected) create(canvas, build);
  }
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again);
// Paper is white, and as wide as it is.
addEventListener('beforeprint', () => {
  document.documentElement.classList.add('paper');
  again();
});
addEventListener('afterprint', () => {
  document.documentElement.classList.remove('paper');
  again();
});
