// Change feeds: which rows of a list are not any more what the list has said, so that a list can be shown live.
//
// In this order nothing is lost: follow the feed; with each `feed-start` read the list, from its first page; from then on
// what the feed has told of a row since that `feed-start` counts, and what the list says counts for all other rows, however
// late a page of it was read. Either the feed has told the newest state of a row, or it is about to. A row says itself where
// it stands in its list (a conversation: `lastActiveAtMs`, then the id), so that one that moves is told as any change is.
import type { ConversationChanged, FeedStart, RunChanged } from "@lathe/kernel";
import * as v from "valibot";
import { type Declared, declareOperation } from "../operation.ts";
import { ConversationChangeSchema, RunChangeSchema } from "../schemas/changes.ts";

/** What is answered to who does not follow. */
export interface FeedAnswer {
  /** A feed tells what is committed while it is followed, and nothing from before. */
  readonly replays: false;
}

type NoInput = Readonly<Record<never, never>>;

const NoInputSchema: v.GenericSchema<NoInput> = v.strictObject({});
const FeedAnswerSchema: v.GenericSchema<FeedAnswer> = v.object({ replays: v.literal(false) });

export const conversationsChanges: Declared<NoInput, FeedAnswer, NoInput, FeedStart | ConversationChanged> =
  declareOperation({
    name: "conversations.changes",
    summary:
      "Follows the caller's conversations, those that lists show; with the scope `admin`, everybody's. Tells each that is " +
      "new, has changed, has moved in the list or was deleted, as it is then. Nothing is replayed: read the list after each " +
      "`feed-start`.",
    scope: "read",
    rest: { method: "GET", path: "/api/changes/conversations", status: 200, stream: true },
    input: NoInputSchema,
    output: FeedAnswerSchema,
    problems: ["feed-failed"],
    events: ConversationChangeSchema,
  });

export const runsChanges: Declared<NoInput, FeedAnswer, NoInput, FeedStart | RunChanged> = declareOperation({
  name: "runs.changes",
  summary:
    "Follows the caller's runs; with the scope `admin`, everybody's. Tells each that is new, has changed or was deleted, " +
    "as it is then. Nothing is replayed: read the list after each `feed-start`.",
  scope: "read",
  rest: { method: "GET", path: "/api/changes/runs", status: 200, stream: true },
  input: NoInputSchema,
  output: FeedAnswerSchema,
  problems: ["feed-failed"],
  events: RunChangeSchema,
});
