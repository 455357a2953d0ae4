/** The notebook widgets of circuits: `CircuitDesigner` and `ImpedanceDesigner` of `joulebook_lab.designers`. */

import type { Theme } from '../../core/services';
import { mount } from '../../designers/circuit';
import { IMPEDANCE_KIND, mount as mountImpedance } from '../../designers/impedance';
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
    const theme = model.get('theme') as Theme;
    unmount =
      store.get()['kind'] === IMPEDANCE_KIND
        ? mountImpedance(holder, { store, clipboard, theme })
        : mount(holder, { store, studies, clipboard, theme });
  };
  draw();
  model.on('change:theme', draw);
  return () => {
    model.off('change:theme', draw);
    unmount();
  };
}

export default { render };
