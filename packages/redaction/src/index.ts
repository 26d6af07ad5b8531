export { createRedaction } from "./redaction.ts";
export { type SecretClass, secretClassOf } from "./secret-names.ts";
