import { useLayoutEffect, useRef } from "react";
import type { LogLine } from "../api/types";
import { clock } from "./time";

interface Props {
  readonly lines: readonly { readonly line: LogLine; readonly jobId?: string }[];
  readonly label: string;
  readonly empty: string;
}

// Within this distance the log counts as scrolled to its end.
const NEAR_PX = 24;

/** Lines, oldest first; stays at the end unless somebody has scrolled up. */
export function Log({ lines, label, empty }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it runs because there are new lines
  useLayoutEffect(() => {
    if (box.current !== null && atEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  return (
    <div
      className="log"
      ref={box}
      role="log"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      onScroll={({ currentTarget: at }) => {
        atEnd.current = at.scrollHeight - at.scrollTop - at.clientHeight < NEAR_PX;
      }}
    >
      {lines.length === 0 && <p className="empty">{empty}</p>}
      {lines.map(({ line, jobId }) => (
        <div
          className="log-line"
          key={`${jobId ?? ""} ${line.id}`}
          data-testid="log-entry"
          data-level={line.level}
          data-line-id={line.id}
        >
          <time dateTime={line.time}>{clock(line.time)}</time>
          <span className="level">{line.level}</span>
          {jobId !== undefined && <a href={`#jobs/${jobId}`}>{jobId.slice(0, 8)}</a>}
          <span className="message">{line.message}</span>
        </div>
      ))}
    </div>
  );
}
