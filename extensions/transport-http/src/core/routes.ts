// The routes that follow from the operations, in the order in which they must be tried.
import type { AnyOperation } from "@lathe/wire";

export interface Route {
  readonly operation: AnyOperation;
  /** The same for two paths that differ in the names of their parameters only. */
  readonly shape: string;
}

export interface RoutePlan {
  /** A fixed segment comes before a parameter in the same place, so that no name can shadow it. */
  readonly routes: readonly Route[];
  /** Operations that get no route, and why. */
  readonly refused: readonly RefusedOperation[];
}

export interface RefusedOperation {
  readonly operation: AnyOperation;
  readonly reason: string;
}

// Fixed segments and parameters only: anything else would mean more to the router than to who reads it.
const pathForm = /^(\/|(\/(:[A-Za-z_]\w*|[\w.~-]+))+)$/;

/** Of two operations with one method and path, the first in the list has it. */
export function planRoutes(operations: readonly AnyOperation[]): RoutePlan {
  const byPlace = new Map<string, AnyOperation>();
  const routes: Route[] = [];
  const refused: RefusedOperation[] = [];
  for (const operation of operations) {
    const shape = operation.rest.path.replaceAll(/:[^/]+/g, ":");
    const place = `${operation.rest.method} ${shape}`;
    const by = byPlace.get(place);
    if (!pathForm.test(operation.rest.path))
      refused.push({ operation, reason: "Its path may hold only fixed segments and :parameters." });
    else if (by !== undefined)
      refused.push({ operation, reason: `The operation ${by.name} has the same method and path.` });
    else {
      byPlace.set(place, operation);
      routes.push({ operation, shape });
    }
  }
  return { routes: routes.toSorted((a, b) => compareShapes(a.shape, b.shape)), refused };
}

/** The methods of each path, for the answer to a wrong one. A GET can be asked for its head alone. */
export function methodsByPath(routes: readonly Route[]): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, Set<string>>();
  const pathOfShape = new Map<string, string>();
  for (const { operation, shape } of routes) {
    const path = pathOfShape.get(shape) ?? operation.rest.path;
    pathOfShape.set(shape, path);
    const held = methods.get(path) ?? new Set<string>();
    methods.set(path, held.add(operation.rest.method));
    if (operation.rest.method === "GET") held.add("HEAD");
  }
  return new Map([...methods].map(([path, held]) => [path, [...held].toSorted()]));
}

/** The names of a path's parameters, in order. */
export function parametersOf(path: string): readonly string[] {
  return [...path.matchAll(/:([^/]+)/g)].map((match) => match[1] ?? "");
}

function compareShapes(one: string, other: string): number {
  const [left, right] = [one.split("/"), other.split("/")];
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const [a, b] = [left[at] ?? "", right[at] ?? ""];
    if (a === b) continue;
    if ((a === ":") !== (b === ":")) return a === ":" ? 1 : -1;
    return a < b ? -1 : 1;
  }
  return left.length - right.length;
}
