/** A value that JSON can carry. `undefined`, functions, dates and class instances are not among them. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** A JSON object. Keys are data: never look one up through the prototype. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}
