// Serves what is contributed as operations over HTTP, to this machine alone.
import { type Activate, Timers } from "@lathe/kernel";
import { HttpAddressService, LocalAccessService, Operations } from "@lathe/wire";
import { readSettings } from "./core/settings.ts";
import { describeApi } from "./describe-api.ts";
import { EventStreams } from "./edge/event-streams.ts";
import { openHttpServer } from "./edge/http-server.ts";
import { Router } from "./edge/router.ts";

export const activate: Activate = async (host, scope) => {
  const settings = readSettings(host.config);
  const { token } = host.use(LocalAccessService);
  const timers = host.power(Timers);
  const operations = host.collect(Operations);
  host.contribute(Operations, "api.describe", describeApi(operations));

  const streams = new EventStreams(settings, timers);
  scope.own(() => streams.close());
  const router = new Router(operations, {
    streams,
    timers,
    logger: host.logger,
    bodyBytesMax: settings.bodyBytesMax,
  });
  operations.onChanged(() => router.refresh());
  const server = await openHttpServer({ settings, token, router, streams, timers });
  scope.own(() => server.close());
  host.offer(HttpAddressService, { url: server.url });
};
