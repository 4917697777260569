import type { Parameter, ParameterType } from "../api/types";
import type { FieldValue } from "./parameters";

const HINTS: Record<ParameterType, string> = {
  file: "a file in the workspace",
  integer: "a whole number",
  boolean: "",
  string_list: "separated by commas",
};

interface Props {
  readonly parameter: Parameter;
  readonly value: FieldValue;
  readonly error: string | undefined;
  readonly onChange: (value: FieldValue) => void;
}

export function ParameterField({ parameter, value, error, onChange }: Props) {
  const id = `param-${parameter.name}`;
  const described = `${id}-hint${error === undefined ? "" : ` ${id}-error`}`;
  const shared = {
    id,
    "data-testid": id,
    "aria-describedby": described,
    "aria-invalid": error !== undefined,
  };
  return (
    <div className="field">
      {typeof value === "boolean" ? (
        <label className="check" htmlFor={id}>
          <input
            {...shared}
            type="checkbox"
            checked={value}
            onChange={(event) => onChange(event.target.checked)}
          />
          <code>{parameter.name}</code>
        </label>
      ) : (
        <>
          <label htmlFor={id}>
            <code>{parameter.name}</code>
            {parameter.required && <span className="required"> required</span>}
          </label>
          <input
            {...shared}
            type="text"
            inputMode={parameter.type === "integer" ? "numeric" : "text"}
            autoComplete="off"
            spellCheck={false}
            placeholder={HINTS[parameter.type]}
            aria-required={parameter.required}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        </>
      )}
      <p className="hint" id={`${id}-hint`}>
        {[parameter.description, limits(parameter)].filter((each) => each !== "").join(" · ")}
      </p>
      {error !== undefined && (
        <p className="field-error" id={`${id}-error`} data-testid={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

function limits({ minimum, maximum }: Parameter): string {
  const most = maximum !== null && Number.isSafeInteger(maximum) ? maximum : null;
  if (minimum !== null && most !== null) {
    return `${minimum.toLocaleString("en")} to ${most.toLocaleString("en")}`;
  }
  if (minimum !== null) return `at least ${minimum.toLocaleString("en")}`;
  return most === null ? "" : `at most ${most.toLocaleString("en")}`;
}
