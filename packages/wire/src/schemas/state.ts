// How the store is doing, and what was done to take care of it.
import { boolean, type GenericSchema, nullable, number, object, picklist, string } from "valibot";
import { CountSchema, listOf, MillisecondsSchema } from "./values.ts";

export interface StateStatus {
  /** `low`: people are warned. `full`: nothing is written until there is space. */
  readonly space: "enough" | "low" | "full";
  /** Free on the disk of the store. */
  readonly freeBytes: number;
  readonly diskBytes: number;
  /** Of the store's file, which never shrinks by itself. */
  readonly fileBytes: number;
  /** Of the file, what holds something; the rest is used again, or given back by `lathe state compact`. */
  readonly usedBytes: number;
  /** Of the address space that is set aside for the file; it grows with it. */
  readonly mapBytes: number;
  /** More than this is not stored; `null` = as much as the disk takes. */
  readonly usedBytesMax: number | null;
  /** What is being done at the moment. */
  readonly activity: StateActivity | null;
  /** The last look at every row and blob; `null` = none yet. */
  readonly lastVerification: { readonly atMs: number; readonly findingCount: number } | null;
}

export interface StateActivity {
  readonly kind: "backup" | "verify" | "prune";
  readonly doneCount: number;
  /** 0 where it is not known yet. */
  readonly totalCount: number;
  readonly unit: "bytes" | "rows" | "parts";
}

export interface StateVerification {
  readonly rowCount: number;
  readonly blobCount: number;
  /** Of all values and blobs. */
  readonly valueBytes: number;
  readonly findingCount: number;
  /** The first of them. */
  readonly findings: readonly StateFinding[];
  readonly tookMs: number;
}

export interface StateFinding {
  /** What is damaged, for people: a row by its extension and key, a blob by its hash, or the file. */
  readonly where: string;
  readonly problem: string;
}

export interface StateBackup {
  /** Where it is: a folder that holds a store and nothing else. */
  readonly folder: string;
  readonly fileBytes: number;
  readonly compacted: boolean;
  /** What the copy holds, read back from the disk. */
  readonly rowCount: number;
  readonly blobCount: number;
  readonly tookMs: number;
}

export interface StatePrune {
  readonly items: readonly PrunedPart[];
}

export interface PrunedPart {
  readonly name: string;
  readonly removedCount: number;
  readonly freedBytes: number;
  /** One sentence where it failed; the others were pruned all the same. */
  readonly failure: string | null;
}

const ActivitySchema: GenericSchema<StateActivity> = object({
  kind: picklist(["backup", "verify", "prune"]),
  doneCount: CountSchema,
  totalCount: CountSchema,
  unit: picklist(["bytes", "rows", "parts"]),
});

export const StateStatusSchema: GenericSchema<StateStatus> = object({
  space: picklist(["enough", "low", "full"]),
  freeBytes: CountSchema,
  diskBytes: CountSchema,
  fileBytes: CountSchema,
  usedBytes: CountSchema,
  mapBytes: CountSchema,
  usedBytesMax: nullable(CountSchema),
  activity: nullable(ActivitySchema),
  lastVerification: nullable(object({ atMs: number(), findingCount: CountSchema })),
});

export const StateVerificationSchema: GenericSchema<StateVerification> = object({
  rowCount: CountSchema,
  blobCount: CountSchema,
  valueBytes: CountSchema,
  findingCount: CountSchema,
  findings: listOf(object({ where: string(), problem: string() })),
  tookMs: MillisecondsSchema,
});

export const StateBackupSchema: GenericSchema<StateBackup> = object({
  folder: string(),
  fileBytes: CountSchema,
  compacted: boolean(),
  rowCount: CountSchema,
  blobCount: CountSchema,
  tookMs: MillisecondsSchema,
});

export const StatePruneSchema: GenericSchema<StatePrune> = object({
  items: listOf(
    object({
      name: string(),
      removedCount: CountSchema,
      freedBytes: CountSchema,
      failure: nullable(string()),
    }),
  ),
});
