// What a made-up value grows in: who asked, how far down it is, and how much has grown already.

import type { CheckBudget } from "../check-budget.ts";
import type { Schema } from "../schema/read-schema.ts";
import { Chance } from "./chance.ts";

/** Nothing that fits can be grown this way; another attempt may. */
export class CannotGrowError extends Error {}

/** One attempt to make a value. */
export class Growth {
  readonly root: Schema;
  /** Counted from 0; later attempts take other branches. */
  readonly attempt: number;
  /** What all attempts together may cost: about one step for each keyword, character and place of a pattern. */
  readonly budget: CheckBudget;
  readonly #seed: string;

  constructor(root: Schema, seed: string, attempt: number, budget: CheckBudget) {
    this.root = root;
    this.attempt = attempt;
    this.budget = budget;
    this.#seed = seed;
  }

  /** The same at the same place of the same attempt. */
  chanceAt(place: Place): Chance {
    return new Chance(`${this.#seed}\n${this.attempt}\n${place.path}`);
  }
}

/** Where in the answer a value grows. */
export interface Place {
  readonly path: string;
  /** Name of the property that it is, or of the list that it is in; empty at the top. */
  readonly name: string;
  /** Which item of its list it is. */
  readonly index: number;
  readonly depth: number;
}
