// Contributes the provider that needs no network: the demo model, and scripts for tests.
import { type Activate, Providers, Timers } from "@lathe/kernel";
import { type ScriptedConfig, ScriptedProvider } from "./core/scripted-provider.ts";

export const activate: Activate = (host) => {
  // The host has checked it against the manifest's schema and filled in the defaults.
  const config = host.config as unknown as ScriptedConfig;
  host.contribute(Providers, "scripted", new ScriptedProvider(config, host.power(Timers)));
};
