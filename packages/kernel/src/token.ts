// Names with a type: a service token names what one extension offers and others use, a contribution point names a
// list that many extensions add to, a power names what the host hands out against a declared permission.

declare const typed: unique symbol;

/** Names a service that exactly one extension offers. */
export interface Token<T> {
  readonly kind: "service";
  readonly name: string;
  readonly [typed]?: T;
}

/** Names a list that extensions contribute to, each item under a name of its own. */
export interface ContributionPoint<T> {
  readonly kind: "point";
  readonly name: string;
  readonly [typed]?: T;
}

/** Names something that only the host can give, such as the clock. The manifest's `permissions` must ask for it. */
export interface Power<T> {
  readonly kind: "power";
  readonly name: string;
  readonly [typed]?: T;
}

export function token<T>(name: string): Token<T> {
  return { kind: "service", name };
}

export function contributionPoint<T>(name: string): ContributionPoint<T> {
  return { kind: "point", name };
}

export function power<T>(name: string): Power<T> {
  return { kind: "power", name };
}
