// Contributes the sink that writes log lines, and spans where they are wanted, to files of the state folder.
import { type Activate, Clock, LogSinks, StateFolder, Timers } from "@lathe/kernel";
import { Journal, type JournalSettings } from "./core/journal.ts";
import { type FileLimits, JournalFiles } from "./edge/journal-files.ts";

export const activate: Activate = (host, scope) => {
  // The host has checked it against the manifest's schema and filled in the defaults.
  const settings = host.config as unknown as JournalSettings & FileLimits;
  const timers = host.power(Timers);
  const files = new JournalFiles(host.power(StateFolder).path, settings);
  const journal = new Journal(settings, {
    clock: host.power(Clock),
    timers,
    logger: host.logger,
    append: (lines) => files.append(lines),
    close: () => files.close(),
  });
  scope.own(() => journal.close());
  host.contribute(LogSinks, "journal", journal);
};
