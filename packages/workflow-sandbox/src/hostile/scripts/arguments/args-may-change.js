// Changes args, which are its own.
// expect: safe
args.list.push(9);
args.more = { a: agent };
Object.setPrototypeOf(args, { evil: 1 });
args = { mine: true };
return (await agent("x")) === "echo:x" && args.mine ? "safe" : "ESCAPED";
