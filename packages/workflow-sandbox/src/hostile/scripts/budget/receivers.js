// Asks the budget with receivers and values that lie.
// expect: safe
const found = [];
for (const receiver of [undefined, { total: 1e9, spent: -5 }, new Proxy({}, { get: () => 1e9 })]) {
  for (const value of [undefined, -1e9, { valueOf: () => -1e9 }]) {
    if (budget.spent.call(receiver, value) !== 10 || budget.remaining.call(receiver, value) !== 990) found.push("changed");
    const { get } = Object.getOwnPropertyDescriptor(budget, "total");
    if (get && get.call(receiver, value) !== 1000) found.push("total");
  }
}
return verdict(found);
