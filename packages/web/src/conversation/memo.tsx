// Components that are rendered again only when something that they were given is another one.
import { Component, type ComponentType, type FunctionComponent, type VNode } from "preact";

/** Views keep the identity of what has not changed, so that a delta renders the one part that it belongs to. */
export function memo<Props extends object>(Inner: FunctionComponent<Props>): ComponentType<Props> {
  return class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      return !isSame(this.props, next);
    }

    override render(): VNode {
      return <Inner {...(this.props as Props)} />;
    }
  };
}

function isSame(one: object, other: object): boolean {
  const [before, after] = [Object.entries(one), new Map(Object.entries(other))];
  return before.length === after.size && before.every(([name, value]) => Object.is(value, after.get(name)));
}
