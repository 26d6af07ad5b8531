// Turns the operations into routes, again after each change of what is contributed. No route is written by hand.

import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { internalProblem, problem, type Surface, type SurfaceAnswer } from "@lathe/extension-kit";
import type { Contributions } from "@lathe/kernel";
import type { AnyOperation } from "@lathe/wire";
import { type Context, Hono } from "hono";
import type { Asked } from "../core/front-door.ts";
import { problemAnswer } from "../core/problems.ts";
import { methodsByPath, planRoutes } from "../core/routes.ts";
import { type Admitted, answerOperation, type Desk } from "./answer-operation.ts";
import { send } from "./send.ts";

type App = Hono<{ Bindings: Admitted }>;

export class Router {
  readonly #operations: Contributions<AnyOperation>;
  readonly #surfaces: Contributions<Surface>;
  readonly #desk: Desk;
  #app: App | undefined;
  #publicPlaces: ReadonlySet<string> = new Set();

  constructor(
    { operations, surfaces }: { operations: Contributions<AnyOperation>; surfaces: Contributions<Surface> },
    desk: Desk,
  ) {
    this.#operations = operations;
    this.#surfaces = surfaces;
    this.#desk = desk;
  }

  /** Forgets the routes; the next request makes them again. */
  refresh(): void {
    this.#app = undefined;
  }

  /** Only an operation whose path has no parameter can be public: what is compared is the text that was sent. */
  isPublic(asked: Asked): boolean {
    this.#current();
    const method = asked.method === "HEAD" ? "GET" : asked.method;
    return this.#publicPlaces.has(`${method} ${asked.path}`) || this.shown(asked) !== undefined;
  }

  /** What a surface shows there. What an operation has, and all below /api, is never a surface's. */
  shown({ method, path, wantsPage }: Asked): SurfaceAnswer | undefined {
    if (method !== "GET" && method !== "HEAD") return undefined;
    if (/^\/api(\/|$)/.test(path) || this.#hasOperation(path)) return undefined;
    for (const { name, item } of this.#surfaces.all()) {
      try {
        const answer = item.find({ path, wantsPage });
        if (answer !== undefined) return answer;
      } catch (error) {
        this.#desk.logger.log("error", "A surface broke, and was passed over.", {
          name,
          error: String(error),
        });
      }
    }
    return undefined;
  }

  // Every path of an operation answers to GET, be it to say which methods it takes.
  #hasOperation(path: string): boolean {
    return this.#current().router.match("GET", path)[0].length > 0;
  }

  /** Answers through the node response itself. */
  async answer(request: Request, admitted: Admitted): Promise<Response> {
    return this.#current().fetch(request, admitted);
  }

  #current(): App {
    this.#app ??= this.#build();
    return this.#app;
  }

  #build(): App {
    const operations = this.#operations.all().map(({ item }) => item);
    const { routes, refused } = planRoutes(operations);
    for (const { operation, reason } of refused)
      this.#desk.logger.log("warn", "An operation has no route.", { operation: operation.name, reason });
    const app: App = new Hono();
    for (const { operation } of routes) {
      const { method, path } = operation.rest;
      app.on(method, path, async (context) => {
        const place = { path: context.req.param(), query: new URL(context.req.url).searchParams };
        await answerOperation(operation, context.env, place, this.#desk);
        return RESPONSE_ALREADY_SENT;
      });
    }
    for (const [path, methods] of methodsByPath(routes))
      app.all(path, (context) => refuseMethod(context, methods));
    app.notFound((context) => sent(context, problemAnswer(notFound)));
    app.onError((_error, context) => sent(context, problemAnswer(internalProblem)));
    this.#publicPlaces = new Set(
      routes
        .filter(({ operation }) => operation.scope === "public")
        .map(({ operation: { rest } }) => `${rest.method} ${rest.path}`),
    );
    return app;
  }
}

const notFound = problem(
  404,
  "not-found",
  "There is nothing at this path. GET /api/openapi.json describes what there is.",
);

function refuseMethod(context: Context<{ Bindings: Admitted }>, methods: readonly string[]): Response {
  const allow = methods.join(", ");
  const document = problem(405, "method-not-allowed", `This path answers to ${allow}.`);
  return sent(context, problemAnswer(document, { allow }));
}

function sent(context: Context<{ Bindings: Admitted }>, answer: ReturnType<typeof problemAnswer>): Response {
  send(context.env.outgoing, answer);
  return RESPONSE_ALREADY_SENT;
}
