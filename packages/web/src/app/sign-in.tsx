// Where one says who one is, when neither the address nor a cookie says it.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "../kit/button.tsx";
import { signIn } from "../state/session.ts";

export function SignIn({ reason }: { readonly reason: string | null }): JSX.Element {
  const token = useSignal("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const submit = (event: Event): void => {
    event.preventDefault();
    const typed = token.value.trim();
    token.value = "";
    if (typed !== "") void signIn(typed);
  };
  return (
    <main class="sign-in">
      <h1>Lathe</h1>
      <p>
        Open the address that <code>npm start</code> printed, or enter the token: it is in the file{" "}
        <code>token</code> of the state folder.
      </p>
      {reason === null ? null : (
        <p class="sign-in-reason" role="alert">
          {reason}
        </p>
      )}
      <form onSubmit={submit}>
        <label class="field">
          Token
          <input
            ref={field}
            class="input"
            type="password"
            autocomplete="off"
            spellcheck={false}
            value={token}
            onInput={({ currentTarget }) => {
              token.value = currentTarget.value;
            }}
          />
        </label>
        <Button kind="primary" type="submit">
          Sign in
        </Button>
      </form>
    </main>
  );
}
