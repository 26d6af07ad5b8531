// The part of the Standard Schema specification (version 1) that Lathe relies on, so that a tool author may
// bring valibot, zod, arktype or a validator of their own.

/** A validator that follows Standard Schema v1 (https://standardschema.dev). */
export interface StandardSchema<Output> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
  };
}

/** What validation gives: the parsed value, or every issue that was found. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong, and where. The path is empty when the whole value is meant. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}
