// Runs many requests through async generators whose values and returns are odd.
// expect: safe
const found = [];
async function* give() { try { yield agent("a"); yield { then(resolve) { resolve(agent); } }; yield* [Promise.reject(new Error("r"))]; } finally { yield "late"; } }
const one = give();
const results = await Promise.allSettled([one.next(), one.next(), one.throw(new Error("t")), one.return({ get then() { throw new Error("th"); } }), one.next(), one.return(agent("b"))]);
for (const { value, reason } of results) for (const part of [value, value?.value, reason]) if (part !== agent && powerOf(part)) found.push("part");
if (results[0].value?.value !== "echo:a") found.push("order");
return verdict(found);
