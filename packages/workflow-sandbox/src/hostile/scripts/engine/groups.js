// Reaches out by grouping and the newest methods of sets.
// expect: safe
// bites
const found = [];
const groups = [Object.groupBy([1], () => "__proto__"), Map.groupBy([1], () => agent)];
for (const one of groups) if (powerOf(one)) found.push("group");
if (groups[0].polluted !== undefined || Object.getPrototypeOf(groups[0]) !== null) found.push("prototype");
const like = { size: 1, has: () => true, keys: () => [agent].values() };
for (const method of ["union", "intersection", "difference", "symmetricDifference", "isSubsetOf", "isSupersetOf", "isDisjointFrom"]) { const made = new Set([1])[method]?.(like); if (powerOf(made)) found.push(method); }
return verdict(found);
