export {
  conversationsCreate,
  conversationsDelete,
  conversationsEntries,
  conversationsGet,
  conversationsList,
  type EntriesInput,
  type EntriesPage,
  type ListInput,
  type NewConversationInput,
} from "./conversations.ts";
export { CursorSchema, NameSchema, PlainTextSchema, PositionSchema, pageLimit } from "./inputs.ts";
