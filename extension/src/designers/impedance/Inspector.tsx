/** The form of what is selected: name, kind and values of one element, or the circuit itself. */

import type { KeyboardEvent } from 'react';
import { useEffect, useId, useState } from 'react';
import { isObject } from '../../core/document';
import { Value } from '../circuit/Value';
import { useEditor, useSession } from './context';
import type { Kind } from './kinds';
import { KINDS, rowsOf, titleOf } from './kinds';
import { impedanceSchema, nameWithTitle } from './model';
import { leaves } from './tree';

export function Inspector() {
  const { view } = useSession();
  const [only, ...more] = view.selection;
  return (
    <section className="jb-Inspector" aria-label="Values">
      {only !== undefined && more.length === 0 ? (
        <ElementForm key={only} name={only} />
      ) : view.selection.size > 1 ? (
        <Several names={[...view.selection]} />
      ) : (
        <CircuitForm />
      )}
    </section>
  );
}

function ElementForm({ name }: { name: string }) {
  const { session, view } = useSession();
  const { state } = useEditor();
  const id = useId();
  const row = rowsOf(state.document)[name];
  const kind = isObject(row) ? String(row['kind']) : '';
  const mark = view.scene.marks.get(name);
  const fields = impedanceSchema
    .fields(['elements', name], state.document)
    .filter(field => field.path[2] !== 'kind');
  const source = impedanceSchema.nodeAt(['elements', name], state.document)?.['description'];
  return (
    <>
      <h3>{nameWithTitle(name)}</h3>
      {mark && <p className="jb-Mark jb-mod-error">{`${name}: ${mark.text}`}</p>}
      {typeof source === 'string' && <p className="jb-Counts">{source}</p>}
      <div className="jb-Inspector-fields">
        <NameField name={name} />
        <div className="jb-Value">
          <label htmlFor={`${id}-kind`}>Element</label>
          <select
            id={`${id}-kind`}
            value={kind}
            disabled={state.readOnly}
            onChange={event => void session.convert(name, event.target.value as Kind)}
          >
            {KINDS.map(item => (
              <option key={item} value={item}>{`${item} · ${titleOf(item)}`}</option>
            ))}
          </select>
        </div>
        {fields.map(field => (
          <Value key={field.path.join('.')} field={field} />
        ))}
      </div>
    </>
  );
}

function NameField({ name }: { name: string }) {
  const { session } = useSession();
  const { state } = useEditor();
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    setTyped(null);
    setProblem(null);
  }, [name]);
  const take = () => {
    if (typed !== null) {
      const found = session.rename(name, typed.trim());
      setProblem(found);
      if (found === null) {
        setTyped(null);
      }
    }
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      take();
    } else if (event.key === 'Escape' && typed !== null) {
      event.stopPropagation();
      setTyped(null);
      setProblem(null);
    }
  };
  return (
    <div className="jb-Value" data-invalid={problem !== null}>
      <label htmlFor={id}>Name</label>
      <input
        id={id}
        type="text"
        value={typed ?? name}
        disabled={state.readOnly}
        spellCheck={false}
        autoComplete="off"
        data-typing={typed !== null}
        aria-invalid={problem !== null}
        aria-describedby={`${id}-note`}
        onChange={event => setTyped(event.target.value)}
        onBlur={take}
        onKeyDown={press}
      />
      <span className="jb-Value-note" id={`${id}-note`} role={problem ? 'alert' : undefined}>
        {problem}
      </span>
    </div>
  );
}

function Several({ names }: { names: readonly string[] }) {
  const { session } = useSession();
  return (
    <>
      <h3>{`${names.length} elements`}</h3>
      <ul className="jb-Connected">
        {names.map(name => (
          <li key={name}>
            <button type="button" onClick={() => session.select([name])}>
              {nameWithTitle(name)}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function CircuitForm() {
  const { session, view } = useSession();
  const { state } = useEditor();
  const fields = impedanceSchema
    .fields([], state.document)
    .filter(field => field.path[0] === 'name' || field.path[0] === 'description');
  const names = [...new Set([...leaves(view.scene.tree), ...view.scene.items.keys()])];
  return (
    <>
      <h3>Equivalent circuit</h3>
      <div className="jb-Inspector-fields">
        {fields.map(field => (
          <Value key={field.path.join('.')} field={field} />
        ))}
      </div>
      <ul className="jb-Outline jb-Elements" aria-label="Elements">
        {names.map(name => (
          <li key={name}>
            <button
              type="button"
              data-mark={view.scene.marks.get(name)?.level}
              onClick={() => session.select([name])}
            >
              <span>{name}</span>
              <small>{(view.scene.items.get(name)?.lines ?? []).join(' · ')}</small>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
