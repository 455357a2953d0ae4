/** A value of the form: text in, with unit, allowed range, source and a way back. */

import type { KeyboardEvent } from 'react';
import { useId, useState } from 'react';
import { dotted, sameJson, valueAt } from '../../core/document';
import type { Field } from '../../core/schema';
import { raised } from '../../core/numbers';
import { displayQuantity, displayText, fieldRange } from '../../core/units';
import type { ValueRecord } from './catalogue';
import { useEditor } from './hooks';
import { Icon } from './Icon';
import { label, pathLabel } from './model';
import { sourceAt, SourceNote } from './SourceNote';

interface ValueFieldProps {
  readonly field: Field;
  /** What holds where the document leaves the value out. */
  readonly inherited: ValueRecord | undefined;
}

/** What is in the field: the document's value, a text that waits, or what is being typed. */
function useFieldText(field: Field) {
  const { editor, state } = useEditor();
  const [typed, setTyped] = useState<string | null>(null);
  const [focused, setFocused] = useState(false);
  const draft = state.drafts.get(dotted(field.path));
  const shown = textOf(valueAt(state.document, field.path), field);
  const typing = typed !== null && typed !== shown;
  const broken = state.faults.find(fault => dotted(fault.path) === dotted(field.path));
  const kept = typed === null ? (draft ?? asProblem(broken?.rule, broken?.hint)) : null;
  const commit = () => {
    setTyped(null);
    if (typed === shown) {
      editor.dismiss(field.path);
    } else if (typed !== null && typed !== draft?.text) {
      editor.enter(field, typed, pathLabel(field.path));
    }
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !(event.target instanceof HTMLTextAreaElement)) {
      commit();
    } else if (event.key === 'Escape') {
      setTyped(null);
      editor.dismiss(field.path);
    }
  };
  return {
    focused,
    waiting: typed === null && draft !== undefined,
    wrong: typing ? editor.problem(field, typed) : kept,
    props: {
      value: typed ?? draft?.text ?? shown,
      readOnly: state.readOnly,
      'data-typing': typing,
      onChange: (event: { target: { value: string } }) => setTyped(event.target.value),
      onFocus: () => setFocused(true),
      onBlur: () => {
        setFocused(false);
        commit();
      },
      onKeyDown: press
    }
  };
}

export function ValueField({ field, inherited }: ValueFieldProps) {
  const { state } = useEditor();
  const id = useId();
  const { focused, waiting, wrong, props } = useFieldText(field);
  const name = label(field.path[field.path.length - 1] ?? '', field.title);
  const numeric = field.kind === 'number' || field.kind === 'integer';
  const shared = { id, ...props, 'aria-invalid': wrong !== null, 'aria-describedby': `${id}-note` };
  const own = field.default === undefined ? '' : String(field.default);
  return (
    <div
      className={`jb-Field${numeric ? '' : ' jb-mod-text'}`}
      data-path={dotted(field.path)}
      data-invalid={wrong !== null}
    >
      <label htmlFor={id} title={field.description}>
        {name}
      </label>
      <div className="jb-Field-box">
        {field.path[0] === 'description' ? (
          <textarea rows={4} {...shared} />
        ) : (
          <input
            type="text"
            inputMode={numeric ? 'decimal' : 'text'}
            autoComplete="off"
            spellCheck={false}
            placeholder={inherited ? displayText(Number(inherited.value.toPrecision(5)), field) : own}
            {...shared}
          />
        )}
        {field.display.unit && <span className="jb-Field-unit">{raised(field.display.unit)}</span>}
      </div>
      <ResetButton field={field} name={name} waiting={waiting} />
      <div className="jb-Field-note" id={`${id}-note`} role={wrong ? 'alert' : undefined}>
        {wrong ? (
          <Problem {...wrong} kept={waiting} shown={shownQuantity(state.document, field)} />
        ) : (
          <Note field={field} inherited={inherited} focused={focused} />
        )}
      </div>
    </div>
  );
}

function asProblem(rule: string | undefined, hint = ''): { problem: string; hint: string } | null {
  return rule === undefined ? null : { problem: rule, hint };
}

function textOf(value: unknown, field: Field): string {
  return typeof value === 'number'
    ? displayText(value, field)
    : value === undefined || value === null
      ? ''
      : String(value);
}

function shownQuantity(document: Parameters<typeof valueAt>[0], field: Field): string {
  const value = valueAt(document, field.path);
  return typeof value === 'number' ? displayQuantity(value, field) : String(value ?? 'nothing');
}

function Problem({
  problem,
  hint,
  kept,
  shown
}: {
  problem: string;
  hint: string;
  kept: boolean;
  shown: string;
}) {
  return (
    <>
      {`${problem.charAt(0).toUpperCase()}${problem.slice(1)}.`}
      {hint && ` ${hint}.`}
      {kept && <span className="jb-Field-kept">{` Not taken yet: the design still has ${shown}.`}</span>}
    </>
  );
}

function Note({ field, inherited, focused }: ValueFieldProps & { readonly focused: boolean }) {
  const { state } = useEditor();
  const key = dotted(field.path);
  const value = valueAt(state.document, field.path);
  const before = valueAt(state.original, field.path);
  const range = focused && field.kind === 'number' ? `Allowed: ${fieldRange(field)}` : '';
  const source = sourceAt(state.document, key);
  if (value === undefined && inherited) {
    return (
      <>
        {'material’s own · '}
        <SourceNote source={inherited.source} />
      </>
    );
  }
  if (!sameJson(value, before) && !source) {
    const was =
      typeof before === 'number'
        ? `was ${displayQuantity(before, field)}`
        : before === undefined
          ? 'was not given'
          : '';
    return <>{range || ['changed', was].filter(Boolean).join(', ')}</>;
  }
  return source && !range ? <SourceNote source={source} /> : <>{range}</>;
}

/** Back to the value as it was opened, or to the material's own; shown where that would change something. */
function ResetButton({ field, name, waiting }: { field: Field; name: string; waiting: boolean }) {
  const { editor, state } = useEditor();
  const before = valueAt(state.original, field.path);
  const same = sameJson(valueAt(state.document, field.path), before);
  const possible = before !== undefined || field.optional;
  if (!((!same && possible) || waiting) || state.readOnly) {
    return <span />;
  }
  const reset = () => {
    editor.dismiss(field.path);
    if (!same && possible) {
      editor.reset(field.path, `Reset ${pathLabel(field.path).toLowerCase()}`);
    }
  };
  const goal = typeof before === 'number' ? ` to ${displayQuantity(before, field)}` : '';
  return (
    <button
      type="button"
      className="jb-IconButton"
      title={`Reset${goal}`}
      aria-label={`Reset ${name}${goal}`}
      onClick={reset}
    >
      <Icon name="reset" />
    </button>
  );
}
