/** What is wrong with a document that cannot be drawn, and the way out. */

import type { TextFault } from './textstore';

export class FaultView {
  readonly node = document.createElement('section');
  private readonly title = document.createElement('h2');
  private readonly list = document.createElement('ul');

  constructor(
    private readonly noun: () => string,
    openAsText: () => void
  ) {
    this.node.className = 'jb-Faults';
    this.node.setAttribute('role', 'alert');
    this.node.hidden = true;
    const note = document.createElement('p');
    note.textContent =
      'Nothing is written to the file from here. Mend it in the text editor; this view follows every change.';
    const button = document.createElement('button');
    button.className = 'jp-mod-styled jp-mod-accept';
    button.textContent = 'Open as text';
    button.addEventListener('click', openAsText);
    this.node.append(this.title, this.list, note, button);
  }

  /** Show what is wrong, or hide where nothing is. */
  show(path: string, fault: TextFault | null, problems: readonly string[]): void {
    const lines = fault ? [faultLine(fault)] : problems;
    this.node.hidden = lines.length === 0;
    const name = path.slice(path.lastIndexOf('/') + 1);
    const count = lines.length === 1 ? '' : ` It has ${lines.length} faults.`;
    this.title.textContent = `${name} cannot be shown as a ${this.noun()}.${count}`;
    this.list.replaceChildren(
      ...lines.map(line => {
        const item = document.createElement('li');
        item.textContent = line;
        return item;
      })
    );
  }
}

/** `Line 3, column 5: not JSON: …` */
export function faultLine(fault: TextFault): string {
  const where = fault.line === undefined ? '' : `Line ${fault.line}, column ${fault.column ?? 1}: `;
  return where + fault.message;
}
