// Looks for array buffers and typed arrays behind whatever is given.
// expect: safe
const names = ["ArrayBuffer", "SharedArrayBuffer", "Uint8Array", "Float64Array", "DataView", "BigInt64Array", "Float16Array", "Buffer", "Atomics", "TextEncoder", "Blob"];
const found = names.filter((name) => name in globalThis);
const seen = new Set();
const open = [globalThis, agent, URL, structuredClone, setTimeout, console, await agent("JSON:{}")];
while (open.length > 0) {
  const one = open.pop();
  if ((typeof one !== "object" && typeof one !== "function") || one === null || seen.has(one)) continue;
  seen.add(one);
  if (names.includes(one.name)) found.push(one.name);
  open.push(Object.getPrototypeOf(one));
  for (const key of Reflect.ownKeys(one)) {
    const { get, set, value } = Object.getOwnPropertyDescriptor(one, key);
    open.push(get, set, value);
  }
}
return verdict(found);
