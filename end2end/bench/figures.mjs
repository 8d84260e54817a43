// Figures and how they are shown.

/** A generator of numbers in [0, 1) that says the same after the same seed (mulberry32). */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The value below which `share` of the values lie (nearest rank). */
export function percentile(values, share) {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length, Math.max(1, Math.ceil(share * sorted.length))) - 1];
}

export const median = (values) => percentile(values, 0.5);

/** `digits` significant digits, but never fewer than the whole part has. */
export function short(value, digits = 3) {
  if (value === undefined || Number.isNaN(value)) return "-";
  const whole = Math.floor(Math.log10(Math.abs(value) || 1)) + 1;
  return value.toFixed(Math.max(0, digits - Math.max(1, whole))).replace(/\B(?=(\d{3})+(?!\d)(?!.*\.\d*$))/g, ",");
}

/** One run as itself, several as `median (min-max)`. */
export function spread(values) {
  const known = values.filter((value) => value !== undefined);
  if (known.length <= 1) return short(known[0]);
  return `${short(median(known))} (${short(Math.min(...known))}-${short(Math.max(...known))})`;
}

/** Prints rows under heads, the first column to the left, the others to the right. */
export function table(title, heads, rows) {
  const cells = [heads, ...rows.map((row) => row.map(String))];
  const widths = heads.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const line = (row) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join("  ");
  console.log(`\n${title}\n${line(heads)}\n${widths.map((width) => "-".repeat(width)).join("  ")}`);
  for (const row of cells.slice(1)) console.log(line(row));
}
