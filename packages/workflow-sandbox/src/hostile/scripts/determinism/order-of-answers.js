// Asks whether answers come in the order in which they were given.
// expect: safe
const order = [];
await Promise.all(["a", "b", "c", "d"].map((one) => agent(one).then(() => order.push(one))));
return order.join("") === "abcd" ? "safe" : `ESCAPED ${order}`;
