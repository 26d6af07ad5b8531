// Asks a million agents at once.
// expect: safe | limited:cpu-limit | limited:memory-limit
let refused = 0;
const asked = [];
for (let at = 0; at < 1e6 && refused < 100; at++) asked.push(agent("x").catch((error) => { refused++; return error.name; }));
const answers = await Promise.all(asked.slice(0, 2000));
const answered = answers.filter((one) => one === "echo:x").length;
return answered <= 1000 ? "safe" : `ESCAPED ${answered}`;
