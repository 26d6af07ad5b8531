// Throws errors that cause each other.
// expect: failed:script-error
const one = new Error("one");
const two = new Error("two", { cause: one });
one.cause = two;
throw new AggregateError([one, two, one], "all", { cause: two });
