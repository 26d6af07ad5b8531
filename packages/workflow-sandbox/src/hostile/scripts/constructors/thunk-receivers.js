// Looks at what thunks of parallel() are called with.
// expect: safe
// bites
const found = [];
function look(...values) {
  for (const value of [this, ...values]) if (powerOf(value)) found.push("thunk");
  return values.length;
}
const counts = await parallel([look, look.bind(undefined), async function () { return look.apply(this, arguments); }]);
if (counts.some((count) => count !== 0)) found.push(`given ${counts}`);
return verdict(found);
