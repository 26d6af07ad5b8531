// Judges what was found, by data alone: whose manifest can be used, who is switched off, who comes twice.
import type { ExtensionState } from "@lathe/kernel";
import { type Powers, powerName } from "./composition.ts";
import { ExtensionHostError, ManifestError } from "./errors.ts";
import { failureText } from "./failure-text.ts";
import { type Manifest, parseManifest } from "./manifest.ts";

/** An extension as whoever looked for it found it. Nothing of it has run yet. */
export interface FoundExtension {
  /** Name of its folder, for the report where the manifest cannot say who it is. */
  readonly folder: string;
  readonly manifest: ManifestSource;
  /** Imports the module at `entry`, a path from the extension's folder; called once at most. */
  load(entry: string): Promise<unknown>;
}

/** The content of a manifest.json: its text, what the text parsed to, or why there is none. */
export type ManifestSource =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "json"; readonly json: unknown }
  | { readonly kind: "unreadable"; readonly cause: unknown };

/** One line of the report, kept up to date. */
export interface ReportLine {
  readonly found: FoundExtension;
  /** `null` where it could not be read. */
  readonly manifest: Manifest | null;
  state: ExtensionState;
}

/** Gives each found extension its line, in the same order. Of two with one id the earlier keeps it. */
export function surveyFound(
  found: readonly FoundExtension[],
  disabled: readonly string[],
  powers: Powers,
): ReportLine[] {
  const folders = new Map<string, string>();
  return found.map((one) => surveyOne(one, new Set(disabled), powers, folders));
}

function surveyOne(
  found: FoundExtension,
  disabled: ReadonlySet<string>,
  powers: Powers,
  folders: Map<string, string>,
): ReportLine {
  const read = readManifest(found);
  if (!("manifest" in read)) {
    const kind = disabled.has(found.folder) ? "disabled" : "refused";
    const reason = kind === "disabled" ? disabledSentence(found.folder) : read.problem;
    return { found, manifest: null, state: unreadState(found.folder, kind, reason) };
  }
  const { manifest } = read;
  if (disabled.has(manifest.id))
    return { found, manifest, state: stateOf(manifest, "disabled", disabledSentence(manifest.id)) };
  const problem = doubleSentence(manifest, found.folder, folders) ?? permissionSentence(manifest, powers);
  if (problem !== undefined) return { found, manifest, state: stateOf(manifest, "refused", problem) };
  folders.set(manifest.id, found.folder);
  return { found, manifest, state: stateOf(manifest, "missing", `${manifest.id} has not been started yet.`) };
}

/** The state of an extension whose manifest was read. */
export function stateOf(
  manifest: Manifest,
  kind: ExtensionState["kind"],
  reason: string | null,
  activationMs: number | null = null,
): ExtensionState {
  const { id, version, description, needs, offers, contributes, permissions } = manifest;
  return { id, version, description, kind, reason, needs, offers, contributes, permissions, activationMs };
}

function unreadState(id: string, kind: ExtensionState["kind"], reason: string): ExtensionState {
  const nothing = { needs: [], offers: [], contributes: {}, permissions: [] };
  return { id, version: null, description: null, kind, reason, ...nothing, activationMs: null };
}

function readManifest({ folder, manifest }: FoundExtension): { manifest: Manifest } | { problem: string } {
  try {
    if (manifest.kind === "unreadable")
      throw new ManifestError(folder, `it cannot be read (${failureText(manifest.cause)}).`);
    return { manifest: parseManifest(folder, manifest.kind === "text" ? manifest.text : manifest.json) };
  } catch (failure) {
    if (failure instanceof ExtensionHostError) return { problem: failure.message };
    return { problem: new ManifestError(folder, `${failureText(failure)}.`).message };
  }
}

function disabledSentence(id: string): string {
  return `${id} is disabled in the configuration.`;
}

function doubleSentence(
  { id }: Manifest,
  folder: string,
  folders: ReadonlyMap<string, string>,
): string | undefined {
  const other = folders.get(id);
  if (other === undefined) return undefined;
  return `${id} in the folder ${folder} has the same id as the extension in the folder ${other}. Rename or remove one.`;
}

function permissionSentence({ id, permissions }: Manifest, powers: Powers): string | undefined {
  const unknown = permissions.map(powerName).find((name) => !Object.hasOwn(powers, name));
  if (unknown === undefined) return undefined;
  const known = Object.keys(powers).sort().join(", ") || "none";
  return `${id} asks for the power ${unknown}, which this host does not hand out. It hands out: ${known}.`;
}
