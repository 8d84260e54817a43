// Memory and processor time of the portal and its workers, from /proc.

import { readFileSync, readdirSync } from "node:fs";

/** Linux counts processor time in hundredths of a second. */
const ticks = 100;

const read = (pid, file) => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined; // The process has ended.
  }
};

/** `{ parent, seconds }` of a process; the name in the file may hold anything, so fields count from its end. */
function stat(pid) {
  const text = read(pid, "stat");
  if (!text) return undefined;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return {
    state: fields[0],
    parent: Number(fields[1]),
    // Its own, and that of children that have ended and were waited for.
    seconds: fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) / ticks,
  };
}

const all = () =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** Living children of a process. */
export const children = (pid) =>
  all().filter((other) => {
    const of = stat(other);
    return of?.parent === pid && of.state !== "Z";
  });

/** The portal that this program started last. */
export function portal(binary) {
  const own = children(process.pid).filter((pid) => read(pid, "cmdline")?.startsWith(`${binary}\0`));
  if (own.length === 0) throw new Error("the portal's process is not to be found");
  return Math.max(...own);
}

/** Resident memory in MB (10^6 bytes): the portal's, its workers' in all, and the portal's highest so far. */
export function memory(pid) {
  const field = (of, name) =>
    (Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(read(of, "status") ?? "")?.[1] ?? 0) * 1024) / 1e6;
  const workers = children(pid);
  return {
    portal: field(pid, "VmRSS"),
    highest: field(pid, "VmHWM"),
    workers: workers.reduce((sum, worker) => sum + field(worker, "VmRSS"), 0),
    count: workers.length,
  };
}

/** Follows the highest memory of a process in MB until `stop()` says what it was. */
export function watchMemory(pid) {
  let highest = 0;
  const look = () => {
    highest = Math.max(highest, memory(pid).highest);
  };
  const watch = setInterval(look, 25);
  return { stop: () => (clearInterval(watch), highest) };
}

/** Processor seconds that the portal and its workers have used. */
export const seconds = (pid) => [pid, ...children(pid)].reduce((sum, of) => sum + (stat(of)?.seconds ?? 0), 0);

/** Processor seconds of this program. */
export const ownSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Runs `work` and says how long it took and what it cost: `{ result, wall, portal, generator }` in seconds. */
export async function cost(pid, work) {
  const [wall, portalBefore, ownBefore] = [performance.now(), seconds(pid), ownSeconds()];
  const result = await work();
  return {
    result,
    wall: (performance.now() - wall) / 1000,
    portal: seconds(pid) - portalBefore,
    generator: ownSeconds() - ownBefore,
  };
}
