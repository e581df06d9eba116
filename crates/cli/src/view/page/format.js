// Numbers and moments as text. Every moment is UTC, so that two people see the same.

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const DAYS = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ');
const MISSING = '–';

/** A number with at most so many decimals, thousands apart by commas. */
function number(value, decimals = 1) {
  if (value === null || value === undefined) return MISSING;
  return value.toLocaleString('en-GB', { maximumFractionDigits: decimals });
}

/** A count in at most four digits: 950, 12.3 k, 4.56 M. */
function short(value) {
  if (value === null || value === undefined) return MISSING;
  for (const [size, unit] of [[1e9, 'G'], [1e6, 'M'], [1e4, 'k']]) {
    if (Math.abs(value) >= size) {
      const scaled = value / (unit === 'k' ? 1e3 : size);
      return `${scaled.toLocaleString('en-GB', { maximumSignificantDigits: 3 })} ${unit}`;
    }
  }
  return number(value, 0);
}

function dollars(value) {
  if (value === null || value === undefined) return MISSING;
  const decimals = Math.abs(value) < 100 ? 2 : 0;
  return `$${value.toLocaleString('en-GB', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })}`;
}

/** Milliseconds, as seconds from ten of them on. */
function latency(ms) {
  if (ms === null || ms === undefined) return MISSING;
  return ms >= 10000 ? `${number(ms / 1000, 1)} s` : `${number(ms, ms < 10 ? 1 : 0)} ms`;
}

/** A share as percent, with the digits that a small one needs. */
function share(part, whole) {
  if (!whole) return MISSING;
  const percent = (100 * part) / whole;
  if (percent > 0 && percent < 0.01) return '<0.01 %';
  return `${number(percent, percent < 1 ? 2 : 1)} %`;
}

/** Seconds as the two largest units: 6d 4h, 3m 20s. */
function duration(seconds) {
  if (seconds === null || seconds === undefined) return MISSING;
  let rest = Math.round(seconds);
  if (rest === 0) return '0s';
  const parts = [];
  for (const [unit, length] of [['d', 86400], ['h', 3600], ['m', 60], ['s', 1]]) {
    const count = Math.floor(rest / length);
    rest %= length;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.slice(0, 2).join(' ');
}

const two = (value) => String(value).padStart(2, '0');

/** 14:05, or 14:05:30 when it has seconds. */
function clock(unix) {
  const date = new Date(unix * 1000);
  const seconds = date.getUTCSeconds();
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}${seconds ? `:${two(seconds)}` : ''}`;
}

/** 3 Mar. */
function day(unix) {
  const date = new Date(unix * 1000);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
}

/** Tue 3 Mar 14:05. */
function moment(unix) {
  return `${DAYS[new Date(unix * 1000).getUTCDay()]} ${day(unix)} ${clock(unix)}`;
}

/** 3 Mar 2026 14:05 UTC. */
function date(unix) {
  return `${day(unix)} ${new Date(unix * 1000).getUTCFullYear()} ${clock(unix)} UTC`;
}

function count(value, noun) {
  return `${number(value, 0)} ${noun}${value === 1 ? '' : 's'}`;
}
