import { type GenericSchema, object, picklist } from "valibot";
import type { Principal } from "../operation.ts";
import { agreesWith } from "./agreement.ts";
import { IdSchema, listOf } from "./values.ts";

export const PrincipalSchema: GenericSchema<Principal> = agreesWith<Principal>()(
  object({ id: IdSchema, scopes: listOf(picklist(["public", "read", "write", "admin"])) }),
);
