import { describe, expect, it } from "vitest";
import { ApiError } from "../src/api/client";
import type { useExecute, useSync } from "../src/api/queries";
import type { Script } from "../src/api/types";
import { ScriptsTab } from "../src/tabs/ScriptsTab";
import { SyncTab } from "../src/tabs/SyncTab";
import { opened } from "./opened";

const UNDER_WAY = { isPending: true, error: null };
const REFUSED = { isPending: false, error: new ApiError(429, "Too many jobs are active.") };
const SCRIPT: Script = { name: "genome_analysis", description: "", parameters: [] };

function sync(start: object): string {
  return opened(<SyncTab jobId={null} sync={start as ReturnType<typeof useSync>} />);
}

function scripts(start: object): string {
  return opened(
    <ScriptsTab
      draft={{ name: null, values: {} }}
      onDraft={() => undefined}
      jobId={null}
      execute={start as ReturnType<typeof useExecute>}
    />,
    { scripts: [SCRIPT] },
  );
}

function control(html: string, testId: string): string {
  return html.match(new RegExp(`<[^>]*data-testid="${testId}"[^>]*>`))?.[0] ?? "";
}

describe("a tab opened while a start is under way", () => {
  it("lets nobody start a second one", () => {
    expect(control(sync(UNDER_WAY), "sync-button")).toContain("disabled");
    expect(control(scripts(UNDER_WAY), "execute-button")).toContain("disabled");
  });

  it("lets nobody choose another script, which would forget the start", () => {
    expect(control(scripts(UNDER_WAY), "script-selector")).toContain("disabled");
    expect(control(scripts(REFUSED), "script-selector")).not.toContain("disabled");
  });
});

describe("a tab opened after a start was refused", () => {
  it("says why, and lets one try again", () => {
    for (const [html, button] of [
      [sync(REFUSED), "sync-button"],
      [scripts(REFUSED), "execute-button"],
    ] as const) {
      expect(html).toContain("Too many jobs are active.");
      expect(control(html, button)).toMatch(/^<button/);
      expect(control(html, button)).not.toContain("disabled");
    }
  });
});
