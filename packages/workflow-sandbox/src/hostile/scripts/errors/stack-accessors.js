// Takes the getter or setter of stack and gives it odd receivers.
// expect: safe
// bites
const found = [];
const error = new Error("x");
for (const owner of [error, Error.prototype, TypeError.prototype]) {
  const descriptor = Object.getOwnPropertyDescriptor(owner, "stack");
  for (const part of [descriptor?.get, descriptor?.set]) {
    if (part === undefined) continue;
    if (powerOf(part)) found.push("accessor");
    for (const receiver of [agent, globalThis, Promise.reject(1).catch(() => 1), Object.prototype, null]) {
      try {
        const got = Reflect.apply(part, receiver, ["evil"]);
        if (powerOf(got) || /[\\/]|node:/.test(String(got))) found.push("stack");
      } catch {}
    }
  }
}
return verdict(found);
