// The charts: one for each quantity, on one time axis, with one cursor and one zoom.

const stepped = uPlot.paths.stepped({ align: 1 });
const AXIS_WIDTH = 62;

/** The charts from top to bottom. A field is a curve of each line; `main` is the one in its colour;
 *  the first lies on top. */
const CHARTS = [
  {
    key: 'load', title: 'Load', unit: 'requests per second', height: 170, tick: (value) => short(value),
    fields: [
      { key: 'offered', label: 'offered', main: true },
      { key: 'lost', label: 'lost', color: '--lost', fill: '--lost-fill', width: 1.25, rare: true },
    ],
    text: (value) => number(value, value < 10 ? 2 : 1),
  },
  {
    key: 'capacity', title: 'Capacity', unit: 'instances', height: 190, tick: (value) => (Number.isInteger(value) ? value : ''),
    fields: [
      { key: 'in_service', label: 'in service', main: true, paths: stepped, fillAlone: true },
      { key: 'desired', label: 'desired', color: '--desired', paths: stepped, width: 1.5, dash: [5, 3] },
      { key: 'min', label: 'bounds', bound: true, paths: stepped },
      { key: 'max', label: 'to', bound: true, paths: stepped },
    ],
    text: (value) => number(value, 0),
  },
  {
    key: 'cpu', title: 'CPU utilisation', unit: 'percent', height: 150, tick: (value) => `${value} %`,
    fields: [{ key: 'cpu', label: '', main: true }],
    text: (value) => `${number(value, 1)} %`,
  },
  {
    key: 'latency', title: 'Latency, p95', unit: 'milliseconds', height: 150,
    tick: (value) => (value >= 1000 ? `${number(value / 1000, 1)} s` : `${number(value, 1)} ms`),
    fields: [{ key: 'p95_ms', label: '', main: true }],
    text: (value) => `${number(value, 1)} ms`,
  },
];

/** The charts that are shown, the strip of events last. */
let shown = [];

/** Colours that were looked up since the last change of the theme. */
const colors = new Map();

/** A colour of the style sheet, as it is in light or dark: `#rrggbb` or `#rrggbbaa`. */
function theme(name) {
  if (!colors.has(name)) colors.set(name, getComputedStyle(document.documentElement).getPropertyValue(name).trim());
  return colors.get(name);
}

/** Makes the charts anew for what is chosen. */
function showCharts() {
  shown.forEach(({ u }) => u.destroy());
  const container = find('#charts');
  const now = lines();
  const figures = CHARTS.map((chart) => figure(chart, now));
  const strip = el('figure', { className: 'chart strip', 'data-chart': 'events' },
    el('figcaption', {}, el('h3', {}, 'Events')), el('div', { className: 'plot' }));
  container.replaceChildren(...figures, strip);
  const width = container.clientWidth;
  shown = CHARTS.map((chart, index) => plot(chart, now, figures[index], width));
  shown.push({ u: new uPlot(stripOptions(width), [times, times.map(() => null)], strip.querySelector('.plot')), lines: [] });
  zoom(choice.from, choice.to);
}

/** The frame of a chart: its title, and a readout for each line. */
function figure(chart, now) {
  const readouts = now.map((line, index) =>
    el('li', { 'data-line': index }, swatch(line), el('b', {}, line.label),
      chart.fields.map((field) => el('span', { className: field.bound ? 'bound' : '' },
        field.label && `${field.label} `, el('output', { 'data-field': field.key })))));
  return el('figure', { className: 'chart', 'data-chart': chart.key },
    el('figcaption', {}, el('h3', {}, chart.title, el('small', {}, chart.unit)),
      el('ul', { className: 'readouts' }, readouts)),
    el('div', { className: 'plot' }));
}

function plot(chart, now, frame, width) {
  const series = [{}];
  const values = [times];
  const bands = [];
  now.forEach((line, index) => {
    for (const field of chart.fields.toReversed()) {
      if (field.bound && now.length > 1) continue;
      series.push(seriesOf(field, line, index, now.length));
      values.push(field.rare ? occurring(line.curves[field.key]) : line.curves[field.key]);
    }
  });
  if (chart.key === 'capacity' && now.length === 1) {
    const [max, min] = [1, 2];
    bands.push({ series: [max, min], fill: () => theme('--band') });
  }
  const u = new uPlot({ ...options(chart, now, width), series, bands }, values, frame.querySelector('.plot'));
  return { u, chart, lines: now, frame };
}

/** A curve without its stretches of zeros, which would only underline the axis. */
const occurring = (values) =>
  values.map((value, index) => (value > 0 || values[index - 1] > 0 || values[index + 1] > 0 ? value : null));

/** The first lines are wider: where curves coincide, each is still seen beside the next. */
function seriesOf(field, line, index, lineCount) {
  const alone = lineCount === 1;
  const own = field.main ? line.color : field.color ?? '--bound';
  const main = alone ? 2 : Math.max(1.25, Math.min(lineCount, 4) - index);
  return {
    stroke: () => theme(alone || field.main || field.fill ? own : line.color),
    width: field.main ? main : field.width ?? 1,
    dash: field.bound ? [2, 3] : field.dash ?? (line.run > 0 ? [7, 4] : undefined),
    fill: field.fill || (field.fillAlone && alone)
      ? () => (field.fill ? theme(field.fill) : `${theme(own)}26`)
      : undefined,
    paths: field.paths,
    points: { show: false },
    auto: !field.bound,
  };
}

function options(chart, now, width) {
  return {
    width, height: chart.height,
    ...shared(),
    scales: { x: { time: true }, y: { range: (u, low, high) => range(chart, now, high) } },
    axes: [timeAxis(chart.key), valueAxis({ values: (u, splits) => splits.map(chart.tick) })],
    hooks: {
      drawClear: [drawFaults], setScale: [follow],
      // Once for all charts: the first one names the faults and tells of the cursor.
      ...(chart === CHARTS[0] ? { draw: [nameFaults], setLegend: [readOut] } : {}),
    },
  };
}

/** From zero to a little above the highest value; bounds are shown when they lie near the curves. */
function range(chart, now, high) {
  const peak = high ?? 0;
  if (chart.key === 'cpu') return [0, peak > 70 ? 100 : Math.max(10, peak * 1.25)];
  if (chart.key !== 'capacity') return [0, peak > 0 ? peak * 1.1 : 1];
  const bound = now.length === 1 ? highest(now[0].curves.max, [0, points]) : 0;
  return [0, Math.max(2, (bound <= peak * 1.6 ? Math.max(peak, bound) : peak) * 1.12)];
}

/** What all charts have in common: the cursor, the zoom and Coordinated Universal Time. */
function shared() {
  return {
    tzDate: (unix) => uPlot.tzDate(new Date(unix * 1000), 'UTC'),
    legend: { show: false },
    padding: [8, 10, 0, 0],
    cursor: {
      y: false,
      sync: { key: 'time', setSeries: false },
      drag: { x: true, y: false, dist: 6 },
      points: { size: 7, width: 1.5, stroke: () => theme('--paper'), fill: (u, index) => u.series[index].stroke(u, index) },
      bind: { dblclick: () => () => { zoom(whole.from, whole.to); return null; } },
    },
  };
}

function stripOptions(width) {
  return {
    width, height: 126,
    ...shared(),
    series: [{}, { points: { show: false } }],
    scales: { x: { time: true }, y: { range: () => [0, LANES.length] } },
    axes: [timeAxis('events'), valueAxis({
      splits: () => LANES.map((_, index) => index + 0.5),
      values: () => [...LANES].reverse(),
      grid: { show: false },
    })],
    hooks: { drawClear: [drawFaults], draw: [drawMarks], setScale: [follow] },
  };
}

/** Only the strip, the lowest chart, writes the time. */
function timeAxis(key) {
  const last = key === 'events';
  return {
    stroke: () => theme('--muted'),
    grid: { stroke: () => theme('--grid'), width: 1 },
    ticks: { show: last, stroke: () => theme('--grid'), width: 1, size: 4 },
    font: FONT, size: last ? 38 : 8, space: 64,
    values: last ? timeLabels : (u, splits) => splits.map(() => ''),
  };
}

const FONT = '11px system-ui, sans-serif';

/** Days at midnight and on the first label, hours in between. */
function timeLabels(u, splits, axis, space, increment) {
  let before = '';
  return splits.map((unix) => {
    const today = day(unix);
    const text = increment >= 86400 ? today : today === before ? clock(unix) : `${clock(unix)}\n${today}`;
    before = today;
    return text;
  });
}

function valueAxis(own) {
  return {
    stroke: () => theme('--muted'),
    grid: { stroke: () => theme('--grid'), width: 1 },
    ticks: { show: false },
    font: FONT, size: AXIS_WIDTH, gap: 8, space: 32,
    ...own,
  };
}
