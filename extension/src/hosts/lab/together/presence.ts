/** Says in a designer's toolbar who else has the design open. */

import { Widget } from '@lumino/widgets';
import { others } from './people';
import type { SharedDesign } from './shareddesign';

export class Presence extends Widget {
  constructor(private readonly shared: SharedDesign) {
    super();
    this.addClass('jb-Presence');
    this.node.setAttribute('role', 'status');
    this.node.setAttribute('aria-label', 'Who else edits this');
    shared.awareness.on('change', this.onChange);
    this.present();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.shared.awareness.off('change', this.onChange);
      super.dispose();
    }
  }

  private readonly onChange = ({ added }: { readonly added: readonly number[] }): void => {
    const { awareness } = this.shared;
    if (added.some(client => client !== awareness.clientID)) {
      awareness.setLocalState(awareness.getLocalState()); // who comes learns at once who is there
    }
    this.present();
  };

  private present(): void {
    const people = others(this.shared);
    const chips = [...people].map(([name, color]) => {
      const chip = document.createElement('span');
      chip.className = 'jb-Presence-person';
      chip.style.setProperty('--jb-person', color);
      chip.textContent = name;
      return chip;
    });
    this.node.replaceChildren(...chips);
    this.node.hidden = chips.length === 0;
  }
}
