// Offers the embedded store: one LMDB file in the state folder, a namespace for each extension.
import { type Activate, Clock, Fatal, StateFolder, StorageService, Timers } from "@lathe/kernel";
import { openStore, type StoreConfig } from "./store.ts";

export const activate: Activate = async (host, scope) => {
  const store = await openStore({
    folder: host.power(StateFolder).path,
    // The host has checked it against the manifest's schema and filled in the defaults.
    config: host.config as unknown as StoreConfig,
    logger: host.logger,
    clock: host.power(Clock),
    timers: host.power(Timers),
    fatal: host.power(Fatal),
  });
  scope.own(() => store.close());
  host.offerEach(StorageService, (consumerId) => store.namespace(consumerId));
};
