// Exports an object whose run is a getter.
// expect: failed | returned
export const workflow = { name: "hostile", description: "d", get run() { throw new Error("no"); } };
