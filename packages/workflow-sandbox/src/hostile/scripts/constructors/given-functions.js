// Makes code from text by the constructors of agent, parallel, pipeline and the others.
// expect: safe
// bites
const found = [];
for (const one of [agent, parallel, pipeline, phase, log, workflow, approve, budget.spent, budget.remaining]) {
  if (powerOf(one) || powerOf(Object.getPrototypeOf(one))) found.push(one.name);
}
return verdict(found);
