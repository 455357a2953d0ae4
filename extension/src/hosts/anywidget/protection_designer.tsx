/** The notebook widget: `joulebook_lab.designers.ProtectionDesigner`. */

import type { Theme } from '../../core/services';
import { mount } from '../../designers/protection';
import type { WidgetModel } from './model';
import { ModelProtectionStore } from './protection_model';
import '../../../style/protection.css';

function render({ model, el }: { model: WidgetModel; el: HTMLElement }): () => void {
  // keys belong to the designer while it has the focus, not to the notebook around it
  el.setAttribute('data-lm-suppress-shortcuts', 'true');
  const store = new ModelProtectionStore(model);
  let unmount = () => {};
  const draw = () => {
    unmount();
    const holder = el.ownerDocument.createElement('div');
    el.replaceChildren(holder);
    unmount = mount(holder, store, model.get('theme') as Theme);
  };
  draw();
  model.on('change:theme', draw);
  return () => {
    model.off('change:theme', draw);
    unmount();
    store.dispose();
  };
}

export default { render };
