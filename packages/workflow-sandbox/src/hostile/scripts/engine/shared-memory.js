// Looks for shared memory, waiting and pausing.
// expect: safe
// bites
const found = [];
for (const read of [() => Atomics, () => Atomics.pause(), () => new SharedArrayBuffer(8), () => new ArrayBuffer(8, { maxByteLength: 1e9 }), () => WebAssembly.Memory, () => new Float16Array(1), () => Math.f16round?.(1) === 1 ? undefined : 1, () => Uint8Array.fromBase64("")]) { try { if (read() !== undefined) found.push(String(read)); } catch {} }
return verdict(found);
