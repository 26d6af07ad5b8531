// Logs by every function of the console.
// expect: safe
for (let at = 0; at < 2e4; at++) for (const key of ["log", "warn", "error", "info", "debug"]) console[key]({ at });
return "safe";
