// The secret in a page's cookie: which session, until when, and a proof that this daemon said so. Nothing is kept of a
// session that goes on, so that a daemon that starts again knows its pages; the proof is made with the local token, so
// that they are gone with it.
import { createHmac, timingSafeEqual } from "node:crypto";

export interface SessionClaim {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number;
}

/** Makes the secrets of the sessions of one principal, and reads them. */
export interface SessionSeal {
  /** `id.expiresAtMs.mac`. */
  seal(claim: SessionClaim): string;
  /** Undefined where this seal did not make it. Every wrong secret of one length takes the same time. */
  open(secret: string): SessionClaim | undefined;
}

export function createSessionSeal(token: string, principalId: string): SessionSeal {
  const key = createHmac("sha256", token).update("lathe page sessions, first kind").digest();
  const macOf = (claimText: string): Buffer =>
    createHmac("sha256", key)
      .update(JSON.stringify([principalId, claimText]))
      .digest();
  return {
    seal: ({ id, expiresAtMs }) => {
      const claimText = `${id}.${expiresAtMs}`;
      return `${claimText}.${macOf(claimText).toString("base64url")}`;
    },
    open: (secret) => {
      const claimText = secret.slice(0, Math.max(0, secret.lastIndexOf(".")));
      const mac = macOf(claimText).toString("base64url");
      const isOurs = haveSameText(`${claimText}.${mac}`, secret);
      return isOurs ? readClaim(claimText) : undefined;
    },
  };
}

// Digests under one key have one length, and say nothing of how far two texts agree.
function haveSameText(one: string, other: string): boolean {
  const [left, right] = [one, other].map((text) => createHmac("sha256", "compared").update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}

function readClaim(claimText: string): SessionClaim | undefined {
  const [, id, expiresAtMs] = /^(\w+)\.(\d{1,15})$/.exec(claimText) ?? [];
  return id === undefined || expiresAtMs === undefined ? undefined : { id, expiresAtMs: Number(expiresAtMs) };
}
