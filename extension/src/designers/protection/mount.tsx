/** The seam to hosts: puts a protection designer into an element of theirs. */

import { createRoot } from 'react-dom/client';
import type { Theme } from '../../core/services';
import { ProtectionDesigner } from './ProtectionDesigner';
import type { ProtectionStore } from './store';

/** Draw the designer of the store's scheme; the function that comes back takes it away again. */
export function mount(element: HTMLElement, store: ProtectionStore, theme: Theme): () => void {
  const root = createRoot(element);
  root.render(<ProtectionDesigner store={store} theme={theme} />);
  return () => root.unmount();
}
