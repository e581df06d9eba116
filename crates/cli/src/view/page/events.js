// The list of events: those of the chosen service, region and run, in the part of the time shown.

const PAGE = 100;
/** Kinds that the reader took out, and how many rows are shown at most. */
const listed = { without: new Set(), most: PAGE };

function showEvents() {
  const within = marks().filter((mark) => mark.time >= choice.from && mark.time <= choice.to + step);
  showKinds(within);
  const rows = within.filter((mark) => !listed.without.has(mark.kind));
  find('#events .scroller').replaceChildren(rows.length === 0
    ? el('p', { className: 'empty' }, 'No event in the time shown.')
    : eventTable(rows.slice(0, listed.most)));
  const more = find('#more');
  more.hidden = rows.length <= listed.most;
  more.textContent = `Show ${Math.min(PAGE, rows.length - listed.most)} more of ${number(rows.length, 0)}`;
}

/** A switch for each kind that occurs, with its number. */
function showKinds(within) {
  const kinds = Object.keys(KINDS).map((kind) => ({ kind, times: within.filter((mark) => mark.kind === kind).length }));
  find('#events .kinds').replaceChildren(...kinds.filter(({ times }) => times > 0).map(({ kind, times }) =>
    el('button', {
      type: 'button', className: 'kind', 'aria-pressed': String(!listed.without.has(kind)), 'data-kind': kind,
      onclick: () => toggleKind(kind),
    }, sign(kind), KINDS[kind].label, el('b', {}, number(times, 0)))));
}

function toggleKind(kind) {
  if (!listed.without.delete(kind)) listed.without.add(kind);
  showEvents();
  find(`#events [data-kind="${kind}"]`)?.focus();
}

function eventTable(rows) {
  const compared = chosenRuns().length > 1;
  const head = ['Time, UTC', compared ? 'Run' : null, 'Region', 'Service', 'Kind', 'What happened'].filter(Boolean);
  return el('table', { className: 'events' },
    el('thead', {}, el('tr', {}, head.map((name) => el('th', { scope: 'col' }, name)))),
    el('tbody', {}, rows.map((mark) => el('tr', {},
      el('td', {}, el('button', { type: 'button', title: 'Show in the charts', onclick: () => visit(mark.time) }, moment(mark.time))),
      compared ? el('td', {}, mark.run.name) : null,
      el('td', {}, mark.region || 'all'),
      el('td', {}, mark.service || 'all'),
      el('td', { className: 'what' }, sign(mark.kind), KINDS[mark.kind].label),
      el('td', {}, mark.text)))));
}

/** Brings the charts to a moment, with what came before and after it. */
function visit(time) {
  const around = Math.max(30 * step, 3600);
  zoom(time - around, time + around);
  moveTo(Math.round((time - start) / step));
  find('#curves').scrollIntoView({ block: 'start' });
}
