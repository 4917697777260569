import { type FormEvent, useState } from "react";
import { ApiError } from "../api/client";
import { type useExecute, useScripts } from "../api/queries";
import type { Script } from "../api/types";
import { ParameterField } from "../form/ParameterField";
import { checkForm, fieldErrors, initialValues, type Values } from "../form/parameters";
import { ErrorMessage } from "../parts/ErrorMessage";
import { Started } from "../parts/Execution";

export interface ScriptDraft {
  readonly name: string | null;
  readonly values: Readonly<Record<string, Values>>;
}

interface Props {
  readonly draft: ScriptDraft;
  readonly onDraft: (draft: ScriptDraft) => void;
  readonly jobId: string | null;
  readonly execute: ReturnType<typeof useExecute>;
}

export function ScriptsTab({ draft, onDraft, jobId, execute }: Props) {
  const scripts = useScripts();
  const found = scripts.data ?? [];
  const script = found.find((each) => each.name === draft.name) ?? found[0];
  return (
    <div className="columns">
      <section className="card">
        <h2>Run a script</h2>
        <div className="field">
          <label htmlFor="script">Script</label>
          <select
            id="script"
            data-testid="script-selector"
            value={script?.name ?? ""}
            // Choosing another script drops the previous start: not allowed while one is under way.
            disabled={script === undefined || execute.isPending}
            onChange={(event) => {
              execute.reset();
              onDraft({ ...draft, name: event.target.value });
            }}
          >
            {found.map((each) => (
              <option key={each.name} value={each.name} data-testid={`script-option-${each.name}`}>
                {each.name}
              </option>
            ))}
          </select>
        </div>
        {script === undefined ? (
          <p className="empty">{scripts.isPending ? "Reading the scripts …" : "No scripts."}</p>
        ) : (
          <ScriptForm
            key={script.name}
            script={script}
            values={draft.values[script.name] ?? initialValues(script.parameters)}
            onValues={(values) =>
              onDraft({ ...draft, values: { ...draft.values, [script.name]: values } })
            }
            execute={execute}
          />
        )}
      </section>
      <div className="card beside">
        <Started jobId={jobId} starting={execute.isPending} />
      </div>
    </div>
  );
}

interface FormProps {
  readonly script: Script;
  readonly values: Values;
  readonly onValues: (values: Values) => void;
  readonly execute: ReturnType<typeof useExecute>;
}

const NO_ERRORS: ReadonlyMap<string, string> = new Map();

function ScriptForm({ script, values, onValues, execute }: FormProps) {
  const [local, setLocal] = useState(NO_ERRORS);
  const refused = execute.error instanceof ApiError ? execute.error : null;
  const told = fieldErrors(refused?.places ?? NO_ERRORS, script.parameters);
  const fields = local.size > 0 ? local : told.fields;

  function submit(event: FormEvent) {
    event.preventDefault();
    const checked = checkForm(script.parameters, values);
    setLocal(checked.errors);
    execute.reset();
    const wrong = script.parameters.find((each) => checked.errors.has(each.name));
    if (wrong !== undefined) document.getElementById(`param-${wrong.name}`)?.focus();
    else execute.mutate({ script: script.name, parameters: checked.parameters });
  }

  return (
    <form onSubmit={submit} noValidate>
      <p className="hint">{script.description}</p>
      <div className="fields">
        {script.parameters.map((parameter) => (
          <ParameterField
            key={parameter.name}
            parameter={parameter}
            value={values[parameter.name] ?? ""}
            error={fields.get(parameter.name)}
            onChange={(value) => onValues({ ...values, [parameter.name]: value })}
          />
        ))}
      </div>
      {(local.size > 0 || execute.error !== null) && (
        <ErrorMessage kind="form">
          {local.size > 0 ? "The parameters do not fit the script." : execute.error?.message}
          <ul>
            {[...fields].map(([name, message]) => (
              <li key={name}>
                <code>{name}</code> {message}
              </li>
            ))}
            {told.others.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </ErrorMessage>
      )}
      <button
        type="submit"
        className="primary"
        data-testid="execute-button"
        disabled={execute.isPending}
      >
        {execute.isPending ? "Starting …" : "Execute"}
      </button>
    </form>
  );
}
