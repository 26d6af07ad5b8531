// Calls what it is given with hostile receivers.
// expect: safe
// bites
const found = [];
const receivers = [undefined, null, globalThis, {}, 1, agent, new Proxy({}, { get() { found.push("read"); return undefined; }, has() { found.push("has"); return true; } })];
for (const one of [agent, log, phase, parallel, pipeline, workflow, budget.spent, budget.remaining, console.log, setTimeout, structuredClone, URL.canParse]) {
  for (const receiver of receivers) {
    try {
      const value = one.call(receiver, "x");
      if (powerOf(value)) found.push(one.name);
      if (value instanceof Promise) value.catch(() => 0);
    } catch {}
  }
}
return verdict(found);
