/** The seam to hosts: puts a cell designer into an element of theirs. */

import { createRoot } from 'react-dom/client';
import { Editor } from '../../core/editor';
import type { DesignerOptions } from '../../core/services';
import { CellDesigner } from './CellDesigner';
import { FIRST_PREVIEW } from './DischargePanel';
import { cellRules, cellSchema } from './model';

/** Draw the designer of the store's document; the function that comes back takes it away again. */
export function mount(element: HTMLElement, options: DesignerOptions): () => void {
  const editor = new Editor(options.store, cellSchema, cellRules, 'negative');
  const root = createRoot(element);
  root.render(
    <CellDesigner
      editor={editor}
      preview={options.preview}
      clipboard={options.clipboard}
      theme={options.theme}
      start={options.start ?? FIRST_PREVIEW}
    />
  );
  return () => {
    root.unmount();
    editor.dispose();
  };
}
