import type { EnvironmentPower } from "@lathe/kernel";

/** The variables of a process; the daemon's own, or a test's. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** Creates the view of one extension: the variables whose names match what it was granted (`NAME`, or `NAME*`). */
export function createEnvironment(
  variables: EnvironmentVariables,
  granted: readonly string[],
): EnvironmentPower {
  const mayRead = (name: string): boolean => granted.some((pattern) => matches(pattern, name));
  return Object.freeze({
    get: (name: string) => (mayRead(name) && Object.hasOwn(variables, name) ? variables[name] : undefined),
    names: () =>
      Object.keys(variables)
        .filter((name) => variables[name] !== undefined && mayRead(name))
        .sort(),
  });
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
