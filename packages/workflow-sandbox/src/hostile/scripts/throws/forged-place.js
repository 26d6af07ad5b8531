// Throws an error that says where it was made.
// expect: failed:script-error
const error = new Error("at workflow:script:99999:1");
Object.defineProperty(error, "stack", { value: "at workflow:script:99999999:99999999 /etc/hostname" });
throw error;
