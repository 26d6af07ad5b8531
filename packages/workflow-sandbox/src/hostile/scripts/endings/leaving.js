// Looks for ways to end the process.
// expect: safe
const found = [];
for (const run of [() => process.exit(0), () => process.abort(), () => process.kill(process.pid), () => globalThis.close(), () => exit(), () => quit()]) { try { run(); found.push(String(run)); } catch {} }
return verdict(found);
