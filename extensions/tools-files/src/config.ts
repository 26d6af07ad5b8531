import type { JsonValue } from "@lathe/kernel";
import * as v from "valibot";

export interface FilesConfig {
  readonly readLineCountMax: number;
  readonly readBytesMax: number;
  readonly editBytesMax: number;
  readonly searchMatchCountMax: number;
  readonly searchFileBytesMax: number;
  readonly searchBytesMax: number;
  readonly matchTimeMsMax: number;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(1));

const schema = v.object({
  readLineCountMax: v.optional(count, 2_000),
  readBytesMax: v.optional(count, 128_000),
  editBytesMax: v.optional(count, 8_388_608),
  searchMatchCountMax: v.optional(count, 100),
  searchFileBytesMax: v.optional(count, 4_194_304),
  searchBytesMax: v.optional(count, 268_435_456),
  matchTimeMsMax: v.optional(count, 5_000),
});

/** Reads the extension's part of the configuration. Throws ValiError. */
export function parseConfig(config: JsonValue): FilesConfig {
  return v.parse(schema, config ?? {});
}
