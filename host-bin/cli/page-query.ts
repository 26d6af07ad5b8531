import { type CommandCall, textOption, UsageError } from "./command.ts";

/** Which page of a list is asked for. */
export interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** `--limit` and `--cursor` of a list, whose pages have so many items usually and at most. Throws UsageError. */
export function pageQuery(call: CommandCall, usual = 50, most = 200): PageQuery {
  const limit = textOption(call, "limit") ?? String(usual);
  if (!/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > most)
    throw new UsageError(`--limit must be a number from 1 to ${most}.`);
  return { limit: Number(limit), cursor: textOption(call, "cursor") };
}
