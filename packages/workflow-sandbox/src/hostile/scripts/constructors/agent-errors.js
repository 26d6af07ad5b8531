// Reaches out by the error with which an agent failed.
// expect: safe
// bites
const found = [];
for (const call of [() => agent("ERR"), () => workflow("ERR"), () => approve("ERR")]) {
  try {
    await call();
    found.push("no error");
  } catch (error) {
    if (powerOf(error)) found.push("error");
    for (const key of Reflect.ownKeys(error)) if (powerOf(error[key])) found.push(String(key));
  }
}
return verdict(found);
