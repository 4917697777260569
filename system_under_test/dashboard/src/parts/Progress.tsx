export function Progress({ value, label }: { value: number; label: string }) {
  const shown = Math.round(value * 10) / 10;
  return (
    <div className="progress" data-testid="execution-progress" data-value={shown}>
      <progress value={shown} max={100} aria-label={label} />
      <span>{shown} %</span>
    </div>
  );
}
