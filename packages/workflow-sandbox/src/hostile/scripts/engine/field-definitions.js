// Defines fields on borrowed objects by returning them from constructors.
// expect: safe
const found = [];
class Give { constructor(one) { return one; } }
class Define extends Give { polluted = 1; ["then"] = (resolve) => { found.push("then"); resolve("evil"); }; }
for (const one of [agent, budget, console, Promise.prototype, Array.prototype, Object.prototype, args.list, await agent("JSON:{}"), agent("x")]) { try { new Define(one); if (Object.isFrozen(one)) found.push("defined"); } catch {} }
if ((await agent("y")) !== "echo:y") found.push("answer");
return verdict(found.filter((one) => one !== "then"));
