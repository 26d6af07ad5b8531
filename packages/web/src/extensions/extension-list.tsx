// Extensions, each with its state, and on demand with what it needs and may do.
import type { ExtensionState } from "@lathe/kernel";
import type { JSX } from "preact";
import { duration } from "../kit/amounts.ts";
import { Badge } from "../kit/badge.tsx";
import { Fold } from "../kit/fold.tsx";
import { Foreign } from "../kit/foreign.tsx";
import { belongings, inOrderOfTrouble, kindTones, kindWords, sumOf } from "./extension-words.ts";
import "./extensions.css";

export function ExtensionList({ items }: { readonly items: readonly ExtensionState[] }): JSX.Element {
  return (
    <>
      <p class="muted">{sumOf(items)}</p>
      <ul class="plain-list">
        {inOrderOfTrouble(items).map((state) => (
          <ExtensionRow key={state.id} state={state} />
        ))}
      </ul>
    </>
  );
}

function ExtensionRow({ state }: { readonly state: ExtensionState }): JSX.Element {
  const { id, version, description, kind, reason, activationMs } = state;
  return (
    <li class="extension">
      <div class="extension-head">
        <strong>
          <Foreign text={id} />
        </strong>
        {version === null ? null : <Foreign text={version} class="muted" />}
        <Badge tone={kindTones[kind]}>{kindWords[kind]}</Badge>
        {activationMs === null ? null : (
          <span class="muted" title="What it took to activate">
            {duration(activationMs)}
          </span>
        )}
      </div>
      {description === null ? null : <Foreign text={description} class="extension-text" />}
      {reason === null ? null : <Foreign text={reason} class="extension-text extension-reason" />}
      <Belongings state={state} />
    </li>
  );
}

function Belongings({ state }: { readonly state: ExtensionState }): JSX.Element | null {
  const rows = belongings(state);
  if (rows.length === 0) return null;
  return (
    <Fold summary="What it needs, offers and may do">
      {() => (
        <dl class="extension-belongings">
          {rows.map(({ what, names }) => (
            <div key={what}>
              <dt class="muted">
                <Foreign text={what} />
              </dt>
              <dd class="mono">
                <Foreign text={names.join(", ")} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Fold>
  );
}
