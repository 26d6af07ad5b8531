// Logs lines between agents.
// expect: safe
for (let at = 0; at < 2e4; at++) { log(`line ${at}`); if (at % 500 === 0) await agent("x"); }
return "safe";
