// Looks for clocks beside Date.
// expect: safe
// bites
const found = [];
for (const read of [() => performance.now(), () => process.hrtime(), () => process.uptime(), () => Temporal.Now.instant(), () => Atomics.wait, () => console.time("x") ?? console.timeEnd("x") ?? undefined, () => requestAnimationFrame(() => 0), () => setInterval(() => 0, 1), () => setImmediate(() => 0), () => new Event("x").timeStamp, () => new Date(0).toTemporalInstant(), () => Intl.DateTimeFormat().format()]) {
  try { if (read() !== undefined) found.push(String(read)); } catch {}
}
return verdict(found);
