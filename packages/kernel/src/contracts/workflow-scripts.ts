import { type ContributionPoint, contributionPoint } from "../token.ts";

/** A workflow that comes with an extension. It is contributed under the name that its metadata gives. */
export interface WorkflowScript {
  /** The text of the script, in either dialect. */
  readonly source: string;
}

export const WorkflowScripts: ContributionPoint<WorkflowScript> =
  contributionPoint<WorkflowScript>("workflow-scripts");
