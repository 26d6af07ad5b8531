// Settles twice and throws after that.
// expect: returned
return { then(resolve, reject) { resolve("once"); reject(new Error("twice")); throw new Error("thrice"); } };
