import { describe, expect, it } from 'vitest';
import { CHEN } from '../testing/corpus';
import { cellSchema } from '../designers/cell/model';
import { formatG, figure, plain, property, raised, scientific } from './numbers';
import type { Field } from './schema';
import { displayQuantity, fieldRange, parseQuantity } from './units';

function field(path: string): Field {
  const found = cellSchema.field(path.split('.'), CHEN);
  if (!found) {
    throw new Error(`no field ${path}`);
  }
  return found;
}

describe('what a person types', () => {
  it.each([
    ['negative.thickness', '90', 9e-5],
    ['negative.thickness', '90 µm', 9e-5],
    ['negative.thickness', '90 \u03bcm', 9e-5],
    ['negative.thickness', '90um', 9e-5],
    ['negative.thickness', '0.09 mm', 9e-5],
    ['negative.thickness', '0,09 mm', 9e-5],
    ['negative.thickness', '9e-5 m', 9e-5],
    ['negative.thickness', ' 9 × 10^-5 m ', 9e-5],
    ['negative.thickness', '−5', -5e-6],
    ['negative.porosity', '0.3', 0.3],
    ['negative.porosity', '30 %', 0.3],
    ['negative.density', '1.657 g/cm³', 1657],
    ['negative.conductivity', '2 S/cm', 200],
    ['electrolyte.concentration', '1.2 mol/L', 1200],
    ['temperature', '25 °C', 298.15],
    ['temperature', '300', 300],
    ['contact_resistance', '12', 0.012],
    ['contact_resistance', '12 mohm', 0.012],
    ['nominal_capacity', '4900 mAh', 4.9],
    ['format.diameter', '21', 0.021],
    ['electrode_width', '1.58 m', 1.58],
    ['electrodes_in_parallel', '2', 2]
  ])('%s: "%s" is %d', (path, text, value) => {
    expect(parseQuantity(text, field(path))).toEqual({ ok: true, value });
  });

  it.each([
    ['negative.thickness', 'thick', /Not a number: write it like 90 µm/],
    ['negative.thickness', '', /Write a number/],
    ['negative.thickness', '90 V', /Unit “V” does not fit here: use µm/],
    ['negative.thickness', '9e999', /Too large/],
    ['negative.thickness', '1.2.3', /Unit/],
    ['negative.bruggeman_electrolyte', '1.5 m', /does not fit/],
    ['electrodes_in_parallel', '1.5', /whole number/]
  ])('%s: "%s" is refused', (path, text, problem) => {
    const parsed = parseQuantity(text, field(path));
    expect(parsed.ok).toBe(false);
    expect(parsed.ok ? '' : parsed.problem).toMatch(problem);
  });
});

describe('what a person reads', () => {
  it('shows values in their display unit without binary dust', () => {
    expect(displayQuantity(85.2e-6, field('negative.thickness'))).toBe('85.2 µm');
    expect(displayQuantity(0.1 + 0.2, field('negative.porosity'))).toBe('0.3');
    expect(displayQuantity(3.3e-14, field('negative.diffusivity'))).toBe('3.3e-14 m²/s');
  });

  it('says ranges as Python does', () => {
    expect(fieldRange(field('negative.thickness'))).toBe('at least 0.001 and at most 2000 µm');
    expect(fieldRange(field('negative.porosity'))).toBe('more than 0 and less than 1');
    expect(fieldRange(field('contact_resistance'))).toBe('at least 0 and at most 1e+09 mΩ');
  });

  it.each([
    [0, '0'],
    [1e9, '1e+09'],
    [8.52e-5, '8.52e-05'],
    [0.0001, '0.0001'],
    [123456, '123456'],
    [1234567, '1.23457e+06'],
    [0.335, '0.335'],
    [-2.5, '-2.5']
  ])('formats %d like %%g: %s', (value, text) => {
    expect(formatG(value)).toBe(text);
  });

  it('rounds figures and sets thousands apart', () => {
    expect(figure(5153.198)).toBe('5\u202f153');
    expect(figure(18.181)).toBe('18.18');
    expect(figure(0.0489, 3)).toBe('0.0489');
    expect(figure(-1234.5, 3)).toBe('−1\u202f230');
    expect(figure(null)).toBe('–');
    expect(scientific(3.3e-14)).toBe('3.3×10⁻¹⁴');
    expect(property(33133)).toBe('33\u202f133');
    expect(plain(0.1 + 0.2)).toBe('0.3');
    expect(raised('A/m² (m³/mol)^1.5')).toBe('A/m² (m³/mol)¹·⁵');
  });
});
