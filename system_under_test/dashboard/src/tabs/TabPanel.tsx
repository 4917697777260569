import type { ReactNode } from "react";
import type { TabName } from "./catalogue";

/** The content of the tab that is shown. */
export function TabPanel({ name, children }: { name: TabName; children: ReactNode }) {
  return (
    <main
      id={`${name}-content`}
      data-testid={`${name}-content`}
      role="tabpanel"
      aria-labelledby={`tab-${name}`}
    >
      {children}
    </main>
  );
}
