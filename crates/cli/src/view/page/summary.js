// The head of the page: what was run, whether it held, and the totals.

function showFacts() {
  const end = Date.parse(first.start) / 1000 + first.seconds;
  const differing = (field) => unique(runs.map((run) => String(run[field]))).join(', ');
  const facts = [
    ['Load', differing('load')],
    ['From', date(Date.parse(first.start) / 1000)],
    ['To', date(end)],
    ['Length', duration(first.seconds)],
    ['Seed', differing('seed')],
    ['Resolution', duration(step)],
  ];
  if (runs.length > 1) facts.unshift(['Compared', runs.map((run) => run.name).join(' and ')]);
  find('#facts').replaceChildren(
    ...facts.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));
  const notes = unique(runs.flatMap((run) => run.notes));
  find('#colophon').textContent = `Written by plimsoll ${data.version}. Simulated, not measured: the same spec, load and seed give the same page.`;
  if (notes.length > 0) {
    find('#totals').after(el('ul', { className: 'notes' }, notes.map((note) => el('li', {}, note))));
  }
}

function showVerdicts() {
  const all = runs.flatMap((run) => run.verdicts.map((verdict) => ({ run, verdict })));
  const failed = all.filter(({ verdict }) => !verdict.holds).length;
  const section = find('#verdicts');
  if (all.length === 0) {
    section.replaceChildren(el('p', { className: 'outcome none' }, 'The load sets no conditions.'));
    return;
  }
  const text = failed === 0
    ? `${all.length === 1 ? 'The condition holds' : `All ${all.length} conditions hold`}`
    : `${failed} of ${count(all.length, 'condition')} ${failed === 1 ? 'does' : 'do'} not hold`;
  section.replaceChildren(
    el('p', { className: `outcome ${failed ? 'fails' : 'holds'}` }, badge(failed === 0), ` ${text}`),
    el('ul', { className: 'verdicts' }, all.map(({ run, verdict }) =>
      el('li', {},
        badge(verdict.holds),
        el('code', {}, verdict.condition),
        el('span', { className: 'reason' }, verdict.reason),
        runs.length > 1 ? el('span', { className: 'tag' }, run.name) : null))));
}

/** Pass or fail, by word and shape as well as by colour. */
function badge(holds) {
  return el('strong', { className: `badge ${holds ? 'holds' : 'fails'}` }, holds ? '✓ Pass' : '✕ Fail');
}

const TOTALS = [
  { label: 'Requests', value: (total) => total.requests, text: short },
  { label: 'Lost', value: (total) => total.lost, text: short, worse: 1,
    extra: (total) => share(total.lost, total.requests) },
  { label: 'Latency, p95', value: (total) => total.p95_ms, text: latency, worse: 1 },
  { label: 'Above target', value: (total) => total.minutes_above_target, worse: 1,
    text: (minutes) => `${number(minutes, 0)} min` },
  { label: 'Instance-hours', value: (total) => total.instance_hours, text: (hours) => number(hours, 0), worse: 1 },
  { label: 'Cost', value: (total) => total.cost, text: dollars, worse: 1 },
  { label: 'Scaling events', value: (total) => total.scaling_events, text: (events) => number(events, 0), worse: 1 },
];

function showTotals() {
  const rows = runs.map((run) =>
    TOTALS.map(({ label, value, text, extra, worse }) => {
      const own = value(run.total);
      return el('div', { className: 'total' },
        el('dt', {}, label),
        el('dd', {}, text(own),
          extra ? el('small', {}, extra(run.total)) : null,
          run.index > 0 ? difference(value(first.total), own, worse) : null));
    }));
  find('#totals').replaceChildren(
    ...rows.map((tiles, index) => el('div', { className: 'run' },
      runs.length > 1 ? el('h2', { className: 'tag' }, runs[index].name) : null,
      el('dl', { className: 'tiles' }, tiles))));
}

/** How far a value lies from the first run's: an arrow and a share, coloured when it is worse or better. */
function difference(before, now, worse) {
  if (before === null || now === null || before === now) return null;
  const up = now > before;
  const size = before === 0 ? 'new' : `${number((100 * Math.abs(now - before)) / before, 0)} %`;
  if (size === '0 %') return null;
  const judged = worse ? ((up ? 1 : -1) === worse ? 'worse' : 'better') : '';
  return el('small', { className: `difference ${judged}` }, `${up ? '▲' : '▼'} ${size}`);
}
