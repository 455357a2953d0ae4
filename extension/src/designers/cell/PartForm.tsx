/** Tabs of the parts, and the form of the selected one, made from the schema. */

import type { KeyboardEvent } from 'react';
import { useRef } from 'react';
import { isObject, valueAt } from '../../core/document';
import type { Json, JsonObject, Path } from '../../core/document';
import { rovingKey } from '../../core/keyboard';
import type { Field } from '../../core/schema';
import { material } from './catalogue';
import { ChoiceField, ShapeField } from './ChoiceField';
import { useEditor } from './hooks';
import { MaterialCard, MaterialField } from './MaterialPanel';
import type { CellPart } from './model';
import { CELL_PARTS, cellSchema, label, partOf, partOfPath } from './model';
import { ValueField } from './ValueField';

export function PartForm({ id }: { id: string }) {
  const { state } = useEditor();
  const part = partOf(state.selection);
  return (
    <section className="jb-Form" aria-label="Parts of the cell">
      <PartTabs id={id} selected={part} />
      <div
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${part.id}`}
        className="jb-Form-body"
        key={part.id}
      >
        <h3>{part.title}</h3>
        {part.groups.map(group => (
          <Group key={group.heading} {...group} part={part} />
        ))}
        <Carried part={part.id} />
        {part.materials && <MaterialCard part={part.id} kind={part.materials} />}
      </div>
    </section>
  );
}

function PartTabs({ id, selected }: { id: string; selected: CellPart }) {
  const { editor, state } = useEditor();
  const list = useRef<HTMLDivElement>(null);
  const troubled = new Set([
    ...state.faults.map(fault => partOfPath(fault.path)),
    ...[...state.drafts.keys()].map(key => partOfPath(key.split('.')))
  ]);
  const press = (event: KeyboardEvent) => {
    const next = rovingKey(event.key, CELL_PARTS.indexOf(selected), CELL_PARTS.length);
    const part = next === null ? undefined : CELL_PARTS[next];
    if (part) {
      event.preventDefault();
      editor.select(part.id);
      list.current?.querySelector<HTMLElement>(`[data-part="${part.id}"]`)?.focus();
    }
  };
  return (
    <div className="jb-Tabs" role="tablist" aria-label="Part of the cell" ref={list} onKeyDown={press}>
      {CELL_PARTS.map(part => (
        <button
          key={part.id}
          type="button"
          role="tab"
          id={`${id}-${part.id}`}
          data-part={part.id}
          aria-selected={part === selected}
          aria-controls={`${id}-panel`}
          tabIndex={part === selected ? 0 : -1}
          title={part.title}
          onClick={() => editor.select(part.id)}
        >
          {part.short}
          {troubled.has(part.id) && <span className="jb-Tabs-mark" role="img" aria-label="has faults" />}
        </button>
      ))}
    </div>
  );
}

const CARRIED: Readonly<Record<string, string>> = {
  sei: 'film growth (SEI)',
  plating: 'lithium plating',
  mechanics: 'mechanics'
};

/** What a part has beyond its form: kept through every edit, and changed in Python or in the text. */
function Carried({ part }: { part: string }) {
  const { state } = useEditor();
  const own = valueAt(state.document, [part]);
  if (!isObject(own)) {
    return null;
  }
  const list = (key: string) => (Array.isArray(own[key]) ? (own[key] as readonly Json[]) : []);
  const phases = list('additional_phases').map(phase => String(isObject(phase) ? phase['material'] : ''));
  const layers = list('layers').length;
  const words = [
    ...phases.map(name => `${name} as a further phase`),
    ...(layers > 0 ? [`${layers} layers`] : []),
    ...Object.keys(CARRIED).flatMap(key => (isObject(own[key]) ? [CARRIED[key] ?? key] : []))
  ];
  return words.length > 0 ? (
    <p className="jb-Empty">{`Also here, to be changed in Python or in the text: ${words.join(', ')}.`}</p>
  ) : null;
}

interface GroupProps {
  readonly heading: string;
  readonly path: Path;
  readonly names?: readonly string[];
  readonly part: CellPart;
}

function Group({ heading, path, names, part }: GroupProps) {
  const { editor, state } = useEditor();
  const present = path.length === 0 || isObject(valueAt(state.document, path));
  const fields = present ? cellSchema.fields(path, state.document) : [];
  const first = FIRST[path.join('.')];
  const shown = fields.filter(field => !names || names.includes(field.path[field.path.length - 1] ?? ''));
  return (
    <fieldset className="jb-Group">
      {heading && <legend>{heading}</legend>}
      {shown.map(field => (
        <FieldRow key={field.path.join('.')} field={field} part={part} />
      ))}
      {!present && first && (
        <div className="jb-Group-absent">
          <span>Not given.</span>
          <button
            type="button"
            className="jb-Button"
            disabled={state.readOnly}
            onClick={() => editor.change([{ path, value: first.value }], first.what)}
          >
            {first.words}
          </button>
        </div>
      )}
      {present && path.length === 1 && path[0] === 'tabs' && !state.readOnly && (
        <button
          type="button"
          className="jb-Button"
          onClick={() => editor.change([{ path, value: undefined }], 'Current tabs')}
        >
          Take the tabs away
        </button>
      )}
      {!present && !first && <p className="jb-Empty">Missing in this document; see the faults.</p>}
    </fieldset>
  );
}

/** What an optional part starts with when it is added. */
const FIRST: Readonly<Record<string, { what: string; words: string; value: JsonObject }>> = {
  tabs: {
    what: 'Current tabs',
    words: 'Add tabs',
    value: {
      negative: { width: 0.01, position: 'bottom' },
      positive: { width: 0.01, position: 'top' }
    }
  },
  format: {
    what: 'Housing',
    words: 'Add a housing',
    value: { shape: 'pouch', width: 0.05, height: 0.05, depth: 0.005 }
  },
  negative_collector: {
    what: 'Negative collector',
    words: 'Add a foil',
    value: { material: 'copper', thickness: 1e-5 }
  },
  positive_collector: {
    what: 'Positive collector',
    words: 'Add a foil',
    value: { material: 'aluminium', thickness: 1.5e-5 }
  }
};

function FieldRow({ field, part }: { field: Field; part: CellPart }) {
  const { state } = useEditor();
  const name = field.path[field.path.length - 1] ?? '';
  switch (field.kind) {
    case 'group':
      return part.id !== 'format' ? null : (
        <Group heading={`${label(name)} tab`} path={field.path} part={part} />
      );
    case 'material':
      return <MaterialField field={field} />;
    case 'choice':
      return name === 'shape' ? (
        <ShapeField field={field} shapes={cellSchema.branches(field.path.slice(0, -1), state.document)} />
      ) : (
        <ChoiceField field={field} />
      );
    case 'map':
    case 'list':
    case 'open':
      return null;
    default:
      return (
        <ValueField
          field={field}
          inherited={
            field.optional
              ? material(part.materials, valueAt(state.document, [part.id, 'material']))?.values[name]
              : undefined
          }
        />
      );
  }
}
