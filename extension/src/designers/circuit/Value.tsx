/** One value of the form: typed text with its unit, a choice, or a switch. */

import type { KeyboardEvent } from 'react';
import { createContext, useContext, useEffect, useId, useState, useSyncExternalStore } from 'react';
import type { JsonObject, Path } from '../../core/document';
import { dotted, isObject, valueAt } from '../../core/document';
import type { Editor } from '../../core/editor';
import type { Field } from '../../core/schema';
import { displayText, fieldRange } from '../../core/units';

/** Whose values a form shows, and what they are called. */
export interface Form {
  readonly editor: Editor;
  label(path: Path, title: string): string;
  pathLabel(path: Path): string;
}

export const FormContext = createContext<Form | null>(null);

function useForm() {
  const form = useContext(FormContext);
  if (!form) {
    throw new Error('A value was drawn outside of a form');
  }
  const { editor } = form;
  return { ...form, state: useSyncExternalStore(editor.subscribe, editor.getState) };
}

export function Value({ field }: { field: Field }) {
  switch (field.kind) {
    case 'number':
    case 'integer':
    case 'text':
      return <TypedValue field={field} />;
    case 'choice':
      return <ChoiceValue field={field} />;
    case 'boolean':
      return <SwitchValue field={field} />;
    case 'list':
      return <ListValue field={field} />;
    default:
      return null;
  }
}

/** Value of the document, or the default that holds where it gives none. */
function useValue(field: Field) {
  const { state } = useForm();
  const given = valueAt(state.document, field.path);
  const fault = state.faults.find(item => dotted(item.path) === dotted(field.path));
  return { given: given === null ? undefined : given, fault };
}

function TypedValue({ field }: { field: Field }) {
  const { editor, state, label, pathLabel } = useForm();
  const id = useId();
  const { given, fault } = useValue(field);
  const key = dotted(field.path);
  const draft = state.drafts.get(key);
  const [typed, setTyped] = useState<string | null>(null);
  useEffect(() => setTyped(null), [key, given]);
  const shown = typed ?? draft?.text ?? textOf(given, field);
  const live = typed !== null && typed !== '' ? editor.problem(field, typed) : null;
  const problem = live ?? draft ?? (fault ? { problem: fault.rule, hint: fault.hint } : null);
  const take = () => {
    if (typed !== null) {
      editor.enter(field, typed, pathLabel(field.path));
      setTyped(null);
    }
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      take();
    } else if (event.key === 'Escape' && (typed !== null || draft)) {
      event.stopPropagation();
      setTyped(null);
      editor.dismiss(field.path);
    }
  };
  const buses = field.reference === 'buses' ? busIds(state.document) : null;
  return (
    <div className="jb-Value" data-path={key} data-invalid={problem !== null}>
      <label htmlFor={id} title={field.description}>
        {label(field.path, field.title)}
      </label>
      <span className="jb-Value-box">
        <input
          id={id}
          type="text"
          value={shown}
          placeholder={given === undefined ? defaultText(field) : ''}
          disabled={state.readOnly}
          spellCheck={false}
          autoComplete="off"
          data-typing={typed !== null}
          aria-invalid={problem !== null}
          aria-describedby={`${id}-note`}
          list={buses ? `${id}-buses` : undefined}
          onChange={event => setTyped(event.target.value)}
          onBlur={take}
          onKeyDown={press}
        />
        <span className="jb-Value-unit">{field.display.unit}</span>
      </span>
      {buses && (
        <datalist id={`${id}-buses`}>
          {buses.map(bus => (
            <option key={bus} value={bus} />
          ))}
        </datalist>
      )}
      <span className="jb-Value-note" id={`${id}-note`} role={problem ? 'alert' : undefined}>
        {problem
          ? words(problem)
          : typed !== null && field.kind !== 'text'
            ? `Allowed: ${fieldRange(field)}`
            : ''}
      </span>
    </div>
  );
}

function words({ problem, hint }: { problem: string; hint: string }): string {
  const first = `${problem.charAt(0).toUpperCase()}${problem.slice(1)}`;
  return hint ? `${first}. ${hint}` : first;
}

function textOf(value: unknown, field: Field): string {
  return typeof value === 'number' ? displayText(value, field) : value === undefined ? '' : String(value);
}

function defaultText(field: Field): string {
  if (field.default === undefined || field.default === '') {
    return field.optional ? '–' : '';
  }
  return textOf(field.default, field);
}

function busIds(document: JsonObject): readonly string[] {
  const buses = valueAt(document, ['buses']);
  return isObject(buses) ? Object.keys(buses).slice(0, 2000) : [];
}

function ChoiceValue({ field }: { field: Field }) {
  const { editor, state, label, pathLabel } = useForm();
  const id = useId();
  const { given } = useValue(field);
  const value = String(given ?? field.default ?? '');
  return (
    <div className="jb-Value" data-path={dotted(field.path)}>
      <label htmlFor={id} title={field.description}>
        {label(field.path, field.title)}
      </label>
      <select
        id={id}
        value={value}
        disabled={state.readOnly}
        onChange={event =>
          editor.change([{ path: field.path, value: event.target.value }], pathLabel(field.path))
        }
      >
        {!field.choices.includes(value) && <option value={value}>{`${value} (not known)`}</option>}
        {field.choices.map(choice => (
          <option key={choice} value={choice}>
            {choice === '' ? '–' : choice.replace(/_/g, ' ')}
          </option>
        ))}
      </select>
    </div>
  );
}

function SwitchValue({ field }: { field: Field }) {
  const { editor, state, label, pathLabel } = useForm();
  const id = useId();
  const { given } = useValue(field);
  return (
    <div className="jb-Value jb-mod-switch" data-path={dotted(field.path)}>
      <label htmlFor={id} title={field.description}>
        {label(field.path, field.title)}
      </label>
      <input
        id={id}
        type="checkbox"
        checked={(given ?? field.default) === true}
        disabled={state.readOnly}
        onChange={event =>
          editor.change([{ path: field.path, value: event.target.checked }], pathLabel(field.path))
        }
      />
    </div>
  );
}

/** A list of points is written in the text of the document; here it is counted. */
function ListValue({ field }: { field: Field }) {
  const { label } = useForm();
  const { given } = useValue(field);
  const count = Array.isArray(given) ? given.length : 0;
  return count === 0 ? null : (
    <div className="jb-Value">
      <span title={field.description}>{label(field.path, field.title)}</span>
      <span className="jb-Value-count">{count === 1 ? '1 entry' : `${count} entries`}</span>
    </div>
  );
}
