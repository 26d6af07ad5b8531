// Looks at what the stages of pipeline() are called with.
// expect: safe
// bites
const found = [];
let seen = 0;
function look(...values) {
  seen = values.length;
  for (const value of [this, ...values]) if (powerOf(value)) found.push("stage");
  return values[0];
}
await pipeline([{ a: 1 }, "b"], look, look);
if (seen !== 3) found.push(`given ${seen}`);
return verdict(found);
