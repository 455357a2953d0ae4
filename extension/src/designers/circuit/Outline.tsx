/** All elements as a list that can be searched; choosing one shows it on the sheet. */

import { useDeferredValue, useMemo, useState } from 'react';
import { useSession } from './context';
import { nameOf, titleOf } from './elements';
import type { Key } from './kinds';
import { kindOf } from './kinds';
import type { StudyState } from './study';
import { resultRows } from './words';

const MOST = 120;

export function Outline({ study, show }: { study: StudyState; show(key: Key): void }) {
  const { view } = useSession();
  const [text, setText] = useState('');
  const wanted = useDeferredValue(text);
  const { rows, count } = useMemo(() => {
    const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
    const fitting = [...view.scene.elements.values()].filter(element => {
      const all = `${kindOf(element.table).title} ${element.id} ${nameOf(element)}`.toLowerCase();
      return words.every(word => all.includes(word));
    });
    return { rows: fitting.slice(0, MOST), count: fitting.length };
  }, [wanted, view.scene.elements]);
  return (
    <section className="jb-Outline" aria-label="Elements">
      <input
        type="search"
        placeholder="Find an element"
        aria-label="Find an element"
        value={text}
        onChange={event => setText(event.target.value)}
      />
      <ul>
        {rows.map(element => {
          const [first] = resultRows(element, study.overlay);
          const mark = study.overlay.marks.get(element.key);
          return (
            <li key={element.key}>
              <button
                type="button"
                aria-pressed={view.selection.has(element.key)}
                data-mark={mark?.level}
                title={mark?.text}
                onClick={() => show(element.key)}
              >
                <span>{titleOf(element)}</span>
                {first && <small>{first[1]}</small>}
              </button>
            </li>
          );
        })}
      </ul>
      {count > MOST && <p className="jb-Empty">{`${count - MOST} more: write more of the name`}</p>}
      {count === 0 && <p className="jb-Empty">No element of that name</p>}
    </section>
  );
}
