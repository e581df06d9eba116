// The table of services and regions. Runs that are compared stand below each other, number under
// number, each with how far it lies from the first.

const COLUMNS = [
  { label: 'Peak', unit: 'instances', value: (row) => row.peak_capacity, text: (value) => number(value, 0) },
  { label: 'Mean', unit: 'instances', value: (row) => row.mean_capacity, text: (value) => number(value, 1), worse: 1 },
  { label: 'Inst.-hours', unit: 'billed', value: (row) => row.instance_hours, text: (value) => number(value, 0), worse: 1 },
  { label: 'Cost', unit: 'US dollars', value: (row) => row.cost, text: dollars, worse: 1 },
  { label: 'Above target', unit: 'minutes', value: (row) => row.minutes_above_target, text: (value) => number(value, 0), worse: 1, alarm: true },
  { label: 'Requests', unit: '', value: (row) => row.requests, text: short },
  { label: 'Lost', unit: '', value: (row) => row.lost, text: short, worse: 1, alarm: true },
  { label: 'p95', unit: '', value: (row) => row.p95_ms, text: latency, worse: 1 },
  { label: 'Events', unit: 'per hour', value: (row) => row.scaling_events_per_hour, text: (value) => number(value, 2), worse: 1 },
  { label: 'To capacity', unit: 'mean', value: (row) => row.rises.mean_seconds, text: duration, worse: 1,
    extra: (row) => (row.rises.count > 0 ? `${row.rises.met}/${row.rises.count} met` : null) },
];

function showTable(onRow) {
  const keys = services.flatMap((service) => regionsOf(service).map((region) => ({ service, region })));
  const body = keys.flatMap((key, index) => {
    const begins = keys[index - 1]?.service !== key.service;
    return runs.map((run) => tableRow(key, run, begins && run.index === 0, onRow));
  });
  const table = el('table', { className: 'summary' },
    el('caption', { className: 'unseen' }, 'Capacity, cost and quality of each service in each region'),
    el('thead', {}, tableHead()), el('tbody', {}, body));
  find('#summary .scroller').replaceChildren(table);
}

function tableHead() {
  const names = ['Service', 'Region', runs.length > 1 ? 'Run' : null].filter(Boolean);
  return el('tr', {},
    names.map((name) => el('th', { scope: 'col', className: 'name' }, name)),
    COLUMNS.map(({ label, unit }) => el('th', { scope: 'col' }, label, el('small', {}, unit))));
}

function tableRow({ service, region }, run, begins, onRow) {
  const of = ({ rows }) => rows.find((row) => row.service === service && row.region === region);
  const [row, before] = [of(run), run.index > 0 ? of(first) : undefined];
  const again = run.index > 0;
  const classes = [begins ? 'first' : '', again ? 'again' : ''];
  return el('tr', {
    className: classes.join(' '), 'data-service': service, 'data-region': region,
    onclick: () => onRow(service, region),
  },
  el('th', { scope: 'row' }, el('span', { className: begins ? '' : 'repeated' }, service)),
  el('td', { className: 'name' }, again ? null : el('button', { type: 'button', 'aria-label': `Show ${service} in ${region}` }, region)),
  runs.length > 1 ? el('td', { className: 'name' }, run.name) : null,
  COLUMNS.map((column) => cell(column, row, before)));
}

function cell({ value, text, extra, worse, alarm }, row, before) {
  if (!row) return el('td', { className: 'nothing' }, MISSING);
  const own = value(row);
  const classes = [alarm && own > 0 ? 'alarm' : '', own === 0 || own === null ? 'nothing' : ''];
  const note = extra?.(row);
  return el('td', { className: classes.join(' ') },
    before ? difference(value(before), own, worse) : null, text(own),
    note ? el('small', {}, note) : null);
}

/** Marks the rows whose curves are shown. */
function markRows() {
  for (const row of document.querySelectorAll('#summary tbody tr')) {
    const { service, region } = row.dataset;
    row.classList.toggle('chosen', concerns({ service, region }));
  }
}
