// Everything that can be set, from where it is set: flags before environment before project before user.
import { isIP } from "node:net";
import { ConfigurationError, FlagError } from "./config/config-error.ts";
import { readConfigFile } from "./config/config-file.ts";
import { stateFolderOf, userConfigPath } from "./config/folders.ts";
import { findProjectFile, takeProjectPart } from "./config/project-file.ts";
import { type ConfigFile, defaultDrainGraceMs, defaultPort } from "./config/schema.ts";
import type { EnvironmentVariables } from "./powers/environment.ts";

/** What was said on the command line. */
export interface ConfigFlags {
  readonly state?: string;
  readonly port?: string;
  readonly host?: string;
}

export interface ConfigSources {
  readonly flags: ConfigFlags;
  readonly environment: EnvironmentVariables;
  readonly cwd: string;
}

export interface Config {
  /** Absolute path. */
  readonly stateFolder: string;
  /** 0 = one that is free. */
  readonly port: number;
  readonly drainGraceMs: number;
  /** The configuration of extensions, by their ids. */
  readonly extensions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Ids of extensions with `"enabled": false`. */
  readonly disabled: readonly string[];
  /** The files that were read, the user's first. */
  readonly files: readonly string[];
  /** One sentence for each setting that was not taken. */
  readonly warnings: readonly string[];
}

/** Reads and checks all of it. Throws ConfigurationError, which names the field and where it is set. */
export function loadConfig({ flags, environment, cwd }: ConfigSources): Config {
  const userPath = userConfigPath(environment);
  const user = readConfigFile(userPath);
  const projectPath = findProjectFile(cwd);
  const isOwn = projectPath === undefined || projectPath === userPath;
  const project = isOwn ? undefined : readConfigFile(projectPath);
  const part = project && takeProjectPart(projectPath ?? "", project, user ?? {});
  const merged = merge(user ?? {}, part?.config ?? {}, environment);
  const port = portOf(flags, environment) ?? merged.port ?? defaultPort;
  refuseOpenHost(flags.host);
  refuseMisplaced(userPath, user);
  return {
    stateFolder: stateFolderOf(flags.state, environment, cwd),
    port,
    drainGraceMs: merged.drainGraceMs ?? defaultDrainGraceMs,
    extensions: extensionsOf(merged, { port, host: flags.host, cwd }),
    disabled: disabledOf(merged),
    files: [...(user === undefined ? [] : [userPath]), ...(part === undefined ? [] : [projectPath ?? ""])],
    warnings: part?.warnings ?? [],
  };
}

function merge(user: ConfigFile, project: ConfigFile, environment: EnvironmentVariables): ConfigFile {
  const agents = { ...user.agents, ...project.agents };
  const model = environment.LATHE_MODEL;
  return { ...user, ...project, ...(model ? { model: modelOf(model) } : {}), agents };
}

function modelOf(text: string): string {
  if (/^[^/\s]+\/\S+$/.test(text)) return text;
  throw new ConfigurationError("LATHE_MODEL must be provider/model, for example scripted/demo.");
}

function portOf({ port: flag }: ConfigFlags, environment: EnvironmentVariables): number | undefined {
  if (flag !== undefined) return parsePort("--port", flag);
  const variable = environment.LATHE_PORT;
  return variable ? parsePort("LATHE_PORT", variable) : undefined;
}

function parsePort(name: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  const problem = `${name} must be a port from 0 to 65535; 0 takes a free one.`;
  throw name.startsWith("--") ? new FlagError(problem) : new ConfigurationError(problem);
}

function refuseOpenHost(host: string | undefined): void {
  if (host === undefined || host === "localhost" || host === "::1") return;
  if (isIP(host) === 4 && host.startsWith("127.")) return;
  throw new FlagError(
    `--host ${host} is not a loopback address. Lathe answers this machine only: use 127.0.0.1 or ::1, and reach it from elsewhere through ssh -L.`,
  );
}

// What the top of the file sets reaches extensions as their configuration; set in two places, one would win in silence.
const misplaced = [
  { id: "agents", field: "agents" },
  { id: "agents", field: "model" },
  { id: "transport-http", field: "port" },
];

function refuseMisplaced(path: string, user: ConfigFile | undefined): void {
  for (const { id, field } of misplaced) {
    if (user?.extensions?.[id]?.[field] !== undefined)
      throw new ConfigurationError(
        `${path} cannot be used: extensions.${id}.${field} belongs to the top of the file. Move it to ${field}.`,
      );
  }
}

interface FromOutside {
  readonly port: number;
  readonly host: string | undefined;
  readonly cwd: string;
}

function extensionsOf(merged: ConfigFile, { port, host, cwd }: FromOutside): Config["extensions"] {
  const extensions: Record<string, Record<string, unknown>> = {};
  for (const [id, { enabled: _, ...part }] of Object.entries(merged.extensions ?? {})) {
    extensions[id] = part;
  }
  const { model, agents = {} } = merged;
  // A part that says nothing stays absent: the host then takes the defaults without checking anything.
  add(extensions, "agents", {
    ...(model === undefined ? {} : { model }),
    ...(Object.keys(agents).length === 0 ? {} : { agents }),
  });
  add(extensions, "transport-http", {
    ...(port === defaultPort ? {} : { port }),
    ...(host === undefined ? {} : { host: host === "localhost" ? "127.0.0.1" : host }),
  });
  const conversations = "conversation-store";
  extensions[conversations] = { defaultCwd: cwd, ...extensions[conversations] };
  extensions.agents = { runCwd: cwd, ...extensions.agents };
  const workflows = "workflow-engine";
  extensions[workflows] = { runCwd: cwd, ...extensions[workflows] };
  return extensions;
}

function add(extensions: Record<string, Record<string, unknown>>, id: string, part: object): void {
  if (Object.keys(part).length > 0) extensions[id] = { ...extensions[id], ...part };
}

function disabledOf({ extensions = {} }: ConfigFile): readonly string[] {
  const disabled = Object.entries(extensions).filter(([, { enabled }]) => enabled === false);
  return disabled.map(([id]) => id);
}
