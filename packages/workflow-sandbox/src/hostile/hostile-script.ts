import type { GuestLimits } from "../contract.ts";

/** A script that tries something, and the only ways in which it may end. */
export interface HostileScript {
  /** `<class>/<name>`. */
  readonly name: string;
  readonly tries: string;
  readonly expected: readonly Expectation[];
  readonly source: string;
  /** Where they differ from those of the suite. */
  readonly limits: Partial<GuestLimits>;
  /** Without a sandbox it gets what it tries to get, and says so: what it looks for exists elsewhere. */
  readonly bites: boolean;
}

/**
 * `safe`: it ended by itself and found nothing. `returned`: it returned whatever it likes. `rejected`: the compiler
 * refused it. `failed`: it ended with an error of its own. `limited`: a limit ended it. After a colon the code that the
 * error must have.
 */
export type Expectation = string;

export function classOf({ name }: HostileScript): string {
  return name.slice(0, name.indexOf("/"));
}
