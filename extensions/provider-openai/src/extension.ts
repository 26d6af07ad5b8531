// Contributes a provider for each server of the chat completions API that can be asked.
import { type Activate, Clock, Environment, Ids, Network, Providers, Timers } from "@lathe/extension-kit";
import { createChatProvider } from "./chat-provider.ts";
import { type ChatConfig, findServers } from "./core/servers.ts";

export const activate: Activate = (host) => {
  const desk = {
    network: host.power(Network),
    clock: host.power(Clock),
    timers: host.power(Timers),
    ids: host.power(Ids),
  };
  // The host has checked it against the manifest's schema and filled in the defaults.
  const config = host.config as unknown as ChatConfig;
  for (const found of findServers(config, host.power(Environment))) {
    if (found.kind === "unusable") host.logger.log("error", `${found.id} is left out. ${found.problem}`);
    else host.contribute(Providers, found.server.id, createChatProvider(found.server, desk));
  }
};
