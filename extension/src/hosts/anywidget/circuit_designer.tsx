/** The notebook widget: `joulebook_lab.designers.CircuitDesigner`. */

import type { Theme } from '../../core/services';
import { mount } from '../../designers/circuit';
import { clipboard } from './clipboard';
import type { WidgetModel } from './model';
import { ModelStore } from './model';
import { ModelStudies } from './studies';
import '../../../style/circuit.css';

function render({ model, el }: { model: WidgetModel; el: HTMLElement }): () => void {
  // keys belong to the designer while it has the focus, not to the notebook around it
  el.setAttribute('data-lm-suppress-shortcuts', 'true');
  const store = new ModelStore(model);
  const studies = new ModelStudies(model);
  let unmount = () => {};
  const draw = () => {
    unmount();
    const holder = el.ownerDocument.createElement('div');
    el.replaceChildren(holder);
    unmount = mount(holder, { store, studies, clipboard, theme: model.get('theme') as Theme });
  };
  draw();
  model.on('change:theme', draw);
  return () => {
    model.off('change:theme', draw);
    unmount();
  };
}

export default { render };
