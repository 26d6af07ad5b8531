// Asks for approvals with odd questions.
// expect: safe
// bites
const found = [];
for (const one of [undefined, null, 1, {}, () => 1, Symbol("s"), ["q"]]) { try { await approve(one); found.push(typeof one); } catch (error) { if (!(error instanceof TypeError)) found.push(String(error)); } }
try { await approve("q".repeat(1e6)); found.push("long"); } catch {}
if ((await approve("\u001b[2Jq", { choices: ["a"], kind: "agent", index: 0 })) !== "yes") found.push("answer");
return verdict(found);
