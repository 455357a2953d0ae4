/** The seam to hosts: puts a circuit designer into an element of theirs. */

import { createRoot } from 'react-dom/client';
import { Editor } from '../../core/editor';
import type { ClipboardService, Theme } from '../../core/services';
import type { DesignStore } from '../../core/store';
import { CircuitDesigner } from './CircuitDesigner';
import { circuitRules, circuitSchema } from './model';
import { Session } from './session';
import type { StudyService } from './study';

export interface CircuitOptions {
  readonly store: DesignStore;
  /** null: no kernel is attached; the designer works without. */
  readonly studies: StudyService | null;
  readonly clipboard: ClipboardService;
  readonly theme: Theme;
}

/** Draw the designer of the store's document; the function that comes back takes it away again. */
export function mount(element: HTMLElement, options: CircuitOptions): () => void {
  const editor = new Editor(options.store, circuitSchema, circuitRules, '');
  const session = new Session(editor);
  const root = createRoot(element);
  root.render(
    <CircuitDesigner
      session={session}
      studies={options.studies}
      clipboard={options.clipboard}
      theme={options.theme}
    />
  );
  return () => {
    root.unmount();
    session.dispose();
    editor.dispose();
  };
}
