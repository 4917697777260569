import type { KeyboardEvent } from "react";
import { TABS, type TabName, TITLES } from "./names";

/** An ARIA tab list: one Tab stop, arrow keys move between tabs. */
export function TabBar({ active }: { active: TabName }) {
  function move(event: KeyboardEvent) {
    const at = TABS.indexOf(active);
    const to = {
      ArrowLeft: (at + TABS.length - 1) % TABS.length,
      ArrowRight: (at + 1) % TABS.length,
      Home: 0,
      End: TABS.length - 1,
    }[event.key];
    const name = to === undefined ? undefined : TABS[to];
    if (name === undefined) return;
    event.preventDefault();
    location.hash = name;
    document.getElementById(`tab-${name}`)?.focus();
  }
  return (
    <div className="tabs" role="tablist" aria-label="Parts of the dashboard" onKeyDown={move}>
      {TABS.map((name) => (
        <button
          key={name}
          id={`tab-${name}`}
          type="button"
          role="tab"
          data-testid={`tab-${name}`}
          aria-selected={name === active}
          aria-controls={name === active ? `${name}-content` : undefined}
          tabIndex={name === active ? 0 : -1}
          onClick={() => {
            location.hash = name;
          }}
        >
          {TITLES[name]}
        </button>
      ))}
    </div>
  );
}
