import type { EnvironmentPower } from "@lathe/kernel";

/** Shows those of the variables that the manifest's patterns grant: exact names, or a beginning and `*`. */
export function fixedEnvironment(
  variables: Readonly<Record<string, string>>,
  granted: readonly string[],
): EnvironmentPower {
  const shown = Object.entries(variables).filter(([name]) =>
    granted.some((pattern) => covers(pattern, name)),
  );
  const byName = new Map(shown);
  return { get: (name) => byName.get(name), names: () => [...byName.keys()].sort() };
}

function covers(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
