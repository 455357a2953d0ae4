import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/document';
import { withValue } from '../../core/document';
import { validate } from '../../core/validation';
import { CHEN } from '../../testing/corpus';
import { cellFigures } from './figures';
import { cellRules, cellSchema } from './model';
import { ownMaterial, ownNames, shownName } from './own';

const GRAPHITE: JsonObject = {
  kind: 'joulebook.active_material',
  schema_version: 1,
  name: 'my graphite',
  chemistry: 'graphite',
  polarity: 'negative',
  ocp: { expression: '0.1 + 0.9*exp(-30*x)' },
  maximum_concentration: { value: 31000 },
  diffusivity: { table: { x: [0, 1], y: [1e-14, 2e-14], interpolation: 'linear' } },
  rate_constant: { value: 7e-7 },
  window: { charged: 0.9, discharged: 0.02 }
};
const CARRYING = { ...CHEN, materials: { 'my graphite': GRAPHITE } };
const USING = withValue(CARRYING, ['negative', 'material'], 'own:my graphite');

describe('materials of one’s own', () => {
  it('are kept, offered where they fit, and shown as such', () => {
    expect(validate(USING, cellSchema, cellRules)).toEqual([]);
    expect(ownNames(USING, 'active', 'negative')).toEqual(['own:my graphite']);
    expect(ownNames(USING, 'active', 'positive')).toEqual([]);
    expect(ownNames(USING, 'electrolyte')).toEqual([]);
    expect(shownName('own:my graphite')).toBe('own: my graphite');
    expect(ownMaterial(USING, 'own:my graphite')).toEqual(GRAPHITE);
    expect(ownMaterial(USING, 'LGM50 NMC811')).toBeUndefined();
  });

  it('leave the figures to Python', () => {
    expect(cellFigures(USING)).toBeNull();
    expect(cellFigures(CARRYING)).not.toBeNull();
  });

  it('that are not there, or of another kind, are faults in the words of Python', () => {
    const absent = withValue(CHEN, ['negative', 'material'], 'own:x');
    expect(validate(absent, cellSchema, cellRules)).toMatchObject([
      {
        path: ['negative', 'material'],
        rule: 'there is no such material in this document',
        hint: 'Take one of the library, or add one with with_material'
      }
    ]);
    const other = withValue(CARRYING, ['electrolyte', 'material'], 'own:my graphite');
    expect(validate(other, cellSchema, cellRules)).toMatchObject([
      { rule: 'is not the kind of material for this place: joulebook.active_material' }
    ]);
  });
});
