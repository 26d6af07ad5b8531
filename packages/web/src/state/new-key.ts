// Names for what is asked of the daemon, by which it knows what it was asked before.

/** Random. `randomUUID` is there in secure contexts only, and a daemon in the same network has none. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
