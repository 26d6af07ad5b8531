// Lets large answers come back to it and keeps them all.
// expect: safe | failed | limited:memory-limit | limited:cpu-limit | limited:message-limit
const kept = [];
for (let at = 0; at < 900; at++) kept.push(await agent(`JSON:[${"[1,2,3],".repeat(8000)}${at}]`));
return "safe";
