import { type CommandCall, textOption, UsageError } from "./command.ts";

/** `--limit` and `--cursor` of a list. Throws UsageError. */
export function pageQuery(call: CommandCall): URLSearchParams {
  const limit = textOption(call, "limit") ?? "50";
  if (!/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > 200)
    throw new UsageError("--limit must be a number from 1 to 200.");
  const cursor = textOption(call, "cursor");
  return new URLSearchParams({ limit, ...(cursor === undefined ? {} : { cursor }) });
}
