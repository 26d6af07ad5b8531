// What has an address. A pane shows a place; the address bar names one, and those that stand beside it.
//
// Invariants
//   P1  placeOf(pathOf(place)) equals the place: whatever can be seen can be linked to. Nothing is called `.` or `..`.
//   P2  Any path is a place; one that nobody knows is `unknown`.

export type Place =
  | { readonly kind: "home" }
  /** `turnId`: the turn that is to be in sight. */
  | { readonly kind: "conversation"; readonly id: string; readonly turnId?: string }
  | { readonly kind: "timeline"; readonly conversationId: string }
  /** Two conversations by their ids, in the order in which they are shown. */
  | { readonly kind: "compare"; readonly one: string; readonly other: string }
  /** `spanId`: the span that is opened. */
  | { readonly kind: "trace"; readonly turnId: string; readonly spanId?: string }
  | { readonly kind: "runs" }
  | { readonly kind: "run"; readonly id: string }
  | { readonly kind: "workflows" }
  | { readonly kind: "extensions" }
  | { readonly kind: "workflow"; readonly name: string }
  | { readonly kind: "unknown"; readonly path: string };

export function pathOf(place: Place): string {
  switch (place.kind) {
    case "home":
      return "/";
    case "conversation":
      return join("c", place.id, place.turnId);
    case "timeline":
      return join("timeline", place.conversationId);
    case "compare":
      return join("compare", place.one, place.other);
    case "trace":
      return join("trace", place.turnId, place.spanId);
    case "runs":
      return "/runs";
    case "run":
      return join("runs", place.id);
    case "workflows":
      return "/workflows";
    case "extensions":
      return "/extensions";
    case "workflow":
      return join("workflows", place.name);
    case "unknown":
      return place.path;
  }
}

export function placeOf(path: string): Place {
  const [room, first, second, ...rest] = path.split("/").slice(1).map(decoded);
  const unknown: Place = { kind: "unknown", path };
  if (rest.length > 0) return unknown;
  if (room === "" && first === undefined) return { kind: "home" };
  if (room === "runs" && first === undefined) return { kind: "runs" };
  if (room === "workflows" && first === undefined) return { kind: "workflows" };
  if (room === "extensions" && first === undefined) return { kind: "extensions" };
  if (first === undefined || first === "" || second === "") return unknown;
  if (room === "c")
    return { kind: "conversation", id: first, ...(second === undefined ? {} : { turnId: second }) };
  if (room === "trace")
    return { kind: "trace", turnId: first, ...(second === undefined ? {} : { spanId: second }) };
  if (room === "compare")
    return second === undefined ? unknown : { kind: "compare", one: first, other: second };
  if (second !== undefined) return unknown;
  if (room === "timeline") return { kind: "timeline", conversationId: first };
  if (room === "runs") return { kind: "run", id: first };
  if (room === "workflows") return { kind: "workflow", name: first };
  return unknown;
}

/** What one tab shows: a place, and others beside it, from left to right. */
export interface View {
  readonly main: Place;
  readonly beside: readonly Place[];
}

/** More would leave none of them wide enough to read. */
export const besideCountMax = 2;

export function urlOf(view: View): string {
  const query = new URLSearchParams(view.beside.map((place) => ["beside", pathOf(place)]));
  return view.beside.length === 0 ? pathOf(view.main) : `${pathOf(view.main)}?${query}`;
}

export function viewOf(url: { readonly pathname: string; readonly search: string }): View {
  const paths = new URLSearchParams(url.search).getAll("beside").slice(0, besideCountMax);
  const beside = paths.map(placeOf).filter(({ kind }) => kind !== "unknown");
  return { main: placeOf(url.pathname), beside: beside.filter(isFirstOfKind) };
}

/** A pane beside is known by the kind of what it shows. */
function isFirstOfKind({ kind }: Place, at: number, places: readonly Place[]): boolean {
  return places.findIndex((place) => place.kind === kind) === at;
}

/** Whether the two are the same thing, wherever in it one looks. */
export function isSameThing(one: Place, other: Place): boolean {
  return thingOf(one) === thingOf(other);
}

/** The path of a thing as a whole, the same wherever in it one looks. */
export function thingOf(place: Place): string {
  if (place.kind === "conversation") return pathOf({ kind: "conversation", id: place.id });
  if (place.kind === "trace") return pathOf({ kind: "trace", turnId: place.turnId });
  return pathOf(place);
}

function join(...segments: readonly (string | undefined)[]): string {
  return `/${segments
    .filter((segment) => segment !== undefined)
    .map(encodeURIComponent)
    .join("/")}`;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
