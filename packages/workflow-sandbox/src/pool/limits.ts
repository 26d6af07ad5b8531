import type { GuestLimits } from "../contract.ts";

/** Suits scripts that start agents and compute little. Agents may take hours, so there is no limit of time. */
export const defaultGuestLimits: GuestLimits = {
  cpuMs: 60_000,
  memoryBytes: 256 * 1024 * 1024,
  wallMs: 0,
  callCountMax: 1_000,
  waitingCallCountMax: 512,
  logLineCountMax: 2_000,
  logBytesMax: 256 * 1024,
  promptBytesMax: 200 * 1024,
  optionsBytesMax: 256 * 1024,
  resultBytesMax: 1024 * 1024,
  messageCountMax: 6_000,
  messageBytesMax: 64 * 1024 * 1024,
};

/** Bounds that nobody has a reason to change; the guest keeps them too. */
const fixedLimits = {
  logLineBytesMax: 4_096,
  phaseCountMax: 1_000,
  itemCountMax: 4_096,
  depthMax: 64,
  /** Objects and lists in one value: what a megabyte of empty ones would cost the daemon is a tenth of a second. */
  containerCountMax: 50_000,
  sharedBudgetCountMax: 33,
} as const;

const frameBytesMin = 2 * 1024 * 1024;

/** What a guest is told of its bounds, and is held to. */
export type ToldLimits = GuestLimits & typeof fixedLimits & { readonly frameBytesMax: number };

export function toToldLimits(limits: GuestLimits): ToldLimits {
  // A character may take six bytes as JSON; the names of the fields take a few.
  const callBytesMax = 6 * limits.promptBytesMax + 2 * limits.optionsBytesMax;
  const frameBytesMax = Math.max(frameBytesMin, callBytesMax, limits.resultBytesMax) + 64 * 1024;
  return { ...limits, ...fixedLimits, frameBytesMax };
}
