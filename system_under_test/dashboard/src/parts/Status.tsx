// Text beside the colour: not everybody tells colours apart, least of all at night.
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
