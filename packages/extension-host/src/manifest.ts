// What an extension says of itself, read without running it.
import type { JsonObject } from "@lathe/kernel";
import satisfies from "semver/functions/satisfies.js";
import validVersion from "semver/functions/valid.js";
import validRange from "semver/ranges/valid.js";
import * as v from "valibot";
import { KernelVersionError, ManifestError } from "./errors.ts";
import { failureText } from "./failure-text.ts";
import { findPrototypeKey, isJsonObject } from "./plain-json.ts";

/** Version of the kernel's contracts (semver); a manifest's `kernel` range must admit it. */
export const kernelApiVersion = "0.1.0";

/** The name under which the host itself offers, uses and logs. No extension may have it. */
export const hostId = "host";

/** A manifest after it was checked. Lists that the file leaves out are empty. */
export interface Manifest {
  /** Lower-case words joined by dashes. */
  readonly id: string;
  readonly version: string;
  /** Semver range of the kernel's contracts that the extension was made for. */
  readonly kernel: string;
  readonly description: string;
  /** Path of the module that exports `activate`, from the extension's folder. */
  readonly entry: string;
  /** Services without which it cannot run. */
  readonly needs: readonly string[];
  /** Services that it uses where they are there. */
  readonly wants: readonly string[];
  readonly offers: readonly string[];
  /** Names that it may contribute, by contribution point; a trailing `*` stands for any ending. */
  readonly contributes: Readonly<Record<string, readonly string[]>>;
  readonly collects: readonly string[];
  /** Names of powers, some with a pattern behind a colon: `environment:NAME*`. */
  readonly permissions: readonly string[];
  /** JSON Schema of the extension's part of the configuration; `null` = it takes none. */
  readonly config: JsonObject | null;
}

// Whoever held the sinks could write records in any name, and the host could no longer say who wrote one.
const pointsOfTheHost: ReadonlySet<string> = new Set(["log-sinks"]);

const textMax = 262_144;

const Name = v.pipe(
  v.string("must be text"),
  v.regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "must be lower-case words joined by dashes"),
  v.maxLength(64, "must have at most 64 characters"),
);
const ItemName = v.pipe(
  v.string("must be text"),
  v.regex(
    /^(\*|[^*\p{Cc}\s]+\*?)$/u,
    "must be a name without spaces, where only the last character may be *",
  ),
  v.maxLength(128, "must have at most 128 characters"),
);
const Permission = v.pipe(
  v.string("must be text"),
  v.regex(/^[a-z][a-z0-9-]*(:[^\p{Cc}]+)?$/u, "must be the name of a power, or name:pattern"),
);
const Point = v.pipe(
  Name,
  v.check((name) => !pointsOfTheHost.has(name), "is collected by the host alone"),
);

const ManifestSchema = v.strictObject({
  id: v.pipe(
    Name,
    v.check((id) => id !== hostId, "is the name of the host itself; choose another"),
  ),
  version: v.pipe(v.string("must be text"), v.check(isVersion, "must be a version such as 1.0.0")),
  kernel: v.pipe(v.string("must be text"), v.check(isRange, "must be a version range such as ^0.1.0")),
  description: v.pipe(v.string("must be text"), v.trim(), v.minLength(1, "must not be empty")),
  entry: v.pipe(
    v.string("must be text"),
    v.check(isInside, "must be a path inside the extension's folder that begins with ./"),
  ),
  needs: listOf(Name),
  wants: listOf(Name),
  offers: listOf(Name),
  contributes: v.optional(v.record(Name, listOf(ItemName), "must be an object of lists"), {}),
  collects: listOf(Point),
  permissions: listOf(Permission),
  config: v.optional(
    v.custom<JsonObject>((value) => isJsonObject(value), "must be a JSON Schema of an object"),
  ),
});

/**
 * Checks a manifest. `source` is its text or what the text parsed to; `folder` names it while its id is not known.
 * Throws ManifestError, which names the field, and KernelVersionError.
 */
export function parseManifest(folder: string, source: unknown): Manifest {
  const json = typeof source === "string" ? parseText(folder, source) : source;
  const prototypeKey = findPrototypeKey(json);
  if (prototypeKey !== undefined)
    throw new ManifestError(folder, `${prototypeKey} is not a name that a field may have. Rename it.`);
  refuseOtherKernel(folder, json);
  const checked = v.safeParse(ManifestSchema, json, { abortPipeEarly: true });
  if (!checked.success) throw new ManifestError(folder, checked.issues.map(issueText).join("; "));
  const { config = null, ...rest } = checked.output;
  const manifest: Manifest = { ...rest, config };
  refuseContradictions(manifest);
  return manifest;
}

function parseText(folder: string, text: string): unknown {
  if (text.length > textMax) throw new ManifestError(folder, `it is longer than ${textMax} characters.`);
  try {
    return JSON.parse(text.startsWith("\uFEFF") ? text.slice(1) : text);
  } catch (cause) {
    throw new ManifestError(folder, `manifest.json is not JSON (${failureText(cause)}).`, { cause });
  }
}

// Before the rest: a manifest for another kernel may have other fields, and what is wrong with it is its range.
function refuseOtherKernel(folder: string, json: unknown): void {
  if (!isJsonObject(json) || typeof json.kernel !== "string" || !isRange(json.kernel)) return;
  if (!satisfies(kernelApiVersion, json.kernel))
    throw new KernelVersionError(folder, json.kernel, kernelApiVersion);
}

function refuseContradictions(manifest: Manifest): void {
  const both = manifest.needs.find((name) => manifest.wants.includes(name));
  if (both !== undefined)
    throw new ManifestError(manifest.id, `${both} is under needs and under wants. Keep one of them.`);
}

function listOf<T extends v.GenericSchema<string, string>>(item: T) {
  return v.optional(
    v.pipe(
      v.array(item, "must be a list"),
      v.check((names) => new Set(names).size === names.length, "names something twice"),
    ),
    [],
  );
}

function issueText(issue: v.BaseIssue<unknown>): string {
  const field = v.getDotPath(issue) ?? "the manifest";
  if (issue.type === "strict_object")
    return issue.expected === "never"
      ? `${field} is not a field of a manifest`
      : issue.received === "undefined"
        ? `${field} is missing`
        : `${field} must be an object`;
  return `${field} ${issue.message}`;
}

function isVersion(text: string): boolean {
  return validVersion(text) !== null;
}

function isRange(text: string): boolean {
  return text.trim() !== "" && validRange(text) !== null;
}

function isInside(path: string): boolean {
  return /^\.\/[^\\\p{Cc}]+$/u.test(path) && !path.split("/").includes("..");
}
