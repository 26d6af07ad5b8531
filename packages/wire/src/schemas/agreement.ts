// Ties a schema to the type of the kernel's contracts: neither can change without the other.
import type { GenericSchema, InferInput, InferOutput } from "valibot";

/** True where values of each type are welcome where the other is asked for, optional fields included. */
type Same<Left, Right> = [Left, AllFields<Left>] extends [Right, AllFields<Right>]
  ? [Right, AllFields<Right>] extends [Left, AllFields<Left>]
    ? true
    : false
  : false;

// An optional field that only one side knows would go unnoticed without this.
type AllFields<Type> = Type extends object ? Required<Type> : Type;

/** Gives a schema its public type. Compiles only where the schema accepts and gives exactly that type. */
export function agreesWith<Type>(): <Schema extends GenericSchema>(
  schema: Schema &
    (Same<InferOutput<Schema>, Type> extends true ? unknown : "The schema's output differs from the type.") &
    (Same<InferInput<Schema>, Type> extends true ? unknown : "The schema's input differs from the type."),
) => GenericSchema<Type> {
  return (schema) => schema as unknown as GenericSchema<Type>;
}
