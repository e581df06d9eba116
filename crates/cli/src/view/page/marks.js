// Faults and events on the time axis: shaded spans, the strip of marks, and what the tooltip says.

/** How each kind of event is shown: its row in the strip, its sign and its words. */
const KINDS = {
  scale_out: { lane: 0, sign: '▲', color: '--out', label: 'scale out' },
  scale_in: { lane: 0, sign: '▼', color: '--in', label: 'scale in' },
  schedule: { lane: 1, sign: '◆', color: '--schedule', label: 'schedule' },
  traffic: { lane: 2, sign: '⇄', color: '--traffic', label: 'traffic' },
  launch_failed: { lane: 3, sign: '✕', color: '--trouble', label: 'launch failed' },
  replaced: { lane: 3, sign: '↻', color: '--trouble', label: 'replaced' },
  overload: { lane: 3, sign: '!', color: '--trouble', label: 'overload' },
  lease: { lane: 1, sign: '⚓', color: '--schedule', label: 'lease' },
  finding: { lane: 3, sign: '?', color: '--trouble', label: 'finding' },
  fault: { lane: 3, sign: '⚡', color: '--fault-ink', label: 'fault' },
};
const LANES = ['scaling', 'bounds', 'traffic', 'trouble'];
const MOST_IN_TOOLTIP = 6;

/** Shades the faults behind the curves. */
function drawFaults(u) {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const span of faults()) {
    const left = u.valToPos(span.from, 'x', true);
    const right = Math.max(u.valToPos(span.to, 'x', true), left + 2 * uPlot.pxRatio);
    ctx.fillStyle = theme('--fault');
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.fillStyle = theme('--fault-ink');
    ctx.fillRect(left, bbox.top, right - left, 2 * uPlot.pxRatio);
  }
  ctx.restore();
}

/** Writes what each fault is beside where it begins, as far as there is room. */
function nameFaults(u) {
  const { ctx, bbox } = u;
  const room = 5 * uPlot.pxRatio;
  const end = bbox.left + bbox.width;
  let free = bbox.left;
  ctx.save();
  ctx.font = `600 ${11 * uPlot.pxRatio}px system-ui, sans-serif`;
  ctx.textBaseline = 'top';
  ctx.textAlign = 'left';
  for (const span of faults()) {
    const { width } = ctx.measureText(span.text);
    const left = Math.max(bbox.left, u.valToPos(span.from, 'x', true));
    const right = Math.min(end, u.valToPos(span.to, 'x', true));
    const x = right + room + width < end ? right + room : left - room - width;
    if (right < bbox.left || left > end || x < free) continue;
    ctx.fillStyle = theme('--fault-ink');
    ctx.fillText(span.text, x, bbox.top + room / 2);
    free = x + width + room;
  }
  ctx.restore();
}

/** Draws one tick for each event, in its row. */
function drawMarks(u) {
  const { ctx, bbox } = u;
  const height = bbox.height / LANES.length;
  const width = Math.max(1, Math.round(1.5 * uPlot.pxRatio));
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const mark of marks()) {
    const { lane, color: name } = KINDS[mark.kind];
    const left = Math.round(u.valToPos(mark.time, 'x', true));
    const half = lane === 0 ? height * 0.4 : height * 0.7;
    const top = bbox.top + lane * height + (mark.kind === 'scale_in' ? height * 0.5 : height * 0.1);
    ctx.fillStyle = theme(name);
    ctx.fillRect(left - width, top, 2 * width, half);
  }
  ctx.restore();
}

/** What happened close to a moment: the faults that lasted then, and the events within a few pixels. */
function happenings(time, tolerance) {
  const lasting = faults().filter((span) => span.from <= time && time <= span.to);
  const near = marks().filter((mark) => Math.abs(mark.time - time) <= tolerance);
  near.sort((a, b) => Math.abs(a.time - time) - Math.abs(b.time - time));
  return { lasting, near };
}

/** Shows what happened at the pointer, beside it. */
function showTooltip(event, time, tolerance) {
  const tooltip = find('#tooltip');
  const { lasting, near } = happenings(time, tolerance);
  tooltip.hidden = lasting.length + near.length === 0;
  if (tooltip.hidden) return;
  const left = near.length - MOST_IN_TOOLTIP;
  tooltip.replaceChildren(
    ...lasting.map((span) => el('p', { className: 'fault' }, sign('fault'), span.text,
      el('small', {}, ` ${clock(span.from)} to ${clock(span.to)}`))),
    ...near.slice(0, MOST_IN_TOOLTIP).map((mark) => el('p', {}, sign(mark.kind),
      el('small', {}, `${clock(mark.time)} ${place(mark)} `), mark.text)),
    left > 0 ? el('p', {}, el('small', {}, `and ${count(left, 'more event')}: zoom in`)) : '');
  const { width, height } = tooltip.getBoundingClientRect();
  const right = event.clientX + 14 + width > document.documentElement.clientWidth;
  const x = right ? event.clientX - width - 14 : event.clientX + 14;
  const below = event.clientY + 14 + height > window.innerHeight;
  const y = below ? event.clientY - height - 14 : event.clientY + 14;
  tooltip.style.transform = `translate(${Math.max(4, x)}px, ${Math.max(4, y)}px)`;
}

const hideTooltip = () => { find('#tooltip').hidden = true; };

function sign(kind) {
  const { sign: text, color: name } = KINDS[kind];
  const mark = el('i', { className: 'sign', 'aria-hidden': 'true' }, text);
  mark.style.color = `var(${name})`;
  return mark;
}

/** Where an event happened, as far as the picker leaves it open. */
function place(mark) {
  const parts = [mark.region, choice.service === mark.service ? '' : mark.service];
  if (chosenRuns().length > 1) parts.push(mark.run.name);
  return parts.filter(Boolean).join(' · ');
}
