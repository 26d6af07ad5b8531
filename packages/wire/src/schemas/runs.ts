import type { Run, RunStatus } from "@lathe/kernel";
import { type GenericSchema, nullable, object, picklist, string } from "valibot";
import { agreesWith } from "./agreement.ts";
import { RunSpendingSchema } from "./budgets.ts";
import { UsageSchema } from "./usage.ts";
import { IdSchema, JsonValueSchema, listOf, MillisecondsSchema, SeqSchema } from "./values.ts";

export const RunStatusSchema: GenericSchema<RunStatus> = agreesWith<RunStatus>()(
  picklist(["queued", "running", "waiting", "stopping", "succeeded", "failed", "stopped", "interrupted"]),
);

export const RunSchema: GenericSchema<Run> = agreesWith<Run>()(
  object({
    id: IdSchema,
    kind: string(),
    owner: IdSchema,
    title: nullable(string()),
    parentId: nullable(IdSchema),
    status: RunStatusSchema,
    agent: nullable(string()),
    conversationId: nullable(IdSchema),
    turnId: nullable(IdSchema),
    firstSeq: nullable(SeqSchema),
    lastSeq: nullable(SeqSchema),
    createdAtMs: MillisecondsSchema,
    startedAtMs: nullable(MillisecondsSchema),
    endedAtMs: nullable(MillisecondsSchema),
    usage: nullable(UsageSchema),
    budget: nullable(RunSpendingSchema),
    result: JsonValueSchema,
    error: nullable(object({ code: string(), message: string() })),
    schemaWarnings: listOf(string()),
  }),
);
