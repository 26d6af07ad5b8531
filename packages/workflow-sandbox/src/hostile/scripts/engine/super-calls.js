// Reads and writes by super on borrowed home objects.
// expect: safe
// bites
const found = [];
const thief = { read(key) { return super[key]; }, write(key, value) { super[key] = value; }, call(key) { return super[key](); } };
for (const home of [agent, console, budget, Promise, Object.getPrototypeOf(async () => 1), URL, globalThis]) {
  try { Object.setPrototypeOf(thief, home); } catch { continue; }
  for (const key of ["constructor", "caller", "arguments", "process", "__proto__"]) { try { if (powerOf(thief.read(key))) found.push(key); } catch {} }
  try { thief.write("polluted", 1); if (home.polluted === 1 && home !== globalThis) found.push("written"); } catch {}
}
return verdict(found);
