// Wraps what it is given into proxies and uses them everywhere.
// expect: safe
// bites
const found = [];
const wrapped = new Proxy(agent, { apply(target, receiver, values) { for (const one of [receiver, ...values]) if (powerOf(one)) found.push("apply"); return Reflect.apply(target, receiver, values); }, get(target, key) { return Reflect.get(target, key); } });
const list = await parallel([wrapped.bind(null, "a"), () => wrapped("b"), new Proxy(async () => "c", {})]);
for (const trap of Reflect.ownKeys(Reflect)) { try { if (powerOf(Reflect[trap](wrapped, "constructor", []))) found.push(String(trap)); } catch {} }
return list.join() === "echo:a,echo:b,c" ? verdict(found) : "ESCAPED";
