// A link to a place: an address for the browser, and no new page where it is followed here.
import type { AnchorHTMLAttributes, ComponentChildren, JSX, TargetedMouseEvent } from "preact";
import { go, goBeside } from "./navigation.ts";
import { type Place, urlOf } from "./places.ts";

export interface PlaceLinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href" | "role"> {
  readonly to: Place;
  /** Opens it beside what is there. */
  readonly beside?: boolean;
  readonly children: ComponentChildren;
}

export function PlaceLink({ to, beside = false, children, ...rest }: PlaceLinkProps): JSX.Element {
  const follow = (event: TargetedMouseEvent<HTMLAnchorElement>): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (beside) goBeside(to);
    else go(to);
  };
  return (
    <a {...rest} href={urlOf({ main: to, beside: [] })} onClick={follow}>
      {children}
    </a>
  );
}
