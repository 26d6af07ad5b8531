// Contributes the provider `anthropic` where there is a server that can be asked.
import { type Activate, Clock, Environment, Ids, Network, Providers, Timers } from "@lathe/extension-kit";
import { findServer } from "./core/server.ts";
import { createMessagesProvider, type MessagesConfig, providerId } from "./messages-provider.ts";

export const activate: Activate = (host) => {
  const desk = {
    network: host.power(Network),
    clock: host.power(Clock),
    timers: host.power(Timers),
    ids: host.power(Ids),
  };
  // The host has checked it against the manifest's schema and filled in the defaults.
  const config = host.config as unknown as MessagesConfig;
  const found = findServer(host.power(Environment));
  if (found.kind === "unusable") host.logger.log("error", `${providerId} is left out. ${found.problem}`);
  if (found.kind === "server") {
    host.contribute(Providers, providerId, createMessagesProvider(found.server, config, desk));
  }
};
