// The cursor and the zoom, which all charts share.

/** Lets the page know of a new part of the time axis; the page sets it. */
let onZoom = () => {};
let zooming = false;

/** Shows a part of the time axis in every chart; a part of less than two points is widened. */
function zoom(from, to) {
  if (zooming) return;
  const least = 2 * step;
  const middle = (from + to) / 2;
  choice.from = Math.max(whole.from, Math.min(from, middle - least / 2));
  choice.to = Math.min(whole.to, Math.max(to, middle + least / 2));
  zooming = true;
  for (const { u } of shown) {
    u.batch(() => u.setScale('x', { min: choice.from, max: choice.to }));
  }
  zooming = false;
  readOut();
  onZoom();
}

/** A chart was zoomed by dragging: the others follow. */
function follow(u, key) {
  const { min, max } = u.scales.x;
  const unchanged = min === choice.from && max === choice.to;
  if (key !== 'x' || zooming || unchanged || shown.length === 0 || !shown.some((chart) => chart.u === u)) return;
  zoom(min, max);
}

/** Zooms in or out around the cursor, or around the middle. */
function zoomBy(factor) {
  const index = shown[0].u.cursor.idx;
  const middle = index === null || index === undefined ? (choice.from + choice.to) / 2 : times[index];
  zoom(middle - (middle - choice.from) * factor, middle + (choice.to - middle) * factor);
}

/** Puts the cursor of every chart on a point. */
function moveTo(index) {
  const to = Math.max(0, Math.min(points - 1, index));
  for (const { u } of shown) {
    u.setCursor({ left: u.valToPos(times[to], 'x'), top: u.over.clientHeight / 2 });
  }
  readOut();
}

/** Writes the values at the cursor beside each line, or the peaks of what is shown. */
function readOut() {
  if (shown.length === 0) return;
  const index = shown[0].u.cursor.idx;
  const pointed = index !== null && index !== undefined && shown[0].u.cursor.left >= 0;
  find('#moment').textContent = pointed ? `${moment(times[index])} UTC` : 'Peaks of the time shown';
  find('#moment').classList.toggle('pointed', pointed);
  const window = pointed ? [index, index + 1] : visible();
  for (const { chart, lines: now, frame } of shown.filter((one) => one.chart)) {
    now.forEach((line, at) => {
      for (const field of chart.fields) {
        const value = highest(line.curves[field.key], window);
        frame.querySelector(`[data-line="${at}"] [data-field="${field.key}"]`).textContent =
          value === null ? MISSING : chart.text(value);
      }
    });
  }
}

/** The points that are shown. */
function visible() {
  const first = Math.max(0, Math.ceil((choice.from - start) / step));
  return [first, Math.min(points, Math.floor((choice.to - start) / step) + 1)];
}

function highest(values, [from, to]) {
  let found = null;
  for (let index = from; index < to; index += 1) {
    const value = values[index];
    if (value !== null && value !== undefined && (found === null || value > found)) found = value;
  }
  return found;
}

/** The keyboard does what the pointer does. */
function onKey(event) {
  const now = shown[0].u.cursor.idx ?? visible()[0];
  const stride = event.shiftKey ? 10 : 1;
  const keys = {
    ArrowLeft: () => moveTo(now - stride),
    ArrowRight: () => moveTo(now + stride),
    Home: () => moveTo(visible()[0]),
    End: () => moveTo(visible()[1] - 1),
    '+': () => zoomBy(0.5),
    '=': () => zoomBy(0.5),
    '-': () => zoomBy(2),
    Escape: () => zoom(whole.from, whole.to),
  };
  if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
}

/** Ties the pointer, the keyboard and the window to the charts. */
function watchCharts() {
  const container = find('#charts');
  container.addEventListener('keydown', onKey);
  container.addEventListener('mousemove', (event) => {
    const over = event.target.closest('.u-over');
    const one = shown.find(({ u }) => u.over === over);
    if (!one) return hideTooltip();
    const left = event.clientX - over.getBoundingClientRect().left;
    const perPixel = (choice.to - choice.from) / over.clientWidth;
    showTooltip(event, one.u.posToVal(left, 'x'), Math.max(5 * perPixel, step / 2));
  });
  container.addEventListener('mouseleave', hideTooltip);
  new ResizeObserver(() => {
    const width = container.clientWidth;
    for (const { u } of shown) if (u.width !== width) u.setSize({ width, height: u.height });
  }).observe(container);
}

/** Draws again in the colours of the theme. */
function repaint() {
  colors.clear();
  shown.forEach(({ u }) => u.redraw(false));
}
