// Imports in the default value of a parameter.
// expect: rejected
// bites
const load = async (fs = import("node:fs")) => await fs;
return `ESCAPED ${typeof (await load()).readFileSync}`;
