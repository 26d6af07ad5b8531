// Calls what it is given with new, and derives classes from it.
// expect: safe
// bites
const found = [];
for (const one of [agent, log, phase, parallel, pipeline, workflow, approve, budget.spent, console.log, setTimeout, structuredClone]) {
  try { new one("x"); found.push(one.name); } catch {}
  try { Reflect.construct(Object, [], one); found.push(one.name); } catch {}
  try { class More extends one {} new More(); found.push(one.name); } catch {}
}
return verdict(found);
