import type { KeyboardEvent } from "react";
import { TAB_NAMES, TABS, type TabName } from "./catalogue";

/** An ARIA tab list: one Tab stop, arrow keys move between tabs. */
export function TabBar({ active }: { active: TabName }) {
  function move(event: KeyboardEvent) {
    const at = TAB_NAMES.indexOf(active);
    const to = {
      ArrowLeft: (at + TAB_NAMES.length - 1) % TAB_NAMES.length,
      ArrowRight: (at + 1) % TAB_NAMES.length,
      Home: 0,
      End: TAB_NAMES.length - 1,
    }[event.key];
    const name = to === undefined ? undefined : TAB_NAMES[to];
    if (name === undefined) return;
    event.preventDefault();
    location.hash = name;
    document.getElementById(`tab-${name}`)?.focus();
  }
  return (
    <div className="tabs" role="tablist" aria-label="Parts of the dashboard" onKeyDown={move}>
      {TAB_NAMES.map((name) => (
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
          {TABS[name].title}
        </button>
      ))}
    </div>
  );
}
