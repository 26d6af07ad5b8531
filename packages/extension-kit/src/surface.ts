// How an extension shows pages and files to browsers, at the daemon's own address.
import { type ContributionPoint, contributionPoint } from "@lathe/kernel";

/**
 * What may be seen by everybody who can reach the daemon: the files of a page, before anybody has signed in.
 *
 * Whoever serves HTTP asks the surfaces, in order of name, about each GET and HEAD of a path that no operation has and
 * that is not under `/api`. What a surface shows needs no token, so that nothing in it may tell of this daemon's user.
 */
export interface Surface {
  /** What is shown there; undefined = nothing of this surface. Asked twice for a request: it looks up, and makes nothing. */
  find(place: SurfacePlace): SurfaceAnswer | undefined;
}

export interface SurfacePlace {
  /** As it was sent: not decoded, not normalized, without the query. It begins with a slash. */
  readonly path: string;
  /** Whether the caller names `text/html` among what it takes, as a browser does that goes to a page. */
  readonly wantsPage: boolean;
}

export interface SurfaceAnswer {
  readonly status: 200 | 503;
  /** Names in lower case. What concerns the sending is added: lengths, encodings, `etag`, `vary`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The content, and the same compressed where that is worth it. A caller is sent one that it takes. */
  readonly bodies: SurfaceBodies;
  /** Another one for each content, in characters that an ETag may have; absent = it is sent whole each time. */
  readonly version?: string;
}

export interface SurfaceBodies {
  readonly identity: Uint8Array;
  readonly br?: Uint8Array;
  readonly gzip?: Uint8Array;
}

export const Surfaces: ContributionPoint<Surface> = contributionPoint<Surface>("surfaces");
