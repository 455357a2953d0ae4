/** The seam to hosts: puts a designer of equivalent circuits into an element of theirs. */

import { createRoot } from 'react-dom/client';
import { Editor } from '../../core/editor';
import type { ClipboardService, Theme } from '../../core/services';
import type { DesignStore } from '../../core/store';
import { ImpedanceDesigner } from './ImpedanceDesigner';
import { impedanceRules, impedanceSchema } from './model';
import { CircuitSession } from './session';

export interface ImpedanceOptions {
  readonly store: DesignStore;
  readonly clipboard: ClipboardService;
  readonly theme: Theme;
}

/** Draw the designer of the store's document; the function that comes back takes it away again. */
export function mount(element: HTMLElement, options: ImpedanceOptions): () => void {
  const editor = new Editor(options.store, impedanceSchema, impedanceRules, '');
  const session = new CircuitSession(editor);
  const root = createRoot(element);
  root.render(<ImpedanceDesigner session={session} clipboard={options.clipboard} theme={options.theme} />);
  return () => {
    root.unmount();
    session.dispose();
    editor.dispose();
  };
}
