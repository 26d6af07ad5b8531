// Looks for hooks of asynchronous work on promises.
// expect: safe
const found = [];
const promise = agent("x");
for (const key of [...Reflect.ownKeys(promise), ...Reflect.ownKeys(Object.getPrototypeOf(promise))]) if (/async|domain|context|trigger/i.test(String(key))) found.push(String(key));
for (let at = promise; at; at = Object.getPrototypeOf(at)) if (at.domain !== undefined) found.push("domain");
try { await promise; } catch {}
return verdict(found);
