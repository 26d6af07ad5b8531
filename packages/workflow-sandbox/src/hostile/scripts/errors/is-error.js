// Asks which values the engine takes for errors, proxies among them.
// expect: safe
const found = [];
const proxy = new Proxy(new Error("x"), { get() { throw new Error("get"); } });
const answers = [agent, console, {}, proxy].map((one) => Error.isError?.(one));
if (answers.some((one) => one === true)) found.push(String(answers));
try { throw proxy; } catch (error) { if (error !== proxy) found.push("another"); }
return verdict(found);
