// The subjects by name. Each is imported only where it is measured: in a process that has loaded the
// undici package, the global `fetch` may share state with it.

import type { Subject } from "./subject.ts";

const loaders: Readonly<Record<string, () => Promise<Subject>>> = {
  fetch: async () => (await import("./floors/fetch-loop.ts")).fetchLoop,
  lathe: async () => (await import("./lathe/lathe-subject.ts")).lathe,
  "lathe-unrecorded": async () => (await import("./lathe/lathe-subject.ts")).latheUnrecorded,
  undici: async () => (await import("./floors/undici-loop.ts")).undiciLoop,
};

/** What the ratios are taken against. */
export const floorNames: readonly string[] = ["fetch", "undici"];
export const subjectNames: readonly string[] = Object.keys(loaders);

export function loadSubject(name: string): Promise<Subject> {
  const load = loaders[name];
  if (load === undefined)
    throw new Error(`There is no subject \`${name}\`; there are: ${subjectNames.join(", ")}.`);
  return load();
}
