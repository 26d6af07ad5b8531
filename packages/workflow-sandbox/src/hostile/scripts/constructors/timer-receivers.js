// Looks at what a timer calls its function with.
// expect: safe
// bites
const found = [];
await new Promise((resolve) => {
  setTimeout(function (...values) {
    for (const value of [this, ...values]) if (powerOf(value)) found.push("timer");
    if (this !== undefined) found.push("a receiver");
    resolve();
  }, 1, "a", {});
});
return verdict(found);
