// Reaches out by the newest functions of promises.
// expect: safe
// bites
const found = [];
const { promise, resolve } = Promise.withResolvers?.() ?? {};
resolve?.(agent);
for (const make of [() => Promise.try?.(() => agent), () => Promise.try?.((...values) => values, agent, this), () => promise, () => Promise.try?.call(function (start) { start(() => 0, () => 0); }, () => 1), () => Promise.withResolvers?.call(function (start) { start(() => 0, () => 0); })]) {
  try { const made = make(); if (powerOf(made) || powerOf(await made)) found.push(String(make)); } catch (error) { if (powerOf(error)) found.push("error"); }
}
return verdict(found);
