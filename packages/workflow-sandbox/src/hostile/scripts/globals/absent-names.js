// Looks for what engines and hosts have beside the language.
// expect: safe
// bites
const found = [];
const types = {
  process: typeof process, require: typeof require, module: typeof module, Buffer: typeof Buffer, global: typeof global, window: typeof window,
  self: typeof self, fetch: typeof fetch, crypto: typeof crypto, performance: typeof performance, setInterval: typeof setInterval,
  setImmediate: typeof setImmediate, queueMicrotask: typeof queueMicrotask, Intl: typeof Intl, Temporal: typeof Temporal, WeakRef: typeof WeakRef,
  FinalizationRegistry: typeof FinalizationRegistry, ArrayBuffer: typeof ArrayBuffer, SharedArrayBuffer: typeof SharedArrayBuffer,
  Uint8Array: typeof Uint8Array, DataView: typeof DataView, Atomics: typeof Atomics, WebAssembly: typeof WebAssembly, ShadowRealm: typeof ShadowRealm,
  Compartment: typeof Compartment, lockdown: typeof lockdown, harden: typeof harden, TextDecoder: typeof TextDecoder, TextEncoder: typeof TextEncoder,
  MessageChannel: typeof MessageChannel, BroadcastChannel: typeof BroadcastChannel, Worker: typeof Worker, EventTarget: typeof EventTarget,
  AbortController: typeof AbortController, Blob: typeof Blob, WebSocket: typeof WebSocket, navigator: typeof navigator, localStorage: typeof localStorage,
  SuppressedError: typeof SuppressedError, DisposableStack: typeof DisposableStack, ModuleSource: typeof ModuleSource, assert: typeof assert,
  getStackString: typeof getStackString, escape: typeof escape, unescape: typeof unescape, postMessage: typeof postMessage, gc: typeof gc,
  repairIntrinsics: typeof repairIntrinsics, hardenIntrinsics: typeof hardenIntrinsics, Float16Array: typeof Float16Array, URLSearchParams: typeof URLSearchParams,
};
for (const [name, type] of Object.entries(types)) if (type !== "undefined") found.push(name);
return verdict(found);
