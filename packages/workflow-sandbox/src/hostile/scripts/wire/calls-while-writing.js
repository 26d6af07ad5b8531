// Asks for more while what it asked for is being written.
// expect: safe
let inner;
const order = [];
const options = { get label() { inner ??= agent("inner").then((text) => order.push(text)); log("from within"); return "l"; } };
const answer = await agent("outer", options);
await inner;
return answer === "echo:outer" && order[0] === "echo:inner" ? "safe" : "ESCAPED";
