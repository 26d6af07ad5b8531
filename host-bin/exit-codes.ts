// How a command of `lathe` ends. Scripts rely on these numbers.

export const exitCodes = {
  /** Answered, or done. */
  ok: 0,
  /** It did not work; the reason is on standard error. */
  failed: 1,
  /** The command line was wrong. */
  usage: 2,
  /** A promise of Lathe was broken, and the process ended at once (EX_SOFTWARE). Start it again. */
  broken: 70,
  /** Ended by Ctrl-C: 128 + SIGINT. */
  interrupted: 130,
  /** Ended by a second SIGTERM: 128 + SIGTERM. */
  terminated: 143,
} as const;
