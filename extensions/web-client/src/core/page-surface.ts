// The page as a surface: its files by their names, and the page itself wherever it says that it is.
import type { Surface, SurfaceAnswer } from "@lathe/extension-kit";
import { contentTypeOf, pageHeaders } from "./page-headers.ts";
import { isPagePath } from "./page-path.ts";

export interface PageFile {
  /** Relative to the page's folder, with slashes: `index.html`, `assets/main-Bx3d.js`. */
  readonly name: string;
  readonly bodies: SurfaceAnswer["bodies"];
  /** Another one for each content. */
  readonly version: string;
}

/** `undefined` = the page was not built. */
export function createPageSurface(files: readonly PageFile[] | undefined): Surface {
  const page = files?.find(({ name }) => name === pageName);
  const pageAnswer = page === undefined ? notBuilt : answerOf(page);
  const answers = new Map<string, SurfaceAnswer>();
  for (const file of files ?? []) {
    if (file.name !== pageName) answers.set(`/${encodeURI(file.name)}`, answerOf(file));
  }
  return Object.freeze({
    find: ({ path, wantsPage }) => {
      const isPage = path === "/" || (wantsPage && isPagePath(path));
      return isPage ? pageAnswer : answers.get(path);
    },
  } satisfies Surface);
}

const pageName = "index.html";

// Vite puts a hash of the content into the names of these, and of no others.
const hashedFolder = "assets/";

function answerOf({ name, bodies, version }: PageFile): SurfaceAnswer {
  const isHashed = name.startsWith(hashedFolder);
  return {
    status: 200,
    headers: {
      ...pageHeaders,
      "content-type": contentTypeOf(name),
      "cache-control": isHashed ? "public, max-age=31536000, immutable" : "no-cache",
    },
    bodies,
    version,
  };
}

const notBuilt: SurfaceAnswer = {
  status: 503,
  headers: { ...pageHeaders, "content-type": contentTypeOf("not-built.txt"), "cache-control": "no-store" },
  bodies: {
    identity: new TextEncoder().encode(
      "The web client is not built.\n\nStop the daemon, run `npm run build:web` in the folder of Lathe, and start it again.\n",
    ),
  },
};
