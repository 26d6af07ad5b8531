// Names functions and symbols by texts of megabytes.
// expect: failed | limited:memory-limit | limited:cpu-limit
const kept = [];
for (let at = 0; ; at++) { const name = String(at).padStart(2e6, "n"); kept.push({ [name]: () => at }, Symbol(name)); }
