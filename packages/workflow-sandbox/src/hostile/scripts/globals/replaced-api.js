// Replaces what it is given on globalThis.
// expect: safe
// bites
const found = [];
for (const name of ["agent", "parallel", "pipeline", "phase", "log", "budget", "console", "Date", "Math", "Function"]) {
  const before = globalThis[name];
  try { globalThis[name] = () => "evil"; } catch {}
  try { Object.defineProperty(globalThis, name, { value: () => "evil" }); } catch {}
  try { delete globalThis[name]; } catch {}
  if (globalThis[name] !== before) found.push(name);
}
return verdict(found);
