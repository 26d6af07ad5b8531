// Decides, before any code runs, which extensions can start and in which order.
//
// Invariants
//   O1  An extension comes after everyone whose service it needs, and where that makes no circle also after everyone
//       whose service it wants.
//   O2  Each extension is in exactly one of: the order, the refused, the missing.
//   O3  The answer depends on the manifests and their precedence alone. Among those that may start, whoever takes what
//       is logged comes first, so that it is closed last and hears the others close; then ids decide.
import { LogSinks } from "@lathe/kernel";
import type { Manifest } from "./manifest.ts";

/** What the order is made from. */
export interface Candidates {
  /** Enabled extensions with different ids. Where two offer the same service, the earlier one in this list has it. */
  readonly manifests: readonly Manifest[];
  /** Found, but switched off by configuration. */
  readonly disabled: readonly Manifest[];
  /** Services that are there before any extension. */
  readonly hostServices: readonly string[];
}

export interface Plan {
  /** In the order in which they are to be activated. */
  readonly order: readonly Manifest[];
  /** Why an extension cannot have a place, by id: it offers what another offers, or needs itself in the end. */
  readonly refused: ReadonlyMap<string, string>;
  /** Why an extension lacks something that it needs, by id. */
  readonly missing: ReadonlyMap<string, string>;
  /** Who offers a service, by the service's name. */
  readonly offeredBy: ReadonlyMap<string, string>;
}

/** How the extension that should offer something is doing. */
export interface Offerer {
  readonly id: string;
  readonly kind: "missing" | "failed" | "refused" | "disabled";
  readonly reason: string | null;
}

export function planOrder(candidates: Candidates): Plan {
  const refused = new Map<string, string>();
  const offeredBy = claimOffers(candidates, refused);
  const byId = new Map(candidates.manifests.map((manifest) => [manifest.id, manifest]));
  const needed = (id: string): string[] => offerersOf(byId.get(id)?.needs ?? [], offeredBy, byId);
  for (const [id, sentence] of circles(byId, needed, offeredBy)) refused.set(id, refused.get(id) ?? sentence);

  const standing = [...byId.values()].filter(({ id }) => !refused.has(id)).sort(sinksFirstThenByName);
  const before = orderedBefore(standing, offeredBy);
  const order: Manifest[] = [];
  const missing = new Map<string, string>();
  for (const manifest of sortByWhatComesBefore(standing, before)) {
    const lack = firstLack(manifest, candidates, offeredBy, refused, missing);
    if (lack === undefined) order.push(manifest);
    else missing.set(manifest.id, lack);
  }
  return { order, refused, missing, offeredBy };
}

const troubles = { missing: "lacks something itself", failed: "failed", refused: "was refused" } as const;

/** One sentence that names who lacks a service and who should have offered it. */
export function lackSentence(id: string, service: string, offerer: Offerer | undefined): string {
  if (offerer === undefined)
    return `${id} needs ${service}, which no installed extension offers. Install one that offers it.`;
  if (offerer.kind === "disabled")
    return `${id} needs ${service}, which ${offerer.id} offers but is disabled. Enable ${offerer.id} in the configuration.`;
  return `${id} needs ${service}, which ${offerer.id} offers but ${troubles[offerer.kind]}: ${offerer.reason}`;
}

function claimOffers(candidates: Candidates, refused: Map<string, string>): Map<string, string> {
  const offeredBy = new Map<string, string>();
  for (const manifest of candidates.manifests) {
    const clash = manifest.offers.find(
      (name) => candidates.hostServices.includes(name) || offeredBy.has(name),
    );
    if (clash === undefined) for (const name of manifest.offers) offeredBy.set(name, manifest.id);
    else refused.set(manifest.id, clashSentence(manifest.id, clash, offeredBy.get(clash)));
  }
  return offeredBy;
}

function clashSentence(id: string, service: string, holder: string | undefined): string {
  return holder === undefined
    ? `${id} offers ${service}, which the host itself offers. Disable ${id} in the configuration.`
    : `${id} offers ${service}, which ${holder} offers already. Disable one of the two in the configuration.`;
}

function offerersOf(
  services: readonly string[],
  offeredBy: ReadonlyMap<string, string>,
  among: ReadonlyMap<string, Manifest>,
): string[] {
  const ids = services.map((service) => offeredBy.get(service));
  return ids.filter((id): id is string => id !== undefined && among.has(id)).sort();
}

function circles(
  byId: ReadonlyMap<string, Manifest>,
  needed: (id: string) => readonly string[],
  offeredBy: ReadonlyMap<string, string>,
): Map<string, string> {
  const found = new Map<string, string>();
  for (const id of byId.keys()) {
    const circle = shortestWay(id, id, needed);
    if (circle !== undefined) found.set(id, circleSentence(circle, byId, offeredBy));
  }
  return found;
}

/** The ids on the shortest way of at least one step from one to the other, without the last. */
function shortestWay(
  from: string,
  to: string,
  next: (id: string) => readonly string[],
): readonly string[] | undefined {
  const ways: (readonly string[])[] = [[from]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const id of next(way.at(-1) ?? from)) {
      if (id === to) return way;
      if (seen.has(id)) continue;
      seen.add(id);
      ways.push([...way, id]);
    }
  }
  return undefined;
}

function circleSentence(
  circle: readonly string[],
  byId: ReadonlyMap<string, Manifest>,
  offeredBy: ReadonlyMap<string, string>,
): string {
  const links = circle.map((id, index) => {
    const next = circle[(index + 1) % circle.length];
    const service = byId.get(id)?.needs.find((name) => offeredBy.get(name) === next);
    return `${id} needs ${service}, which ${next} offers`;
  });
  return `${links.join("; ")}: a circle, in which nobody can start first. Disable one of them, or turn a need into a want.`;
}

/** For each extension, who must be activated before it. */
function orderedBefore(
  standing: readonly Manifest[],
  offeredBy: ReadonlyMap<string, string>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const byId = new Map(standing.map((manifest) => [manifest.id, manifest]));
  const before = new Map<string, Set<string>>();
  for (const { id, needs } of standing) before.set(id, new Set(offerersOf(needs, offeredBy, byId)));
  const earlier = (id: string): readonly string[] => [...(before.get(id) ?? [])];
  for (const { id, wants } of standing) {
    for (const wanted of offerersOf(wants, offeredBy, byId)) {
      if (wanted !== id && shortestWay(wanted, id, earlier) === undefined) before.get(id)?.add(wanted);
    }
  }
  return before;
}

function sortByWhatComesBefore(
  standing: readonly Manifest[],
  before: ReadonlyMap<string, ReadonlySet<string>>,
): Manifest[] {
  const sorted: Manifest[] = [];
  const placed = new Set<string>();
  const waiting = [...standing];
  while (waiting.length > 0) {
    const index = waiting.findIndex(({ id }) => before.get(id)?.isSubsetOf(placed));
    const [manifest] = waiting.splice(index, 1);
    if (index < 0 || manifest === undefined) throw new Error("The order has a circle that was not refused.");
    placed.add(manifest.id);
    sorted.push(manifest);
  }
  return sorted;
}

function firstLack(
  manifest: Manifest,
  candidates: Candidates,
  offeredBy: ReadonlyMap<string, string>,
  refused: ReadonlyMap<string, string>,
  missing: ReadonlyMap<string, string>,
): string | undefined {
  for (const service of manifest.needs) {
    if (candidates.hostServices.includes(service)) continue;
    const id = offeredBy.get(service);
    if (id !== undefined && !refused.has(id) && !missing.has(id)) continue;
    return lackSentence(manifest.id, service, offererOf(service, id, candidates, refused, missing));
  }
  return undefined;
}

function offererOf(
  service: string,
  id: string | undefined,
  candidates: Candidates,
  refused: ReadonlyMap<string, string>,
  missing: ReadonlyMap<string, string>,
): Offerer | undefined {
  if (id !== undefined) {
    const refusal = refused.get(id);
    if (refusal !== undefined) return { id, kind: "refused", reason: refusal };
    return { id, kind: "missing", reason: missing.get(id) ?? null };
  }
  const offers = ({ offers }: Manifest): boolean => offers.includes(service);
  const disabled = candidates.disabled.find(offers);
  if (disabled !== undefined) return { id: disabled.id, kind: "disabled", reason: null };
  const other = candidates.manifests.find(offers);
  return other && { id: other.id, kind: "refused", reason: refused.get(other.id) ?? null };
}

function sinksFirstThenByName(left: Manifest, right: Manifest): number {
  if (takesLogs(left) !== takesLogs(right)) return takesLogs(left) ? -1 : 1;
  return left.id < right.id ? -1 : 1;
}

function takesLogs({ contributes }: Manifest): boolean {
  return Object.hasOwn(contributes, LogSinks.name);
}
