/** Name of the network, undo and redo, ways of looking, pictures, and the way to Python. */

import { useState } from 'react';
import { valueAt } from '../../core/document';
import type { ClipboardService } from '../../core/services';
import { networkArt } from './art';
import { useEditor, useParts, useSession } from './context';
import type { IconName } from './Icon';
import { Icon } from './Icon';
import { KEY_HELP } from './keys';
import { download, fileName, pngOf, svgOf } from './pictures';
import { pythonCode } from './python';
import type { StudyState } from './study';

interface ToolbarProps {
  readonly clipboard: ClipboardService;
  readonly study: StudyState;
}

export function Toolbar({ clipboard, study }: ToolbarProps) {
  const { editor, state } = useEditor();
  const { session } = useSession();
  const { board } = useParts();
  const [help, setHelp] = useState(false);
  const name = valueAt(state.document, ['name']);
  const undo = state.undoLabel ? `Undo: ${state.undoLabel}` : 'Undo';
  const redo = state.redoLabel ? `Redo: ${state.redoLabel}` : 'Redo';
  return (
    <header className="jb-Toolbar">
      <button
        type="button"
        className="jb-Toolbar-name"
        title="Values of the network"
        onClick={() => session.select([])}
      >
        {typeof name === 'string' && name ? name : 'Network without a name'}
      </button>
      {state.readOnly && <span className="jb-Badge">read only</span>}
      <span className="jb-Toolbar-space" />
      <Tool
        icon="undo"
        name={undo}
        keys="Ctrl+Z"
        off={state.undoLabel === null || state.readOnly}
        act={() => editor.undo()}
      />
      <Tool
        icon="redo"
        name={redo}
        keys="Ctrl+Shift+Z"
        off={state.redoLabel === null || state.readOnly}
        act={() => editor.redo()}
      />
      <span className="jb-Toolbar-gap" />
      <Tool icon="minus" name="Zoom out" keys="−" act={() => board.current?.zoom(0.8)} />
      <Tool icon="plus" name="Zoom in" keys="+" act={() => board.current?.zoom(1.25)} />
      <Tool icon="fit" name="Fit the network" keys="F" act={() => board.current?.fit()} />
      <Tool
        icon="layout"
        name="Lay out the whole network anew"
        off={state.readOnly}
        act={() => session.layOut(() => board.current?.fit())}
      />
      <span className="jb-Toolbar-gap" />
      <SaveButtons study={study} />
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
            With the pointer: drag to move, drag the ends of a busbar to stretch it, the end of a connection
            to another busbar, a segment to lay it elsewhere; drag on empty ground to select, with the middle
            button or Space to pan.
          </p>
        </div>
      )}
    </header>
  );
}

export interface ToolProps {
  readonly icon: IconName;
  readonly name: string;
  readonly keys?: string;
  readonly off?: boolean;
  readonly pressed?: boolean;
  act(): void;
}

export function Tool({ icon, name, keys, off, pressed, act }: ToolProps) {
  return (
    <button
      type="button"
      className="jb-IconButton"
      disabled={off === true}
      aria-label={name}
      aria-pressed={pressed}
      title={keys ? `${name} (${keys})` : name}
      onClick={act}
    >
      <Icon name={icon} />
    </button>
  );
}

function SaveButtons({ study }: { study: StudyState }) {
  const { session } = useSession();
  const { state } = useEditor();
  const { board } = useParts();
  const name = valueAt(state.document, ['name']);
  const saveSvg = () => {
    const sheet = board.current;
    if (sheet) {
      const title = typeof name === 'string' ? name : 'Network';
      const text = svgOf(networkArt, session.getState().scene, study, sheet.theme, sheet.fontFamily, title);
      download(fileName(name, 'svg'), new Blob([text], { type: 'image/svg+xml' }));
    }
  };
  const savePng = () => {
    const sheet = board.current;
    if (sheet) {
      pngOf(networkArt, session.getState().scene, study, sheet.theme, sheet.fontFamily).then(
        blob => download(fileName(name, 'png'), blob),
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
      () => session.say('Copied the Python that makes this network'),
      () => session.say('The browser does not allow copying here')
    );
  };
  return (
    <button type="button" className="jb-Button" onClick={copy} title="The Python that makes this network">
      <Icon name="copy" />
      Copy as Python
    </button>
  );
}
