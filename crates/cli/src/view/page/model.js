// What the page knows: the runs, and what the reader chose to see of them.

const data = JSON.parse(find('#data').textContent);
const runs = data.runs.map(({ name, outcome }, index) => ({ index, name, ...outcome }));
const first = runs[0];
const step = first.trace.step;
const start = Date.parse(first.trace.start) / 1000;
const points = Math.max(...runs.flatMap((run) => run.trace.groups.map((group) => group.offered.length)));
/** The time axis of every chart, in Unix seconds. */
const times = Array.from({ length: points }, (_, index) => start + index * step);
const whole = { from: times[0], to: times[points - 1] };

const unique = (values) => [...new Set(values)];
const services = unique(runs.flatMap((run) => run.rows.map((row) => row.service)));
const regions = unique(runs.flatMap((run) => run.rows.map((row) => row.region)));

/** Stands for every region, or every run. */
const ALL = '';
const PALETTE = 6;

const worst = worstRow();
/**
 * What the reader chose. `from` and `to` are the part of the time axis that is shown. A comparison
 * begins with one region, so that its lines are the runs.
 */
const choice = {
  service: worst?.service ?? ALL,
  region: runs.length > 1 ? worst?.region ?? ALL : ALL,
  run: ALL,
  ...whole,
};

/** The row that a reader most likely came for: it lost most, or was above target longest. */
function worstRow() {
  const order = ['lost', 'minutes_above_target', 'requests'];
  const byBadness = (a, b) => {
    const field = order.find((name) => a[name] !== b[name]);
    return field ? b[field] - a[field] : 0;
  };
  return runs.flatMap((run) => run.rows).sort(byBadness)[0];
}

const regionsOf = (service) =>
  regions.filter((region) =>
    runs.some((run) => run.rows.some((row) => row.service === service && row.region === region)));

const chosenRuns = () => runs.filter((run) => choice.run === ALL || String(run.index) === choice.run);

const color = (index) => `--line-${(index % PALETTE) + 1}`;

/**
 * The lines of the charts: one for each chosen run and region. Colour tells regions apart, and
 * dashes runs; with one region, colour tells runs apart.
 */
function lines() {
  const all = choice.region === ALL && regionsOf(choice.service).length > 1;
  return chosenRuns().flatMap((run) =>
    run.trace.groups
      .filter((group) => group.service === choice.service)
      .filter((group) => choice.region === ALL || group.region === choice.region)
      .map((curves) => {
        const parts = [all || chosenRuns().length === 1 ? curves.region : null];
        if (chosenRuns().length > 1) parts.push(run.name);
        return {
          run: all ? run.index : 0,
          curves,
          label: parts.filter(Boolean).join(' · '),
          color: color(all || runs.length === 1 ? regions.indexOf(curves.region) : run.index),
        };
      }));
}

/** Whether something that names a region and a service (or neither, for all) is chosen. */
function concerns(thing) {
  const region = !thing.region || choice.region === ALL || thing.region === choice.region;
  const service = !thing.service || thing.service === choice.service;
  return region && service;
}

/** Marks of the chosen runs, region and service, in order of time. */
function marks() {
  return chosenRuns()
    .flatMap((run) => run.trace.marks.filter(concerns).map((mark) => ({ ...mark, run, time: start + mark.at })))
    .sort((a, b) => a.time - b.time);
}

/** Faults of the chosen runs and region; a fault that several runs share counts once. */
function faults() {
  const spans = chosenRuns().flatMap((run) => run.trace.faults.filter(concerns));
  const apart = new Map(spans.map((span) => [`${span.from} ${span.to} ${span.text}`, span]));
  return [...apart.values()].map((span) => ({ ...span, from: start + span.from, to: start + span.to }));
}
