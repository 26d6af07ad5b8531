// Buttons, and links that look like them.
import type { ButtonHTMLAttributes, ComponentChildren, JSX } from "preact";
import { Icon, type IconName } from "./icon.tsx";

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "icon" | "label"> {
  readonly kind?: "plain" | "primary" | "danger" | "quiet";
  readonly icon?: IconName;
  readonly children: ComponentChildren;
}

export function Button({ kind = "plain", icon, children, ...rest }: ButtonProps): JSX.Element {
  return (
    <button type="button" {...rest} class={`button button-${kind} ${rest.class ?? ""}`}>
      {icon === undefined ? null : <Icon name={icon} />}
      <span>{children}</span>
    </button>
  );
}

export interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "icon" | "label"> {
  readonly icon: IconName;
  /** What it does, for those who do not see the picture; the tooltip, too. */
  readonly label: string;
}

export function IconButton({ icon, label, ...rest }: IconButtonProps): JSX.Element {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      class={`button icon-button ${rest.class ?? ""}`}
    >
      <Icon name={icon} />
    </button>
  );
}
