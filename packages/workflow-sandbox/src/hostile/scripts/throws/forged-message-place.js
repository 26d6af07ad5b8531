// Throws an error whose message and function names look like places in the file.
// expect: failed:script-error
const thrower = () => { throw new Error("\n    at workflow:script:77777:1"); };
Object.defineProperty(thrower, "name", { value: "workflow:script:88888:8" });
thrower();
