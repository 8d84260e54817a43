// Two ways to ask: as people do, whatever the portal does (open loop), and as fast as it answers (closed loop).

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Each person acts every `every` ms, beginning somewhere within the first interval, whether or not the last answer has
 * come. `act(person, turn)` resolves to whether the answer was right. Waiting counts from the moment somebody wanted to
 * act, so a portal that falls behind is seen to.
 *
 * Resolves to `{ waits, errors }`, waits in ms.
 */
export async function openLoop({ people, every, seconds, random, act }) {
  const waits = [];
  let errors = 0;
  const began = performance.now() + 50;
  const person = async (number, offset) => {
    const acts = [];
    for (let turn = 0; ; turn += 1) {
      const due = offset + turn * every;
      if (due >= seconds * 1000) break;
      await wait(Math.max(0, began + due - performance.now()));
      const done = (ok) => {
        waits.push(performance.now() - began - due);
        if (!ok) errors += 1;
      };
      acts.push(act(number, turn).then(done, () => done(false)));
    }
    await Promise.all(acts);
  };
  await Promise.all(Array.from({ length: people }, (_, number) => person(number, random() * every)));
  return { waits, errors };
}

/** `connections` callers, each asking again as soon as it has its answer. Resolves to `{ waits, errors, rate }`. */
export async function closedLoop({ connections, seconds, act }) {
  const waits = [];
  let errors = 0;
  const began = performance.now();
  const end = began + seconds * 1000;
  const caller = async (number) => {
    for (let turn = 0; ; turn += 1) {
      const asked = performance.now();
      if (asked >= end) return;
      const ok = await act(number, turn).catch(() => false);
      if (!ok) errors += 1;
      waits.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, number) => caller(number)));
  return { waits, errors, rate: waits.length / ((performance.now() - began) / 1000) };
}
