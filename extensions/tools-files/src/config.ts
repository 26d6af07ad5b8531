import type { JsonValue } from "@lathe/kernel";
import * as v from "valibot";

/** Units are in the names; what each limits, and its default, is in the manifest. */
export interface FilesConfig {
  readonly readLineCountMax: number;
  readonly readBytesMax: number;
  readonly editBytesMax: number;
  readonly searchMatchCountMax: number;
  readonly searchFileCountMax: number;
  readonly searchFileBytesMax: number;
  readonly searchBytesMax: number;
  readonly searchesAtOnceMax: number;
  readonly matchTimeMsMax: number;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(1));

const schema = v.object({
  readLineCountMax: count,
  readBytesMax: count,
  editBytesMax: count,
  searchMatchCountMax: count,
  searchFileCountMax: count,
  searchFileBytesMax: count,
  searchBytesMax: count,
  searchesAtOnceMax: count,
  matchTimeMsMax: count,
});

/** Reads the extension's part of the configuration, in which the host has filled in the defaults. Throws ValiError. */
export function parseConfig(config: JsonValue): FilesConfig {
  return v.parse(schema, config);
}
