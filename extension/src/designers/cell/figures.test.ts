import { describe, expect, it } from 'vitest';
import { withoutValue, withValue } from '../../core/document';
import { CHEN, figuresCases } from '../../testing/corpus';
import type { LawRecord } from './catalogue';
import { citation, lawAt, material, materialNames, sourceLink } from './catalogue';
import { cellFigures } from './figures';

/** Of capacity and energy; they come from sampled potentials. */
const TOLERANCE = 2e-3;
const EXACT = 1e-9;

function near(found: number | null, expected: number | null, tolerance: number): void {
  if (expected === null) {
    expect(found).toBeNull();
    return;
  }
  expect(found).not.toBeNull();
  expect(Math.abs((found ?? NaN) / expected - 1)).toBeLessThan(tolerance);
}

describe('figures, on the corpus computed by Python', () => {
  it.each(figuresCases)('$changes', ({ document, figures, error }) => {
    const found = cellFigures(document);
    expect(found).not.toBeNull();
    if (!found) {
      return;
    }
    if (error) {
      expect(found.capacity).toBeNull();
      expect(found.fault?.path.join('.')).toBe(error[0]?.path);
      expect(found.fault?.rule).toBe(error[0]?.rule);
    }
    if (figures) {
      near(found.capacity, figures.capacity, TOLERANCE);
      near(found.energy, figures.energy, TOLERANCE);
      near(found.meanVoltage, figures.mean_voltage, TOLERANCE);
      near(found.specificEnergy, figures.specific_energy, TOLERANCE);
      near(found.energyDensity, figures.energy_density, TOLERANCE);
      near(found.mass, figures.mass, EXACT);
      near(found.volume, figures.volume, EXACT);
      near(found.nPRatio, figures.n_p_ratio, EXACT);
      expect(Object.keys(found.massBreakdown)).toEqual(Object.keys(figures.mass_breakdown));
      Object.entries(figures.mass_breakdown).forEach(([name, mass]) =>
        near(found.massBreakdown[name] ?? null, mass, EXACT)
      );
      expect(found.warnings).toEqual(figures.warnings);
    }
  });

  it('are none where a part or a material is missing', () => {
    expect(cellFigures(withoutValue(CHEN, ['negative']))).toBeNull();
    expect(cellFigures(withValue(CHEN, ['negative', 'material'], 'unobtainium'))).toBeNull();
    expect(cellFigures(withValue(CHEN, ['electrolyte', 'material'], 'water'))).toBeNull();
  });

  it('name a concentration above the maximum', () => {
    const overfull = withValue(CHEN, ['initial_state', 'negative_concentration'], 4e4);
    expect(cellFigures(overfull)?.fault).toMatchObject({ path: ['initial_state', 'negative_concentration'] });
  });
});

describe('the library', () => {
  it('offers each electrode its own materials', () => {
    expect(materialNames('active', 'negative')).toContain('LGM50 graphite-SiOx');
    expect(materialNames('active', 'negative')).not.toContain('LGM50 NMC811');
    expect(materialNames('active', 'positive')).toContain('LFP (Prada 2013)');
    expect(materialNames('metal', 'negative')).toEqual(['copper', 'aluminium']);
  });

  it('reads laws between their points and holds them beyond', () => {
    const law = { x: [0, 1, 3], y: [0, 10, 20] } as unknown as LawRecord;
    expect([-1, 0, 0.5, 1, 2, 3, 9].map(x => lawAt(law, x))).toEqual([0, 0, 5, 10, 15, 20, 20]);
  });

  it('leads from a source to where it can be read', () => {
    const source = { where: '', method: 'measured', note: '' };
    expect(sourceLink({ ...source, ref: 'Chen2020' })).toBe('https://doi.org/10.1149/1945-7111/ab9050');
    expect(sourceLink({ ...source, ref: '10.1000/182' })).toBe('https://doi.org/10.1000/182');
    expect(sourceLink({ ...source, ref: 'https://example.org/data' })).toBe('https://example.org/data');
    expect(sourceLink({ ...source, ref: 'javascript:alert(1)' })).toBeNull();
    expect(citation('Chen2020')?.authors).toMatch(/^Chen/);
    expect(material('active', 'toString')).toBeUndefined();
  });
});
