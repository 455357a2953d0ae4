/** A value that is one of a few words. */

import { useId } from 'react';
import { dotted, valueAt } from '../../core/document';
import type { Field } from '../../core/schema';
import { useEditor } from './hooks';
import { label, pathLabel } from './model';

interface ChoiceProps {
  readonly field: Field;
  readonly choices: readonly string[];
  /** A choice as people read it. */
  shown?(value: string): string;
  choose(value: string): void;
}

export function Choice({ field, choices, shown = value => value, choose }: ChoiceProps) {
  const { state } = useEditor();
  const id = useId();
  const value = String(valueAt(state.document, field.path) ?? field.default ?? '');
  const known = choices.includes(value);
  const fault = state.faults.find(item => dotted(item.path) === dotted(field.path));
  return (
    <div className="jb-Field jb-mod-choice" data-path={dotted(field.path)} data-invalid={!known}>
      <label htmlFor={id} title={field.description}>
        {label(field.path[field.path.length - 1] ?? '', field.title)}
      </label>
      <div className="jb-Field-box">
        <select
          id={id}
          value={value}
          disabled={state.readOnly}
          aria-invalid={!known}
          aria-describedby={`${id}-note`}
          onChange={event => choose(event.target.value)}
        >
          {!known && <option value={value}>{`${shown(value)} (not known)`}</option>}
          {choices.map(choice => (
            <option key={choice} value={choice}>
              {shown(choice)}
            </option>
          ))}
        </select>
      </div>
      <span />
      <div className="jb-Field-note" id={`${id}-note`}>
        {fault ? `${fault.rule}. ${fault.hint}` : ''}
      </div>
    </div>
  );
}

/** A choice that is written as it stands. */
export function ChoiceField({ field }: { field: Field }) {
  const { editor } = useEditor();
  const choose = (value: string) => editor.change([{ path: field.path, value }], pathLabel(field.path));
  return <Choice field={field} choices={field.choices} choose={choose} />;
}

const SIZES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  cylindrical: { diameter: 0.021, height: 0.07 },
  prismatic: { width: 0.148, height: 0.091, depth: 0.0265 },
  pouch: { width: 0.1, height: 0.1, depth: 0.006 }
};

/** The kind of housing: another kind has other dimensions, so the whole housing is replaced, its mass kept. */
export function ShapeField({ field, shapes }: { field: Field; shapes: readonly string[] }) {
  const { editor, state } = useEditor();
  const choose = (shape: string) => {
    const mass = valueAt(state.document, ['format', 'case_mass']);
    const kept =
      valueAt(state.original, ['format', 'shape']) === shape
        ? valueAt(state.original, ['format'])
        : undefined;
    const fresh = { shape, ...SIZES[shape], ...(typeof mass === 'number' ? { case_mass: mass } : {}) };
    editor.change([{ path: ['format'], value: kept ?? fresh }], 'Housing, shape');
  };
  return <Choice field={field} choices={shapes} choose={choose} />;
}
