// Writes lathe.schema.json from the schema that checks lathe.json: node host-bin/config/write-json-schema.ts
import { writeFileSync } from "node:fs";
import { createJsonSchema } from "./json-schema.ts";

const path = new URL("../lathe.schema.json", import.meta.url);
writeFileSync(path, `${JSON.stringify(createJsonSchema(), null, 2)}\n`);
