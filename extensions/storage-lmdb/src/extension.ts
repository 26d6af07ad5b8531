// Offers the embedded store, one LMDB file in the state folder with a namespace for each extension, and its care.
import { type Activate, Clock, Fatal, Prunables, StateFolder, StorageService, Timers } from "@lathe/kernel";
import { Operations } from "@lathe/wire";
import { refuseAfterCrashes } from "./edge/refuse-after-crashes.ts";
import { clearTally } from "./edge/start-tally.ts";
import { type CheckDesk, startIntegrityChecks } from "./integrity-checks.ts";
import { stateOperations } from "./state-operations.ts";
import { openStore, type StoreConfig } from "./store.ts";
import { StoreCare } from "./store-care.ts";

// A start that lives so long was not ended by what it read first.
const longStartMs = 5_000;

export const activate: Activate = async (host, scope) => {
  const powers = {
    folder: host.power(StateFolder).path,
    // The host has checked it against the manifest's schema and filled in the defaults.
    config: host.config as unknown as StoreConfig & CheckDesk["config"],
    logger: host.logger,
    clock: host.power(Clock),
    timers: host.power(Timers),
    fatal: host.power(Fatal),
  };
  await refuseAfterCrashes(powers.folder);
  const store = await openStore(powers);
  scope.own(async () => {
    await store.close();
    await clearTally(powers.folder);
  });
  scope.own(powers.timers.after(longStartMs, () => void clearTally(powers.folder)));

  const care = new StoreCare({ ...powers, store, prunables: host.collect(Prunables) });
  scope.own(() => care.close());
  scope.own(startIntegrityChecks({ ...powers, care }));

  for (const operation of stateOperations(care)) host.contribute(Operations, operation.name, operation);
  host.offerEach(StorageService, (consumerId) => store.namespace(consumerId));
};
