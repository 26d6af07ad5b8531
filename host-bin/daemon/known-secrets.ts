// The secrets that the daemon is given, so that they are found wherever they turn up: not by their shape, but as they
// are.
import type { Redaction } from "@lathe/kernel";
import { secretClassOf } from "@lathe/redaction";
import type { EnvironmentVariables } from "../powers/environment.ts";

const secretVariable = /KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL/i;

/** Whether the name of an environment variable says that its value is a secret. */
export function isSecretVariable(name: string): boolean {
  return secretVariable.test(name);
}

/** The values of all variables with such names. */
export function secretsInEnvironment(variables: EnvironmentVariables): readonly string[] {
  return Object.entries(variables).flatMap(([name, value]) =>
    value !== undefined && isSecretVariable(name) ? [value] : [],
  );
}

/** Every string of a configuration that stands under a name that says so, and every one in a list there. */
export function secretsInConfig(config: unknown): readonly string[] {
  const secrets: string[] = [];
  const waiting: { readonly value: unknown; readonly isSecret: boolean }[] = [
    { value: config, isSecret: false },
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, isSecret } = next;
    if (typeof value === "string") {
      if (isSecret) secrets.push(value);
    } else if (Array.isArray(value)) waiting.push(...value.map((item) => ({ value: item, isSecret })));
    else if (typeof value === "object" && value !== null) {
      for (const [name, member] of Object.entries(value))
        waiting.push({ value: member, isSecret: secretClassOf(name) !== undefined });
    }
  }
  return secrets;
}

/** Registers each value once, for as long as the daemon runs; also without the white space around it. */
export function createRegistrar(redaction: Redaction): (secret: string) => void {
  const registered = new Set<string>();
  return (secret) => {
    for (const value of [secret, secret.trim()]) {
      if (registered.has(value)) continue;
      registered.add(value);
      redaction.register(value);
    }
  };
}
