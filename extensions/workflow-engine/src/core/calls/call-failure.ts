/** A call that cannot be answered; it is thrown in the script as a plain error of this name. Safe to show. */
export class CallFailure extends Error {
  readonly code: string;
  /** The name that the script sees. */
  readonly shownName: string;

  constructor(code: string, shownName: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CallFailure";
    this.code = code;
    this.shownName = shownName;
  }
}

export function overBudget(): CallFailure {
  return new CallFailure(
    "over-budget",
    "BudgetExceededError",
    "The budget of this run is used up: no agent starts any more. Return what there is, or run it again with a larger budget.",
  );
}

export function tooManyAgents(countMax: number): CallFailure {
  return new CallFailure(
    "too-many-agents",
    "AgentLimitError",
    `A run may start ${countMax} agents, and this one would be one more.`,
  );
}
