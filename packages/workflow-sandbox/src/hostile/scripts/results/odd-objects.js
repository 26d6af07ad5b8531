// Returns objects of every kind.
// expect: returned
return [new Map([[1, 2]]), new Set([1]), new Date(NaN), /x/, new Error("e"), new String("s"), Promise.resolve(1), new URL("a:b"), Symbol.iterator, agent, budget, console];
