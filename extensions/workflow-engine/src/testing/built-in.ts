import type { Contributions, WorkflowScript } from "@lathe/kernel";

/** Contributed scripts, by their names. */
export function builtInScripts(sources: Readonly<Record<string, string>>): Contributions<WorkflowScript> {
  const entries = Object.entries(sources).toSorted();
  return {
    all: () => entries.map(([name, source]) => ({ name, extensionId: "catalog", item: { source } })),
    get: (name) => (Object.hasOwn(sources, name) ? { source: sources[name] ?? "" } : undefined),
    onChanged: () => () => {},
  };
}
