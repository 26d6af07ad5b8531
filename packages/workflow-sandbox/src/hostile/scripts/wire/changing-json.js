// Changes while it is written what has been measured.
// expect: safe
let reads = 0;
const options = { get size() { reads++; return reads > 1 ? "x".repeat(3e6) : "small"; }, toJSON() { return { size: this.size }; } };
const answer = await agent("x", options);
return answer === "echo:x" && reads === 1 ? "safe" : `ESCAPED ${reads}`;
