/** One value of the form: typed text with its unit, a choice, or a switch. */

import type { KeyboardEvent } from 'react';
import { useEffect, useId, useState } from 'react';
import { dotted, isObject, valueAt } from '../../core/document';
import type { Field } from '../../core/schema';
import { displayText, fieldRange } from '../../core/units';
import { useEditor } from './context';
import { label, pathLabel } from './model';

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

function titleOfField(field: Field): string {
  return label(field.path[field.path.length - 1] ?? '', field.title);
}

/** Value of the document, or the default that holds where it gives none. */
function useValue(field: Field) {
  const { state } = useEditor();
  const given = valueAt(state.document, field.path);
  const fault = state.faults.find(item => dotted(item.path) === dotted(field.path));
  return { given: given === null ? undefined : given, fault };
}

function TypedValue({ field }: { field: Field }) {
  const { editor, state } = useEditor();
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
        {titleOfField(field)}
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

function busIds(document: Parameters<typeof valueAt>[0]): readonly string[] {
  const buses = valueAt(document, ['buses']);
  return isObject(buses) ? Object.keys(buses).slice(0, 2000) : [];
}

function ChoiceValue({ field }: { field: Field }) {
  const { editor, state } = useEditor();
  const id = useId();
  const { given } = useValue(field);
  const value = String(given ?? field.default ?? '');
  return (
    <div className="jb-Value" data-path={dotted(field.path)}>
      <label htmlFor={id} title={field.description}>
        {titleOfField(field)}
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
  const { editor, state } = useEditor();
  const id = useId();
  const { given } = useValue(field);
  return (
    <div className="jb-Value jb-mod-switch" data-path={dotted(field.path)}>
      <label htmlFor={id} title={field.description}>
        {titleOfField(field)}
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
  const { given } = useValue(field);
  const count = Array.isArray(given) ? given.length : 0;
  return count === 0 ? null : (
    <div className="jb-Value">
      <span title={field.description}>{titleOfField(field)}</span>
      <span className="jb-Value-count">{count === 1 ? '1 entry' : `${count} entries`}</span>
    </div>
  );
}
