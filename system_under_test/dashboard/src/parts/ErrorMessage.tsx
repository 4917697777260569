import type { ReactNode } from "react";

export type ErrorKind = "login" | "form" | "job" | "server";

/** Says what is wrong, at once to a screen reader too. */
export function ErrorMessage({ kind, children }: { kind: ErrorKind; children: ReactNode }) {
  return (
    <div className="error-message" role="alert" data-testid="error-message" data-kind={kind}>
      {children}
    </div>
  );
}
