// Spreads something into its metadata.
// expect: rejected:invalid-meta
export const meta = { name: "x", description: "d", ...globalThis };
return "ESCAPED";
