// Patches Reflect and the functions of Object.
// expect: safe
// bites
const first = await patched(Reflect, ["apply", "construct", "get", "ownKeys", "has", "deleteProperty"], () => undefined);
return first === "safe" ? await patched(Object, ["keys", "entries", "freeze", "isFrozen", "defineProperty", "getPrototypeOf", "assign", "hasOwn", "create", "getOwnPropertyDescriptors"], () => []) : first;
