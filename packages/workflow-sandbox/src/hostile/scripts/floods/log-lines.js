// Logs a hundred thousand lines.
// expect: safe
for (let at = 0; at < 1e5; at++) log(`line ${at}`);
return "safe";
