// Text in addition to the colour, for readers who cannot distinguish the colours.
const TONES: Readonly<Record<string, string>> = {
  completed: "good",
  connected: "good",
  idle: "good",
  ok: "good",
  ready: "good",
  busy: "active",
  running: "active",
  in_progress: "active",
  connecting: "waiting",
  queued: "waiting",
  assigned: "waiting",
  draining: "waiting",
  away: "bad",
  absent: "bad",
  disconnected: "bad",
  failed: "bad",
  offline: "bad",
};

export function Status({ value }: { value: string }) {
  return (
    <span className="status" data-tone={TONES[value] ?? "quiet"}>
      {value.replaceAll("_", " ")}
    </span>
  );
}
