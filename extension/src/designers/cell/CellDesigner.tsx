/** The cell designer: stack, form, figures and discharge preview of one document. */

import type { KeyboardEvent } from 'react';
import { useDeferredValue, useEffect, useId, useMemo, useRef } from 'react';
import { pathOf } from '../../core/document';
import type { Editor } from '../../core/editor';
import { shortcut } from '../../core/keyboard';
import type { DesignerOptions } from '../../core/services';
import { DischargePanel } from './DischargePanel';
import { ExplorePanel } from './ExplorePanel';
import { FaultList } from './FaultList';
import { cellFigures } from './figures';
import { FiguresPanel } from './FiguresPanel';
import { EditorContext, useEditor } from './hooks';
import { Housing } from './Housing';
import { partOfPath } from './model';
import { PartForm } from './PartForm';
import { StackView } from './StackView';
import { Toolbar } from './Toolbar';

type CellDesignerProps = Required<Omit<DesignerOptions, 'store'>> & { readonly editor: Editor };

export function CellDesigner(props: CellDesignerProps) {
  return (
    <EditorContext.Provider value={props.editor}>
      <Workspace {...props} />
    </EditorContext.Provider>
  );
}

function Workspace({ editor, preview, clipboard, theme, start }: CellDesignerProps) {
  const { state } = useEditor();
  const root = useRef<HTMLDivElement>(null);
  const id = useId();
  const wanted = useRef<string | null>(null);
  const faulty = state.faults.length > 0;
  const figures = useMemo(() => (faulty ? null : cellFigures(state.document)), [faulty, state.document]);
  const solvable = useDeferredValue(faulty || figures?.capacity === null ? null : state.document);
  useEffect(() => {
    if (wanted.current !== null) {
      const rows = [...(root.current?.querySelectorAll<HTMLElement>('[data-path]') ?? [])];
      const row = rows.find(element => element.dataset['path'] === wanted.current);
      wanted.current = null;
      row?.querySelector<HTMLElement>('input, select, textarea')?.focus();
    }
  });
  const reveal = (path: string) => {
    wanted.current = path;
    editor.select(partOfPath(pathOf(path)));
  };
  const press = (event: KeyboardEvent) => {
    const meant = shortcut(event);
    if (meant && !isEditingText(event.target)) {
      event.preventDefault();
      event.stopPropagation();
      editor[meant]();
    }
  };
  return (
    <div ref={root} className="jb-Cell" data-theme={theme} onKeyDown={press}>
      <Toolbar clipboard={clipboard} />
      <FaultList reveal={reveal} />
      <div className="jb-Cell-grid">
        <div className="jb-Cell-drawing">
          <StackView />
          <Housing />
        </div>
        <FiguresPanel figures={figures} faulty={faulty} />
        <PartForm id={id} />
        <DischargePanel service={preview} document={solvable} start={start} />
        {preview && <ExplorePanel service={preview} document={solvable} model={start.model} />}
      </div>
    </div>
  );
}

/** Whether the browser's own undo of typed text should have the key: a field with text not taken yet. */
function isEditingText(target: EventTarget): boolean {
  return target instanceof Element && target.getAttribute('data-typing') === 'true';
}
