import { beforeAll, describe, expect, it, vi } from 'vitest';
import type * as Simulation from './simulation';

const LOADING_THE_LAB = 60_000; // ms, on a busy machine
let simulation: typeof Simulation;

beforeAll(async () => {
  vi.stubGlobal('matchMedia', () => ({
    matches: false,
    addEventListener: () => undefined,
    addListener: () => undefined
  }));
  vi.stubGlobal('DragEvent', class extends MouseEvent {});
  simulation = await import('./simulation');
}, LOADING_THE_LAB);

describe('the dialog of a simulation report', () => {
  it('parts sentences at semicolons', () => {
    expect(simulation.sentences(' Rest for 1 hour;; Discharge at 1C until cut-off ;')).toEqual([
      'Rest for 1 hour',
      'Discharge at 1C until cut-off'
    ]);
  });

  it('gives what its named fields say', () => {
    const form = new simulation.SimulationForm({
      kind: 'simulation',
      protocol: ['Rest for 1 hour', 'Charge at 1C until cut-off'],
      model: 'SPMe',
      thermal: 'lumped'
    });
    expect(form.getValue()).toEqual({
      kind: 'simulation',
      protocol: ['Rest for 1 hour', 'Charge at 1C until cut-off'],
      model: 'SPMe',
      thermal: 'lumped'
    });
    const labels = [...form.node.querySelectorAll('label')].map(label => label.firstChild?.textContent);
    expect(labels).toEqual(['Protocol', 'Model', 'Temperature']);
  });
});
