// A legal script that takes seconds to read: the parser looks through all names of a scope for each new one.
const declarations = Array.from({ length: 46_000 }, (_, index) => `let a${index.toString(36)}`);

export const lastingSource: string = `export const meta = { name: "n", description: "d" }\n${declarations.join("\n")}`;
