// The server of the Messages API, as the environment names it.
import { type BaseUrl, type EnvironmentPower, parseBaseUrl } from "@lathe/extension-kit";

export interface MessagesServer {
  readonly baseUrl: BaseUrl;
  readonly key: string | null;
  readonly keySource: string | null;
}

export type FoundServer =
  | { readonly kind: "server"; readonly server: MessagesServer }
  | { readonly kind: "unusable"; readonly problem: string }
  | { readonly kind: "none" };

const keyName = "ANTHROPIC_API_KEY";
const baseUrlName = "ANTHROPIC_BASE_URL";

export function findServer(environment: EnvironmentPower): FoundServer {
  const key = variable(environment, keyName);
  let baseUrl: BaseUrl;
  try {
    baseUrl = parseBaseUrl(variable(environment, baseUrlName) ?? "https://api.anthropic.com");
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : "The base URL cannot be read.";
    return { kind: "unusable", problem: `${baseUrlName}: ${problem}` };
  }
  if (key === undefined && !baseUrl.isLoopback) return { kind: "none" };
  if (key !== undefined && /[^\x21-\x7e]/.test(key)) {
    return { kind: "unusable", problem: `${keyName} holds characters that no key has.` };
  }
  return {
    kind: "server",
    server: { baseUrl, key: key ?? null, keySource: key === undefined ? null : keyName },
  };
}

/** A variable's value without the blanks and line ends that copying leaves; `undefined` where nothing is left. */
function variable(environment: EnvironmentPower, name: string): string | undefined {
  const value = environment.get(name)?.trim();
  return value === "" ? undefined : value;
}
