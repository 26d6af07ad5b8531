// Gives proxies as options.
// expect: safe
const traps = [];
const handler = new Proxy({}, { get(_, trap) { traps.push(trap); return undefined; } });
const answers = [await agent("x", new Proxy({ label: "l" }, handler))];
try { await agent("x", new Proxy({}, { ownKeys: () => ["a", "b"], getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }), get: (_, key) => (key === "toJSON" ? undefined : agent) })); } catch {}
const found = traps.filter((trap) => ["set", "defineProperty", "deleteProperty", "setPrototypeOf", "apply", "construct"].includes(trap));
return answers[0] === "echo:x" ? verdict(found) : "ESCAPED";
