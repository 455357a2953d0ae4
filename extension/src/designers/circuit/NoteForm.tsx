/** The text of a note on the drawing. */

import { useEffect, useId, useState } from 'react';
import { useEditor } from './context';
import type { Element } from './elements';
import { LONGEST_NOTE } from './notes';

export function NoteForm({ element }: { readonly element: Element }) {
  const { editor, state } = useEditor();
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const text = String(element.row['text'] ?? '');
  useEffect(() => setTyped(null), [text]);
  const take = () => {
    if (typed !== null && typed !== text) {
      editor.change([{ path: ['diagram', 'labels', element.id], value: typed }], 'Note');
    }
    setTyped(null);
  };
  return (
    <div className="jb-Note">
      <label htmlFor={id}>Text</label>
      <textarea
        id={id}
        rows={5}
        maxLength={LONGEST_NOTE}
        value={typed ?? text}
        disabled={state.readOnly}
        data-typing={typed !== null}
        onChange={event => setTyped(event.target.value)}
        onBlur={take}
        onKeyDown={event => {
          if (event.key === 'Escape' && typed !== null) {
            event.stopPropagation();
            setTyped(null);
          } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            take();
          }
        }}
      />
      <p className="jb-Value-note">{`${(typed ?? text).length} of ${LONGEST_NOTE} characters`}</p>
    </div>
  );
}
