// What drove the capacity, what held it, and where the time of a rise went.

/** The parts of a rise, in their order. */
const PARTS = [
  { key: 'metric_delay', label: 'metric delay' },
  { key: 'detection', label: 'detection' },
  { key: 'window', label: 'stabilisation window' },
  { key: 'rounds', label: 'rounds' },
  { key: 'launch', label: 'launch' },
  { key: 'boot', label: 'boot' },
];

function showCauses() {
  const rows = chosenRuns().flatMap((run) => run.rows.filter(concerns).map((row) => ({ run, row })));
  find('#causes .cards').replaceChildren(...rows.map(({ run, row }) => card(run, row)));
}

function card(run, row) {
  const { rises } = row;
  const title = [row.region, runs.length > 1 ? run.name : ''].filter(Boolean).join(' · ');
  return el('article', { className: 'card' },
    el('h3', {}, row.service, el('small', {}, title)),
    tally('Driven by', row.drivers, 'Nothing changed the desired capacity.'),
    tally('Held still by', row.holds, null),
    el('p', { className: 'rises' }, rises.count === 0
      ? 'The load never needed more than was in service.'
      : `${count(rises.count, 'rise')} of the load, ${number(rises.met, 0)} met, ${duration(rises.mean_seconds)} to the needed capacity on average.`),
    rises.slowest ? rise('Slowest', rises.slowest) : null);
}

/** Causes and how often each acted, as bars. */
function tally(title, causes, otherwise) {
  const entries = Object.entries(causes).sort((a, b) => b[1] - a[1]);
  if (entries.length === 0) return otherwise ? el('p', {}, otherwise) : null;
  const most = entries[0][1];
  return el('div', { className: 'tally' }, el('h4', {}, title),
    el('ul', {}, entries.map(([cause, times]) => {
      const bar = el('i', { className: 'bar', 'aria-hidden': 'true' });
      bar.style.width = `${(100 * times) / most}%`;
      return el('li', {}, el('span', {}, cause), el('b', {}, number(times, 0)), bar);
    })));
}

/** One rise as a bar of its parts. */
function rise(title, of) {
  const parts = PARTS.filter(({ key }) => of[key] > 0);
  return el('div', { className: 'rise' },
    el('h4', {}, `${title}: ${of.from} to ${of.to} in ${duration(of.to_capacity)}`,
      el('small', {}, `${moment(start + of.at)}, first decision after ${duration(of.to_decision)}`)),
    el('div', { className: 'parts', 'aria-hidden': 'true' }, parts.map(({ key }) => {
      const part = el('i', { className: `part ${key}` });
      part.style.flexGrow = of[key];
      return part;
    })),
    el('ul', { className: 'key' }, parts.map(({ key, label }) =>
      el('li', {}, el('i', { className: `part ${key}`, 'aria-hidden': 'true' }), `${label} `, el('b', {}, duration(of[key]))))));
}
