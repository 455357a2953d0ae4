/** What the report of a study needs to be told, asked for in a small dialog. */

import { Dialog, showDialog } from '@jupyterlab/apputils';
import { Widget } from '@lumino/widgets';
import type { SimulationOrder } from './server';

const FIRST: SimulationOrder = {
  kind: 'simulation',
  protocol: ['Discharge at 1C until cut-off'],
  model: 'DFN',
  thermal: 'isothermal'
};

const MODELS: readonly (readonly [string, string])[] = [
  ['DFN', 'DFN: electrodes resolved across their thickness'],
  ['SPMe', 'SPMe: one particle in each electrode, and the electrolyte'],
  ['SPM', 'SPM: one particle in each electrode']
];
const THERMAL: readonly (readonly [string, string])[] = [
  ['isothermal', 'stays as the design says'],
  ['lumped', 'follows the heat of the cell (the design needs thermal values)']
];

/** Sentences of a text in which semicolons part them. */
export function sentences(text: string): readonly string[] {
  return text
    .split(';')
    .map(step => step.trim())
    .filter(step => step !== '');
}

/** The fields of the dialog. */
export class SimulationForm extends Widget {
  private readonly protocol = document.createElement('input');
  private readonly model: HTMLSelectElement;
  private readonly thermal: HTMLSelectElement;

  constructor(start: SimulationOrder) {
    super();
    this.addClass('jb-SimulationForm');
    this.protocol.type = 'text';
    this.protocol.className = 'jp-mod-styled';
    this.protocol.value = start.protocol.join('; ');
    this.protocol.spellcheck = false;
    this.model = selection(MODELS, start.model);
    this.thermal = selection(THERMAL, start.thermal);
    const note = document.createElement('p');
    note.textContent =
      'Sentences in order, with semicolons between: Discharge at 1C until cut-off; Rest for 1 hour; Charge at C/2 until 4.2 V';
    this.node.append(
      labelled('Protocol', this.protocol),
      note,
      labelled('Model', this.model),
      labelled('Temperature', this.thermal)
    );
  }

  getValue(): SimulationOrder {
    return {
      kind: 'simulation',
      protocol: sentences(this.protocol.value),
      model: this.model.value,
      thermal: this.thermal.value
    };
  }
}

function selection(options: readonly (readonly [string, string])[], value: string): HTMLSelectElement {
  const select = document.createElement('select');
  select.className = 'jp-mod-styled';
  for (const [name, words] of options) {
    const option = document.createElement('option');
    option.value = name;
    option.textContent = words;
    select.append(option);
  }
  select.value = value;
  return select;
}

function labelled(words: string, control: HTMLElement): HTMLElement {
  const label = document.createElement('label');
  const text = document.createElement('span');
  text.textContent = words;
  label.append(text, control);
  return label;
}

let last = FIRST;

/** Ask what is to be simulated; null where the person changes their mind. What was asked last is offered again. */
export async function askSimulation(name: string): Promise<SimulationOrder | null> {
  const answer = await showDialog({
    title: `Report of a simulation of ${name}`,
    body: new SimulationForm(last),
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: 'Make report' })],
    focusNodeSelector: 'input'
  });
  if (!answer.button.accept || !answer.value) {
    return null;
  }
  if (answer.value.protocol.length === 0) {
    throw new Error(
      'The protocol is empty. Write at least one sentence, such as: Discharge at 1C until cut-off'
    );
  }
  last = answer.value;
  return last;
}
