// Exports an object that is a thenable.
// expect: failed | returned
export const workflow = { name: "hostile", description: "d", then(resolve) { resolve(1); }, run: async () => "safe" };
