// Does the same thing twice.
// expect: safe
const run = () => JSON.stringify([Object.keys({ b: 1, a: 2, 1: 3 }), [5, 1, 4].sort(), [{ k: 1, v: "a" }, { k: 1, v: "b" }].sort((x, y) => x.k - y.k), Math.sin(1), Math.pow(2, 0.5), 0.1 + 0.2, (25).toString(36), [...new Set([3, 1, 2])], String(Symbol("s")), (1e21).toLocaleString(), "\u00e4".localeCompare("z"), [..."a\u{1f600}"].length]);
return run() === run() ? "safe" : "ESCAPED";
