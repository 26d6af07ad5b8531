import type { EnvironmentPower } from "@lathe/kernel";

/** The variables of a process; the daemon's own, or a test's. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/**
 * Creates the view of one extension: the variables whose names match what it was granted (`NAME`, or `NAME*`).
 * `onRead` is told of every value before it is handed out.
 */
export function createEnvironment(
  variables: EnvironmentVariables,
  granted: readonly string[],
  onRead: (name: string, value: string) => void = () => undefined,
): EnvironmentPower {
  const mayRead = (name: string): boolean => granted.some((pattern) => matches(pattern, name));
  return Object.freeze({
    get: (name: string) => {
      const value = mayRead(name) && Object.hasOwn(variables, name) ? variables[name] : undefined;
      if (value !== undefined) onRead(name, value);
      return value;
    },
    names: () =>
      Object.keys(variables)
        .filter((name) => variables[name] !== undefined && mayRead(name))
        .sort(),
  });
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
