/** The form of what is selected: values of one element, a summary of several, or the network itself. */

import { useId, useMemo, useState } from 'react';
import { isObject, valueAt } from '../../core/document';
import type { Field } from '../../core/schema';
import { useEditor, useSession } from './context';
import { Curves } from './Curves';
import type { Element } from './elements';
import { titleOf } from './elements';
import type { Key } from './kinds';
import { KINDS, splitKey } from './kinds';
import { circuitSchema } from './model';
import { NoteForm } from './NoteForm';
import { identifierProblem } from './renaming';
import type { StudyState } from './study';
import { Value } from './Value';
import { resultRows } from './words';

interface InspectorProps {
  readonly id: string;
  readonly study: StudyState;
  show(key: Key): void;
}

export function Inspector({ id, study, show }: InspectorProps) {
  const { view } = useSession();
  const [only, ...more] = view.selection;
  const element = only && more.length === 0 ? view.scene.elements.get(only) : undefined;
  return (
    <section className="jb-Inspector" id={id} aria-label="Values">
      {element ? (
        <ElementForm key={element.key} element={element} study={study} show={show} />
      ) : view.selection.size > 1 ? (
        <Several keys={view.selection} />
      ) : (
        <NetworkForm />
      )}
    </section>
  );
}

function ElementForm({
  element,
  study,
  show
}: {
  element: Element;
  study: StudyState;
  show(key: Key): void;
}) {
  const { state } = useEditor();
  const { view } = useSession();
  const { table, id } = element;
  const fields = circuitSchema.fields([table, id], state.document).filter(isShown);
  const node = circuitSchema.nodeAt([table, id], state.document);
  const required = node ? circuitSchema.required(node) : [];
  const isMain = (field: Field) => {
    const name = field.path[2] ?? '';
    return required.includes(name) || MAIN.includes(name) || element.row[name] !== undefined;
  };
  const [main, others] = [fields.filter(isMain), fields.filter(field => !isMain(field))];
  const mark = study.overlay.marks.get(element.key);
  const attached = useMemo(
    () => [...view.scene.elements.values()].filter(({ buses }) => buses.includes(element.key)),
    [view.scene.elements, element.key]
  );
  return (
    <>
      <h3>{titleOf(element)}</h3>
      {table === 'labels' ? <NoteForm element={element} /> : <Identifier element={element} />}
      {mark && (
        <p className={`jb-Mark jb-mod-${mark.level}`} role="note">
          {mark.text}
        </p>
      )}
      <Results element={element} study={study} />
      <div className="jb-Inspector-fields">
        {main.map(field => (
          <Value key={field.path.join('.')} field={field} />
        ))}
      </div>
      {others.length > 0 && (
        <details>
          <summary>{`More values (${others.length})`}</summary>
          <div className="jb-Inspector-fields">
            {others.map(field => (
              <Value key={field.path.join('.')} field={field} />
            ))}
          </div>
        </details>
      )}
      <Curves element={element} study={study} />
      {attached.length > 0 && (
        <details open={attached.length < 8}>
          <summary>{`Connected here (${attached.length})`}</summary>
          <ul className="jb-Connected">
            {attached.slice(0, 60).map(item => (
              <li key={item.key}>
                <button type="button" onClick={() => show(item.key)}>
                  {titleOf(item)}
                </button>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** What the element is called in the document; whatever refers to it follows. */
function Identifier({ element }: { element: Element }) {
  const { session } = useSession();
  const { state } = useEditor();
  const input = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const problem = typed === null ? '' : identifierProblem(state.document, element.key, typed);
  const take = () => {
    if (typed !== null && problem === '') {
      session.rename(element.key, typed);
    }
    setTyped(null);
  };
  return (
    <div className="jb-Value" data-invalid={problem !== ''}>
      <label htmlFor={input} title="What refers to the element follows">
        Identifier
      </label>
      <span className="jb-Value-box">
        <input
          id={input}
          type="text"
          value={typed ?? element.id}
          disabled={state.readOnly}
          spellCheck={false}
          autoComplete="off"
          data-typing={typed !== null}
          aria-invalid={problem !== ''}
          aria-describedby={`${input}-note`}
          onChange={event => setTyped(event.target.value)}
          onBlur={take}
          onKeyDown={event => {
            if (event.key === 'Enter') {
              take();
            } else if (event.key === 'Escape' && typed !== null) {
              event.stopPropagation();
              setTyped(null);
            }
          }}
        />
      </span>
      <span className="jb-Value-note" id={`${input}-note`} role={problem ? 'alert' : undefined}>
        {problem}
      </span>
    </div>
  );
}

/** Values that are always in sight. */
const MAIN: readonly string[] = ['name', 'in_service', 'closed', 'reference', 'voltage', 'tap_ratio', 'kind'];
/** Edited as tables of their own. */
const CURVES: readonly string[] = ['tap_changer', 'capability', 'cost'];
const isShown = (field: Field) =>
  !['group', 'map', 'open'].includes(field.kind) && !CURVES.includes(field.path[2] ?? '');

function Results({ element, study }: { element: Element; study: StudyState }) {
  const rows = resultRows(element, study.overlay);
  if (rows.length === 0) {
    return null;
  }
  return (
    <dl className="jb-Results" data-stale={study.stale} aria-label="Power flow">
      {rows.map(([name, value], i) => (
        <div key={i}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Several({ keys }: { keys: ReadonlySet<Key> }) {
  const { session } = useSession();
  const counts = new Map<string, number>();
  for (const key of keys) {
    const { table } = splitKey(key);
    counts.set(table, (counts.get(table) ?? 0) + 1);
  }
  return (
    <>
      <h3>{`${keys.size} elements`}</h3>
      <ul className="jb-Counts">
        {KINDS.flatMap(({ table, title, plural }) => {
          const count = counts.get(table);
          return count
            ? [<li key={table}>{`${count} ${(count === 1 ? title : plural).toLowerCase()}`}</li>]
            : [];
        })}
      </ul>
      <div className="jb-Row">
        <button
          type="button"
          className="jb-Button"
          disabled={session.readOnly}
          onClick={() => session.rotate()}
        >
          Turn
        </button>
        <button
          type="button"
          className="jb-Button"
          disabled={session.readOnly}
          onClick={() => session.remove()}
        >
          Delete
        </button>
      </div>
    </>
  );
}

const OF_NETWORK: readonly string[] = ['name', 'description', 'base_power', 'frequency'];

function NetworkForm() {
  const { state } = useEditor();
  const { session } = useSession();
  const { document } = state;
  const fields = useMemo(
    () => circuitSchema.fields([], document).filter(field => OF_NETWORK.includes(field.path[0] ?? '')),
    [document]
  );
  const symbols = valueAt(state.document, ['diagram', 'symbols']) === 'ANSI' ? 'ANSI' : 'IEC';
  const kinds = KINDS.filter(({ table }) => isObject(document[table]));
  return (
    <>
      <h3>Network</h3>
      <div className="jb-Inspector-fields">
        {fields.map(field => (
          <Value key={field.path.join('.')} field={field} />
        ))}
        <div className="jb-Value">
          <span>Symbols</span>
          <div className="jb-Toggle" role="group" aria-label="Symbols">
            {(['IEC', 'ANSI'] as const).map(standard => (
              <button
                key={standard}
                type="button"
                aria-pressed={standard === symbols}
                disabled={state.readOnly}
                onClick={() => session.setSymbols(standard)}
              >
                {standard}
              </button>
            ))}
          </div>
        </div>
      </div>
      <dl className="jb-Results" aria-label="Elements">
        {kinds.map(({ table, plural }) => (
          <div key={table}>
            <dt>{plural}</dt>
            <dd>{Object.keys(state.document[table] ?? {}).length}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
