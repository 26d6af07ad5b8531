import type { Contributions, Logger, ModelInfo, Provider, TimersPower } from "@lathe/kernel";

export interface ListedModel {
  /** `provider/model`. */
  readonly id: string;
  readonly provider: string;
  readonly contextTokens: number | null;
  readonly outputTokensMax: number | null;
}

export interface ModelList {
  readonly items: ListedModel[];
  readonly failures: { readonly provider: string; readonly message: string }[];
}

export interface ModelQuestion {
  readonly providers: Contributions<Provider>;
  readonly timers: TimersPower;
  readonly timeoutMs: number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Asks every provider at the same time; one that fails or is slow is a line among the failures. */
export async function listModels(question: ModelQuestion): Promise<ModelList> {
  const list: ModelList = { items: [], failures: [] };
  const answers = question.providers
    .all()
    .map(async ({ name, item }) => ({ name, answer: await askOne(item, question) }));
  for (const { name, answer } of await Promise.all(answers)) {
    if (typeof answer === "string") list.failures.push({ provider: name, message: answer });
    else for (const model of answer) list.items.push({ ...model, id: `${name}/${model.id}`, provider: name });
  }
  return list;
}

async function askOne(provider: Provider, question: ModelQuestion): Promise<readonly ModelInfo[] | string> {
  const { timers, timeoutMs, logger, signal } = question;
  const over = new AbortController();
  const late = Promise.withResolvers<string>();
  const release = timers.after(timeoutMs, () =>
    late.resolve(`It did not answer within ${timeoutMs / 1_000} s.`),
  );
  const onAbort = () => late.resolve("The question was given up.");
  signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([provider.models({ signal: over.signal, logger }), late.promise]);
  } catch (failure) {
    return failure instanceof Error ? failure.message : "It failed.";
  } finally {
    release();
    signal.removeEventListener("abort", onAbort);
    over.abort();
  }
}
