// Serves what is contributed as operations over WebSocket, on the HTTP server's own port and behind its front door.
import { HttpUpgradesService } from "@lathe/extension-kit";
import { type Activate, Clock, Timers } from "@lathe/kernel";
import { Operations, socketPath } from "@lathe/wire";
import { readSettings } from "./core/settings.ts";
import { SocketServer } from "./edge/socket-server.ts";

export const activate: Activate = (host, scope) => {
  const server = new SocketServer({
    settings: readSettings(host.config),
    operations: host.collect(Operations),
    clock: host.power(Clock),
    timers: host.power(Timers),
    logger: host.logger,
  });
  scope.own(() => server.close());
  scope.own(host.use(HttpUpgradesService).serve(socketPath, (upgrade) => server.accept(upgrade)));
};
