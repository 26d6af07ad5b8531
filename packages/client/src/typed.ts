// The types of an operation's two sides, taken from its declaration.
import type { OperationDeclaration } from "@lathe/wire";
import type { GenericSchema, InferInput, InferOutput } from "valibot";

// biome-ignore lint/suspicious/noExplicitAny: a declaration is invariant in its schemas; this stands for all of them.
export type AnyDeclaration = OperationDeclaration<any, any>;

/** What may be sent; defaults fill in what is left out. */
export type InputOf<Declaration extends AnyDeclaration> = InferInput<Declaration["input"]>;
/** What is answered. */
export type OutputOf<Declaration extends AnyDeclaration> = InferOutput<Declaration["output"]>;

/** The input may be left out where it has no field that must be there. */
export type Arguments<Input extends GenericSchema, Options> =
  Readonly<Record<never, never>> extends InferInput<Input>
    ? readonly [input?: InferInput<Input>, options?: Options]
    : readonly [input: InferInput<Input>, options?: Options];
