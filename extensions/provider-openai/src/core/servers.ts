// Which servers are there: those that everybody knows, where the environment has their key, and those of the
// configuration.
import { type BaseUrl, type EnvironmentPower, parseBaseUrl } from "@lathe/extension-kit";
import { type Dialect, type DialectName, dialectOfHost, dialects } from "./dialect.ts";

/** The extension's part of the configuration, as its manifest checks it. */
export interface ChatConfig {
  readonly servers: readonly ConfiguredServer[];
}

export interface ConfiguredServer {
  readonly id: string;
  readonly baseUrl: string;
  readonly apiKeyEnv?: string;
  readonly dialect?: DialectName;
}

export interface ChatServer {
  /** The provider's id. */
  readonly id: string;
  readonly baseUrl: BaseUrl;
  readonly dialect: Dialect;
  readonly key: string | null;
  /** The variable that the key was read from. */
  readonly keySource: string | null;
}

export type FoundServer =
  | { readonly kind: "server"; readonly server: ChatServer }
  | { readonly kind: "unusable"; readonly id: string; readonly problem: string };

interface KnownServer extends ConfiguredServer {
  readonly apiKeyEnv: string;
  readonly baseUrlEnv: string;
  /** A base URL of one's own is enough: many servers that speak this API want no key. */
  readonly keyOptionalElsewhere: boolean;
}

const knownServers: readonly KnownServer[] = [
  {
    id: "openai",
    baseUrl: "https://api.openai.com/v1",
    apiKeyEnv: "OPENAI_API_KEY",
    baseUrlEnv: "OPENAI_BASE_URL",
    keyOptionalElsewhere: true,
  },
  {
    id: "deepseek",
    baseUrl: "https://api.deepseek.com",
    apiKeyEnv: "DEEPSEEK_API_KEY",
    baseUrlEnv: "DEEPSEEK_BASE_URL",
    keyOptionalElsewhere: false,
  },
];

/** Servers without the key that they need are left out; one of the configuration takes the place of a known one. */
export function findServers(config: ChatConfig, environment: EnvironmentPower): readonly FoundServer[] {
  const configured = config.servers.map((server) =>
    openServer(server, environment, server.apiKeyEnv === undefined),
  );
  const taken = new Set(config.servers.map(({ id }) => id));
  const known = knownServers
    .filter(({ id }) => !taken.has(id))
    .map((server) => openKnown(server, environment));
  return [...known, ...configured].filter((found) => found !== undefined);
}

function openKnown(server: KnownServer, environment: EnvironmentPower): FoundServer | undefined {
  const elsewhere = variable(environment, server.baseUrlEnv);
  if (elsewhere === undefined) return openServer(server, environment, false);
  const found = openServer({ ...server, baseUrl: elsewhere }, environment, server.keyOptionalElsewhere);
  return found?.kind === "unusable" ? { ...found, problem: `${server.baseUrlEnv}: ${found.problem}` } : found;
}

function openServer(
  { id, baseUrl: text, apiKeyEnv, dialect }: ConfiguredServer,
  environment: EnvironmentPower,
  keyIsOptional: boolean,
): FoundServer | undefined {
  const key = apiKeyEnv === undefined ? undefined : variable(environment, apiKeyEnv);
  let baseUrl: BaseUrl;
  try {
    baseUrl = parseBaseUrl(text);
  } catch (cause) {
    return {
      kind: "unusable",
      id,
      problem: cause instanceof Error ? cause.message : "The base URL cannot be read.",
    };
  }
  if (key === undefined && !keyIsOptional && !baseUrl.isLoopback) return undefined;
  if (key !== undefined && /[^\x21-\x7e]/.test(key)) {
    return { kind: "unusable", id, problem: `${apiKeyEnv} holds characters that no key has.` };
  }
  const name = dialect ?? (id === "deepseek" ? "deepseek" : dialectOfHost(text));
  const keySource = key === undefined ? null : (apiKeyEnv ?? null);
  return { kind: "server", server: { id, baseUrl, dialect: dialects[name], key: key ?? null, keySource } };
}

/** A variable's value without the blanks and line ends that copying leaves; `undefined` where nothing is left. */
function variable(environment: EnvironmentPower, name: string): string | undefined {
  const value = environment.get(name)?.trim();
  return value === "" ? undefined : value;
}
