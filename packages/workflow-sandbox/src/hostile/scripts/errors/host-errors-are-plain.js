// Looks for more than a name and a message on an error of the host, F3s.
// expect: safe
// bites
const found = [];
for (const call of [() => agent("ERR"), () => workflow("ERR"), () => approve("ERR")]) {
  try {
    await call();
    found.push("no error");
  } catch (error) {
    const keys = Reflect.ownKeys(error).filter((key) => key !== "stack").map(String).sort().join();
    if (keys !== "message,name") found.push(keys);
    if (error.cause !== undefined || error.code !== undefined || error.errors !== undefined) found.push("more");
    if (error.stack !== undefined && error.stack !== "") found.push("stack");
    if (typeof error.name !== "string" || typeof error.message !== "string") found.push("types");
    if (Object.getPrototypeOf(error) !== Error.prototype) found.push("prototype");
  }
}
return verdict(found);
