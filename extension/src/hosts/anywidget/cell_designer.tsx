/** The notebook widget: `joulebook_lab.designers.CellDesigner`. */

import type { Theme } from '../../core/services';
import { mount } from '../../designers/cell';
import { clipboard } from './clipboard';
import type { WidgetModel } from './model';
import { ModelPreview, ModelStore } from './model';
import '../../../style/cell.css';

function render({ model, el }: { model: WidgetModel; el: HTMLElement }): () => void {
  // keys belong to the designer while it has the focus, not to the notebook around it
  el.setAttribute('data-lm-suppress-shortcuts', 'true');
  const store = new ModelStore(model);
  const preview = new ModelPreview(model);
  let unmount = () => {};
  const draw = () => {
    unmount();
    const holder = el.ownerDocument.createElement('div');
    el.replaceChildren(holder);
    unmount = mount(holder, { store, preview, clipboard, theme: model.get('theme') as Theme });
  };
  draw();
  model.on('change:theme', draw);
  return () => {
    model.off('change:theme', draw);
    unmount();
  };
}

export default { render };
