// Starts workflows by odd references.
// expect: safe
// bites
const found = [];
for (const one of [undefined, () => 1, Symbol("s")]) { try { await workflow(one); found.push(typeof one); } catch (error) { if (!(error instanceof TypeError)) found.push(String(error)); } }
for (const one of [null, 1, "../../../etc/hostname", { path: "/etc" }, [], "\u0000", { toJSON: () => "x" }]) { try { await workflow(one, one); } catch (error) { if (powerOf(error)) found.push("error"); } }
return verdict(found);
