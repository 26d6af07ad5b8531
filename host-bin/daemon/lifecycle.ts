/** Where the daemon is in its life; what `readyz` tells. */
export class Lifecycle {
  #phase: "starting" | "ready" | "draining" = "starting";

  get phase(): "starting" | "ready" | "draining" {
    return this.#phase;
  }

  /** Everything was started. Does nothing once draining has begun. */
  markReady(): void {
    if (this.#phase === "starting") this.#phase = "ready";
  }

  markDraining(): void {
    this.#phase = "draining";
  }
}
