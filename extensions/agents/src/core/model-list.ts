import {
  type Contributions,
  type ModelInfo,
  type Provider,
  ProviderError,
  type TimersPower,
} from "@lathe/kernel";
import * as v from "valibot";

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
  readonly signal: AbortSignal;
}

// Only what is listed here goes out, whatever else a provider knows of its models.
const ModelsSchema: v.GenericSchema<unknown, ModelInfo[]> = v.array(
  v.object({
    id: v.string(),
    contextTokens: v.nullable(v.number()),
    outputTokensMax: v.nullable(v.number()),
  }),
);

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

/** The models, or a sentence that says why there are none. */
async function askOne(provider: Provider, question: ModelQuestion): Promise<readonly ModelInfo[] | string> {
  const { timers, timeoutMs, signal } = question;
  const over = new AbortController();
  const late = Promise.withResolvers<GivenUp>();
  const release = timers.after(timeoutMs, () =>
    late.resolve(new GivenUp(`It did not answer within ${timeoutMs / 1_000} s.`)),
  );
  const onAbort = () => late.resolve(new GivenUp("The question was given up."));
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  try {
    const answer = await Promise.race([provider.models({ signal: over.signal }), late.promise]);
    return answer instanceof GivenUp ? answer.sentence : v.parse(ModelsSchema, answer);
  } catch (failure) {
    return sentenceOf(failure);
  } finally {
    release();
    signal.removeEventListener("abort", onAbort);
    over.abort();
  }
}

class GivenUp {
  readonly sentence: string;

  constructor(sentence: string) {
    this.sentence = sentence;
  }
}

/** What something else than a failure of the contract says may hold anything, also a key. */
function sentenceOf(failure: unknown): string {
  if (failure instanceof ProviderError) return failure.message;
  if (failure instanceof v.ValiError) return "It gave back something that is not a list of models.";
  return "It broke while it was asked; this is a fault of its adapter.";
}
