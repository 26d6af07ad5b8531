// Serves the web client, and keeps browsers signed in.
import { Surfaces } from "@lathe/extension-kit";
import { type Activate, Clock, type Host, Ids, type Scope, StorageService, Timers } from "@lathe/kernel";
import { builtPageFolder } from "@lathe/web/built-page";
import { LocalAccessService, localPrincipal, Operations, PageSessionsService } from "@lathe/wire";
import { createPageSurface } from "./core/page-surface.ts";
import { sessionOperations } from "./core/session-operations.ts";
import { createSessionSeal } from "./core/session-secret.ts";
import { SignedInPages } from "./core/signed-in-pages.ts";
import { openEndedSessions } from "./edge/ended-sessions.ts";
import { readPage } from "./edge/read-page.ts";

export const activate: Activate = (host, scope) => activateWith(builtPageFolder, host, scope);

/** With the page that lies in this folder. */
export async function activateWith(pageFolder: URL, host: Host, scope: Scope): Promise<void> {
  const clock = host.power(Clock);
  const pages = new SignedInPages({
    seal: createSessionSeal(host.use(LocalAccessService).token, localPrincipal.id),
    ended: await openEndedSessions(host.use(StorageService), clock.nowMs()),
    clock,
    ids: host.power(Ids),
    timers: host.power(Timers),
  });
  scope.own(() => pages.close());
  for (const operation of sessionOperations(pages)) host.contribute(Operations, operation.name, operation);
  host.contribute(Surfaces, "web-client", createPageSurface(await readPage(pageFolder)));
  // Last: whoever waits for this finds the page and the operations too.
  host.offer(PageSessionsService, pages);
}
