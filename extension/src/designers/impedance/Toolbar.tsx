/** Name of the circuit, undo and redo, ways of looking, pictures, and the way to Python. */

import { useState } from 'react';
import type { ClipboardService } from '../../core/services';
import { Icon } from '../circuit/Icon';
import { NOTHING } from '../circuit/overlay';
import { download, fileName, pngOf, svgOf } from '../circuit/pictures';
import { Tool } from '../circuit/Toolbar';
import { useEditor, useParts, useSession } from './context';
import { KEY_HELP } from './keys';
import { circuitArt } from './paint';
import { pythonCode } from './python';

const QUIET = { overlay: NOTHING, stale: false };

export function Toolbar({ clipboard }: { clipboard: ClipboardService }) {
  const { editor, state } = useEditor();
  const { session } = useSession();
  const { board } = useParts();
  const [help, setHelp] = useState(false);
  const name = typeof state.document['name'] === 'string' ? state.document['name'] : '';
  return (
    <header className="jb-Toolbar">
      <button
        type="button"
        className="jb-Toolbar-name"
        title="Name of the circuit and its elements"
        onClick={() => session.select([])}
      >
        {name || 'Circuit without a name'}
      </button>
      {state.readOnly && <span className="jb-Badge">read only</span>}
      <span className="jb-Toolbar-space" />
      <Tool
        icon="undo"
        name={state.undoLabel ? `Undo: ${state.undoLabel}` : 'Undo'}
        keys="Ctrl+Z"
        off={state.undoLabel === null || state.readOnly}
        act={() => editor.undo()}
      />
      <Tool
        icon="redo"
        name={state.redoLabel ? `Redo: ${state.redoLabel}` : 'Redo'}
        keys="Ctrl+Shift+Z"
        off={state.redoLabel === null || state.readOnly}
        act={() => editor.redo()}
      />
      <span className="jb-Toolbar-gap" />
      <Tool icon="minus" name="Zoom out" keys="−" act={() => board.current?.zoom(0.8)} />
      <Tool icon="plus" name="Zoom in" keys="+" act={() => board.current?.zoom(1.25)} />
      <Tool icon="fit" name="Fit the circuit" keys="F" act={() => board.current?.fit()} />
      <span className="jb-Toolbar-gap" />
      <SaveButtons name={name} />
      <CopyButton clipboard={clipboard} />
      <Tool icon="help" name="Keys" pressed={help} act={() => setHelp(!help)} />
      {help && (
        <div className="jb-Help" role="note" aria-label="Keys on the sheet">
          <h4>Keys on the sheet</h4>
          <dl>
            {KEY_HELP.map(({ keys, does }) => (
              <div key={keys}>
                <dt>{keys}</dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
          <p>
            With the pointer: drag an element onto a wire to put it in series there, onto another element to
            put it in parallel; drag on empty ground to select, with the middle button or Space to pan. The
            layout follows from the circuit.
          </p>
        </div>
      )}
    </header>
  );
}

function SaveButtons({ name }: { name: string }) {
  const { session } = useSession();
  const { board } = useParts();
  const saveSvg = () => {
    const sheet = board.current;
    if (sheet) {
      const { scene } = session.getState();
      const text = svgOf(
        circuitArt,
        scene,
        QUIET,
        sheet.theme,
        sheet.fontFamily,
        name || 'Equivalent circuit'
      );
      download(fileName(name, 'svg', 'circuit'), new Blob([text], { type: 'image/svg+xml' }));
    }
  };
  const savePng = () => {
    const sheet = board.current;
    if (sheet) {
      pngOf(circuitArt, session.getState().scene, QUIET, sheet.theme, sheet.fontFamily).then(
        blob => download(fileName(name, 'png', 'circuit'), blob),
        (error: unknown) => session.say(error instanceof Error ? error.message : String(error))
      );
    }
  };
  return (
    <>
      <button type="button" className="jb-Button" onClick={saveSvg} title="Save the drawing as SVG">
        <Icon name="save" />
        SVG
      </button>
      <button type="button" className="jb-Button" onClick={savePng} title="Save the drawing as PNG">
        <Icon name="save" />
        PNG
      </button>
    </>
  );
}

function CopyButton({ clipboard }: { clipboard: ClipboardService }) {
  const { session } = useSession();
  const { state } = useEditor();
  const copy = () => {
    clipboard.write(pythonCode(state.document)).then(
      () => session.say('Copied the Python that makes this circuit'),
      () => session.say('The browser does not allow copying here')
    );
  };
  return (
    <button type="button" className="jb-Button" onClick={copy} title="The Python that makes this circuit">
      <Icon name="copy" />
      Copy as Python
    </button>
  );
}
