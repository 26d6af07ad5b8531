export { type CallOptions, type Client, type ConnectOptions, connect, type FollowOptions } from "./client.ts";
export type { ConnectionState, Observable } from "./connection-state.ts";
export { ConnectionError, LatheProblem } from "./errors.ts";
export type { ClientPowers, SocketLike } from "./powers.ts";
export type { BackoffSettings } from "./resume/backoff.ts";
export type { LossListener } from "./resume/loss-listener.ts";
export type { AnyDeclaration, InputOf, OutputOf } from "./typed.ts";
export type { Earlier, Watch, WatchOptions } from "./watch/conversation-watch.ts";
