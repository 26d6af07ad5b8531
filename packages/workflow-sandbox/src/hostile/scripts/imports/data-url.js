// Imports code out of a data URL.
// expect: rejected
// bites
const made = await import("data:text/javascript,export default process");
return `ESCAPED ${typeof made.default}`;
