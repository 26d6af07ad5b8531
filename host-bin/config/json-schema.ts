import { toJsonSchema } from "@valibot/to-json-schema";
import { ConfigFileSchema } from "./schema.ts";

/** The JSON Schema of lathe.json, for editors. */
export function createJsonSchema(): object {
  const { $schema, ...schema } = toJsonSchema(ConfigFileSchema);
  return { $schema, title: "Configuration of Lathe", ...schema };
}
