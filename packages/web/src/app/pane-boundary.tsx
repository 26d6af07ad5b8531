// Keeps what breaks in one pane to this pane.
import { Component, type ComponentChildren } from "preact";
import { Button } from "../kit/button.tsx";
import { ProblemCard } from "../kit/problem-card.tsx";
import { PaneFrame } from "./pane-frame.tsx";

interface PaneBoundaryProps {
  readonly children: ComponentChildren;
}

interface PaneBoundaryState {
  readonly isBroken: boolean;
}

export class PaneBoundary extends Component<PaneBoundaryProps, PaneBoundaryState> {
  override state: PaneBoundaryState = { isBroken: false };

  static override getDerivedStateFromError(): PaneBoundaryState {
    return { isBroken: true };
  }

  /** A fault of the page is told where faults of pages are looked for. */
  override componentDidCatch(failure: unknown): void {
    reportError(failure);
  }

  override render(): ComponentChildren {
    if (!this.state.isBroken) return this.props.children;
    return (
      <PaneFrame title="Broken">
        <ProblemCard
          title="This pane broke"
          actions={
            <>
              <Button onClick={() => this.setState({ isBroken: false })}>Try again</Button>
              <Button onClick={() => location.reload()}>Reload the page</Button>
            </>
          }
        >
          It is a fault of the page. Nothing that the daemon has is lost, and the other panes go on.
        </ProblemCard>
      </PaneFrame>
    );
  }
}
