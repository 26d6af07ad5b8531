// Secrets that a URL carries in front of its host, and addresses that are secrets themselves.
import { alphanumeric, code, isOf, runEnd, userinfo, word } from "../characters.ts";
import type { Finding } from "../scanner.ts";

export const urlTriggers = "/";

const authorityMax = 512;
/** A user without a password is a name, unless it is as long as a token. */
const tokenMin = 20;
const webhookMin = 16;
const webhooks = [
  "hooks.slack.com/services/",
  "hooks.slack.com/workflows/",
  "discord.com/api/webhooks/",
  "discordapp.com/api/webhooks/",
] as const;

/** Whether the slash can be the second of `://`. */
export function mayBeUrl(piece: string, at: number, last: number, lastButOne: number): boolean {
  const first = at > 0 ? piece.charCodeAt(at - 1) : last;
  if (first !== code.slash) return false;
  const colon = at > 1 ? piece.charCodeAt(at - 2) : at === 1 ? last : lastButOne;
  return colon === code.colon;
}

/** The secret in the URL whose `//` ends at `at`. */
export function findInUrl(text: string, at: number, floor: number, isWhole: boolean): Finding | undefined {
  if (at - floor < 3 || text.charCodeAt(at - 1) !== code.slash) return undefined;
  if (text.charCodeAt(at - 2) !== code.colon || !isOf(alphanumeric, text.charCodeAt(at - 3)))
    return undefined;
  const begin = at + 1;
  const webhook = findWebhook(text, begin, isWhole);
  if (webhook === "cut") return { kind: undefined, at };
  return webhook ?? findUserinfo(text, at, isWhole);
}

function findWebhook(text: string, begin: number, isWhole: boolean): Finding | undefined | "cut" {
  for (const webhook of webhooks) {
    if (!text.startsWith(webhook, begin)) {
      if (!isWhole && webhook.startsWith(text.slice(begin, begin + webhook.length))) return "cut";
      continue;
    }
    const from = begin + webhook.length;
    // The first parts name a team and a channel, and are joined by slashes.
    const end = pathEnd(text, from, from + webhookMin);
    if (end - from === webhookMin) return { kind: "webhook", at: from, end, rest: restOfPath, quote: "" };
    return end === text.length && !isWhole ? "cut" : undefined;
  }
  return undefined;
}

function pathEnd(text: string, from: number, limit: number): number {
  let end = from;
  while (end < limit) {
    const next = runEnd(text, end, word, limit);
    end = next < limit && text.charCodeAt(next) === code.slash ? next + 1 : next;
    if (end === next) return end;
  }
  return end;
}

function restOfPath(text: string, from: number, isWhole: boolean): number {
  const end = pathEnd(text, from, text.length);
  return end === text.length && !isWhole ? ~end : end;
}

/** `user:password@`, or a long token in front of the `@`. */
function findUserinfo(text: string, at: number, isWhole: boolean): Finding | undefined {
  const begin = at + 1;
  const limit = begin + authorityMax;
  const end = runEnd(text, begin, userinfo, limit);
  if (end === text.length && end < limit && !isWhole) return { kind: undefined, at };
  const authority = text.slice(begin, end);
  const atSign = authority.lastIndexOf("@");
  if (atSign < 0) return undefined;
  const colon = authority.indexOf(":");
  const hasPassword = colon >= 0 && colon < atSign - 1;
  if (!hasPassword && atSign < tokenMin) return undefined;
  return { kind: "userinfo", at: begin, end: begin + atSign, rest: undefined, quote: "" };
}
