/** Orders event ids and log line ids, `milliseconds-sequence`, by their numbers. */
export function compareIds(one: string, other: string): number {
  const [oneMs, oneNumber] = split(one);
  const [otherMs, otherNumber] = split(other);
  return oneMs - otherMs || oneNumber - otherNumber;
}

function split(id: string): [number, number] {
  const [milliseconds, number] = id.split("-");
  return [Number(milliseconds), Number(number ?? 0)];
}

/** The position in the event stream just before a moment. */
export function positionBefore(isoTime: string): string {
  return String(Math.max(0, Date.parse(isoTime) - 1));
}

export function timeOfId(id: string): string {
  return new Date(Number(id.split("-")[0])).toISOString();
}
