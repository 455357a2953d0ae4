/** Name of the design, undo and redo, and the way to Python. */

import { useEffect, useState } from 'react';
import { valueAt } from '../../core/document';
import type { ClipboardService } from '../../core/services';
import { useEditor } from './hooks';
import { Icon } from './Icon';
import { pythonCode } from './python';

export function Toolbar({ clipboard }: { clipboard: ClipboardService }) {
  const { editor, state } = useEditor();
  const name = valueAt(state.document, ['name']);
  return (
    <header className="jb-Toolbar">
      <button
        type="button"
        className="jb-Toolbar-name"
        title="Name, operation and state of the cell"
        onClick={() => editor.select('cell')}
      >
        {typeof name === 'string' && name ? name : 'Cell without a name'}
      </button>
      {state.readOnly && <span className="jb-Badge">read only</span>}
      <span className="jb-Toolbar-space" />
      <HistoryButton
        name="undo"
        words="Undo"
        keys="Ctrl+Z"
        label={state.undoLabel}
        act={() => editor.undo()}
      />
      <HistoryButton
        name="redo"
        words="Redo"
        keys="Ctrl+Shift+Z"
        label={state.redoLabel}
        act={() => editor.redo()}
      />
      <CopyButton clipboard={clipboard} />
    </header>
  );
}

interface HistoryButtonProps {
  readonly name: 'undo' | 'redo';
  readonly words: string;
  readonly keys: string;
  readonly label: string | null;
  act(): void;
}

function HistoryButton({ name, words, keys, label, act }: HistoryButtonProps) {
  const { state } = useEditor();
  const what = label ? `${words}: ${label}` : words;
  return (
    <button
      type="button"
      className="jb-IconButton"
      disabled={label === null || state.readOnly}
      aria-label={what}
      title={`${what} (${keys})`}
      onClick={act}
    >
      <Icon name={name} />
    </button>
  );
}

type Copied = 'no' | 'yes' | 'refused';

function CopyButton({ clipboard }: { clipboard: ClipboardService }) {
  const { state } = useEditor();
  const [copied, setCopied] = useState<Copied>('no');
  const code = pythonCode(state.document);
  useEffect(() => setCopied('no'), [code]);
  const copy = () => {
    clipboard.write(code).then(
      () => setCopied('yes'),
      () => setCopied('refused')
    );
  };
  return (
    <>
      <button type="button" className="jb-Button" onClick={copy} title="The Python that makes this design">
        <Icon name="copy" />
        {copied === 'yes' ? 'Copied' : 'Copy as Python'}
      </button>
      {copied === 'refused' && (
        <div className="jb-Code" role="alert">
          The browser does not allow copying here; select the text:
          <textarea
            readOnly
            value={code}
            rows={Math.min(12, code.split('\n').length)}
            aria-label="Python code"
          />
        </div>
      )}
    </>
  );
}
