// Serves what is contributed as operations over HTTP, to this machine alone.
import { HttpUpgradesService, Surfaces } from "@lathe/extension-kit";
import { type Activate, Timers } from "@lathe/kernel";
import { Authenticators, HttpAddressService, Operations, PageSessionsService } from "@lathe/wire";
import { authenticateWith, recognizeWith } from "./core/authentication.ts";
import { readSettings } from "./core/settings.ts";
import { describeApi } from "./describe-api.ts";
import { EventStreams } from "./edge/event-streams.ts";
import { openHttpServer } from "./edge/http-server.ts";
import { Router } from "./edge/router.ts";
import { Upgrades } from "./edge/upgrades.ts";

export const activate: Activate = async (host, scope) => {
  const settings = readSettings(host.config);
  const authenticate = authenticateWith(host.collect(Authenticators), host.logger);
  const recognize = recognizeWith(host.find(PageSessionsService), host.logger);
  const timers = host.power(Timers);
  const operations = host.collect(Operations);
  host.contribute(Operations, "api.describe", describeApi(operations));

  const streams = new EventStreams(settings, timers);
  scope.own(() => streams.close());
  const router = new Router(
    { operations, surfaces: host.collect(Surfaces) },
    {
      streams,
      timers,
      logger: host.logger,
      bodyBytesMax: settings.bodyBytesMax,
    },
  );
  operations.onChanged(() => router.refresh());
  const upgrades = new Upgrades(host.logger);
  const server = await openHttpServer({
    settings,
    authenticate,
    recognize,
    router,
    upgrades,
    streams,
    timers,
  });
  scope.own(() => server.close());
  host.offer(HttpAddressService, { url: server.url });
  host.offer(HttpUpgradesService, upgrades);
};
