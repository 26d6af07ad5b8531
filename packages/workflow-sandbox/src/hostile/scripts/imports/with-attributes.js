// Imports JSON with attributes.
// expect: rejected
import config from "./package.json" with { type: "json" };
return `ESCAPED ${config.name}`;
