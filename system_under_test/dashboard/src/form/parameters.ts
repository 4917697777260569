import type { Parameter } from "../api/types";

export type FieldValue = string | boolean;
export type Values = Readonly<Record<string, FieldValue>>;

export interface Checked {
  /** What to send; empty optional fields are left out, so that the server's defaults apply. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What is wrong, by parameter. */
  readonly errors: ReadonlyMap<string, string>;
}

const PLACE = /^parameters\.(.+)$/;

export function initialValues(parameters: readonly Parameter[]): Values {
  return Object.fromEntries(
    parameters.map((parameter) => [parameter.name, initialValue(parameter)]),
  );
}

function initialValue({ type, default: value }: Parameter): FieldValue {
  if (type === "boolean") return value === true;
  if (Array.isArray(value)) return value.join(", ");
  return value === null || value === undefined ? "" : String(value);
}

/** Checks what the page can check; only the server knows whether a file exists. */
export function checkForm(parameters: readonly Parameter[], values: Values): Checked {
  const sent: Record<string, unknown> = {};
  const errors = new Map<string, string>();
  for (const parameter of parameters) {
    const value = values[parameter.name] ?? "";
    if (typeof value === "boolean") {
      sent[parameter.name] = value;
      continue;
    }
    const text = value.trim();
    if (text === "") {
      if (parameter.required) errors.set(parameter.name, "is required");
      continue;
    }
    const problem = parameter.type === "integer" ? integerProblem(parameter, text) : null;
    if (problem === null) sent[parameter.name] = parse(parameter, text);
    else errors.set(parameter.name, problem);
  }
  return { parameters: sent, errors };
}

function parse(parameter: Parameter, text: string): unknown {
  if (parameter.type === "integer") return Number(text);
  if (parameter.type !== "string_list") return text;
  return text
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

function integerProblem({ minimum, maximum }: Parameter, text: string): string | null {
  if (!/^[+-]?\d+$/.test(text)) return "must be a whole number";
  const value = Number(text);
  if (minimum !== null && value < minimum) return `must be at least ${minimum}`;
  // A larger integer is not exact in JavaScript and would be sent with another value.
  const most = Math.min(maximum ?? Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  if (value > most) return `must be at most ${most}`;
  return value < Number.MIN_SAFE_INTEGER ? `must be at least ${Number.MIN_SAFE_INTEGER}` : null;
}

/** Splits a refusal into what belongs to a field of the form and what does not. */
export function fieldErrors(
  places: ReadonlyMap<string, string>,
  parameters: readonly Parameter[],
): { readonly fields: ReadonlyMap<string, string>; readonly others: readonly string[] } {
  const fields = new Map<string, string>();
  const others: string[] = [];
  for (const [place, message] of places) {
    const name = PLACE.exec(place)?.[1];
    if (name !== undefined && parameters.some((each) => each.name === name)) {
      fields.set(name, message);
    } else {
      others.push(`${place}: ${message}`);
    }
  }
  return { fields, others };
}
