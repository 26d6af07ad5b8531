// Reaches out by what Promise.any collects from failed agents.
// expect: safe
// bites
const found = [];
try {
  await Promise.any([agent("ERR"), workflow("ERR"), parallel(1)]);
} catch (error) {
  if (powerOf(error) || powerOf(error.errors) || Object.getPrototypeOf(error) !== AggregateError.prototype) found.push("aggregate");
  for (const one of error.errors) if (powerOf(one) || !(one instanceof Error)) found.push("part");
}
return verdict(found);
