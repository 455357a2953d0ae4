import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/document';
import { validate } from '../../core/validation';
import { impedanceCorpus } from '../../testing/corpus';
import { RANDLES } from '../../testing/impedance';
import { CodeError, readCode } from './code';
import { blockOf, extracted, fresh, inserted, moved, removed, shifted } from './edits';
import { spectrum, sweep } from './formulas';
import { kindOf, letterOf } from './kinds';
import { impedanceRules, impedanceSchema, treeIn } from './model';
import { pythonCode } from './python';
import { buildScene, extentOf, slotAt } from './scene';
import { toBoukamp, toCode } from './tree';
import { engineering, linesOf } from './values';

describe('codes', () => {
  it.each(impedanceCorpus.codes.map(item => [item.text, item] as const))(
    '%s is read as Python does',
    (text, item) => {
      try {
        const tree = readCode(text);
        expect(toCode(tree)).toBe(item.code);
        expect(toBoukamp(tree, name => letterOf(kindOf(name) ?? 'R')) ?? '').toBe(item.boukamp);
      } catch (error) {
        if (!(error instanceof CodeError)) {
          throw error;
        }
        expect({ rule: error.rule, hint: error.hint }).toEqual({ rule: item.rule, hint: item.hint });
      }
    }
  );

  it('reads what it writes, and ends on what is long or deep', () => {
    for (const text of ['('.repeat(3000), 'p('.repeat(1000), 'R'.repeat(3000), '(R'.repeat(900)]) {
      expect(() => readCode(text)).toThrow(CodeError);
    }
  });
});

describe('spectra', () => {
  it.each(impedanceCorpus.spectra.map(item => [String(item.document['name']), item] as const))(
    '%s is that of Python',
    (_, { document, frequencies, real, imaginary }) => {
      const points = spectrum(treeIn(document), document, frequencies);
      expect(points).toHaveLength(frequencies.length);
      points.forEach(({ re, im }, i) => {
        const size = Math.hypot(real[i] as number, imaginary[i] as number);
        // both are double precision; a sum of eleven elements and a cotangent lose three digits of sixteen
        expect(Math.hypot(re - (real[i] as number), im - (imaginary[i] as number))).toBeLessThan(
          1e-12 * size
        );
      });
    }
  );

  it('is asked for at even steps of the logarithm', () => {
    const frequencies = sweep(0.01, 1000, 10);
    expect(frequencies).toHaveLength(51);
    expect(frequencies[0]).toBe(1000);
    expect(frequencies[50]).toBeCloseTo(0.01, 12);
  });
});

describe('edits of the tree', () => {
  const tree = readCode('R1-p(R2-W1,C1)-L1');
  const part = readCode('CPE1');
  const put = (how: 'before' | 'after' | 'beside', ...names: readonly string[]) =>
    toCode(inserted(tree, { how, names }, part));

  it('inserts in series', () => {
    expect(put('before', 'R1')).toBe('CPE1-R1-p(R2-W1,C1)-L1');
    expect(put('after', 'R1')).toBe('R1-CPE1-p(R2-W1,C1)-L1');
    expect(put('after', 'R2')).toBe('R1-p(R2-CPE1-W1,C1)-L1');
    expect(put('before', 'C1')).toBe('R1-p(R2-W1,CPE1-C1)-L1');
    expect(put('after', 'R2', 'W1', 'C1')).toBe('R1-p(R2-W1,C1)-CPE1-L1');
    expect(put('after')).toBe('R1-p(R2-W1,C1)-L1-CPE1');
    expect(toCode(inserted(readCode(''), { how: 'after', names: [] }, part))).toBe('CPE1');
  });

  it('inserts in parallel to an element, a group, a stretch of a series, the whole', () => {
    expect(put('beside', 'R1')).toBe('p(R1,CPE1)-p(R2-W1,C1)-L1');
    expect(put('beside', 'C1')).toBe('R1-p(R2-W1,C1,CPE1)-L1');
    expect(put('beside', 'R2')).toBe('R1-p(p(R2,CPE1)-W1,C1)-L1');
    expect(put('beside', 'R2', 'W1', 'C1')).toBe('R1-p(R2-W1,C1,CPE1)-L1');
    expect(put('beside', 'R1', 'R2')).toBe('p(R1-p(R2-W1,C1),CPE1)-L1');
    expect(put('beside')).toBe('p(R1-p(R2-W1,C1)-L1,CPE1)');
  });

  it('removes without leaving a short circuit or an open branch', () => {
    expect(toCode(removed(tree, new Set(['C1'])))).toBe('R1-R2-W1-L1');
    expect(toCode(removed(tree, new Set(['R2', 'W1'])))).toBe('R1-C1-L1');
    expect(toCode(removed(tree, new Set(['R1', 'R2', 'W1', 'C1', 'L1'])))).toBe('');
    expect(toCode(extracted(tree, new Set(['W1', 'C1'])))).toBe('p(W1,C1)');
  });

  it('moves blocks and shifts them', () => {
    expect(toCode(moved(tree, new Set(['L1']), { how: 'beside', names: ['W1'] }))).toBe(
      'R1-p(R2-p(W1,L1),C1)'
    );
    expect(toCode(moved(tree, new Set(['R2', 'W1', 'C1']), { how: 'after', names: ['L1'] }))).toBe(
      'R1-L1-p(R2-W1,C1)'
    );
    expect(moved(tree, new Set(['L1']), { how: 'beside', names: ['L1'] })).toBe(tree);
    expect(toCode(shifted(tree, new Set(['W1']), 'series', -1))).toBe('R1-p(W1-R2,C1)-L1');
    expect(toCode(shifted(tree, new Set(['C1']), 'parallel', -1))).toBe('R1-p(C1,R2-W1)-L1');
    expect(toCode(shifted(tree, new Set(['R1']), 'series', 1))).toBe('p(R2-W1,C1)-R1-L1');
    expect(shifted(tree, new Set(['R1']), 'series', -1)).toBe(tree);
  });

  it('finds the block that holds a choice', () => {
    expect(blockOf(tree, new Set(['R2']))).toEqual(['R2']);
    expect(blockOf(tree, new Set(['W1', 'C1']))).toEqual(['R2', 'W1', 'C1']);
    expect(blockOf(tree, new Set(['R2', 'L1']))).toEqual(['R2', 'W1', 'C1', 'L1']);
  });

  it('names what is new', () => {
    const made = fresh('p(R-R,CPE)', new Set(['R1', 'CPE1']));
    expect(toCode(made.tree)).toBe('p(R2-R3,CPE2)');
    expect(Object.keys(made.rows)).toEqual(['R2', 'R3', 'CPE2']);
    const kept = fresh('R_ct-C1', new Set(['C1']), {
      R_ct: { kind: 'R', resistance: 7 },
      C1: { kind: 'C', capacitance: 1 }
    });
    expect(toCode(kept.tree)).toBe('R_ct-C2');
    expect(kept.rows['C2']).toEqual({ kind: 'C', capacitance: 1 });
  });
});

describe('documents', () => {
  const faults = (change: JsonObject) =>
    validate({ ...RANDLES, ...change }, impedanceSchema, impedanceRules).map(
      item => `${item.path.join('.')}: ${item.rule}`
    );

  it('have no faults, or all of them', () => {
    expect(faults({})).toEqual([]);
    expect(faults({ code: 'R_s-p(R_ct-W1,C_dl' })).toEqual(['code: column 5: the group is not closed']);
    expect(faults({ code: 'R_s-R_ct-R2' })).toEqual([
      'elements.R2: missing: the code names it',
      'elements.W1: not connected: the code does not name it',
      'elements.C_dl: not connected: the code does not name it'
    ]);
    const elements = { R_s: { kind: 'C', capacitance: 1 }, Q1: { kind: 'R', resistance: -1 } };
    expect(faults({ code: 'R_s', elements })).toEqual([
      'elements.Q1.resistance: must be more than 0 and at most 1e+15 Ω',
      'elements.R_s: the name does not fit the kind',
      'elements.Q1: the name does not fit the kind'
    ]);
  });

  it('give the Python that makes them', () => {
    expect(pythonCode(RANDLES)).toBe(
      'import joulebook as jb\n\ncircuit = jb.impedance.Circuit.from_code(\n    "R_s-p(R_ct-W1,C_dl)",\n    {\n' +
        '        "R_s": 10,\n        "R_ct": 100,\n        "W1": 20,\n        "C_dl": 2e-5,\n    },\n' +
        '    name="Electrode",\n)\nspectrum = jb.impedance.spectrum(circuit)\n'
    );
  });
});

describe('layout', () => {
  it.each(impedanceCorpus.spectra.map(item => [String(item.document['name']), item.document] as const))(
    '%s is tidy: nothing overlaps, every wire is level or upright and meets no symbol',
    (_, document) => {
      const scene = buildScene(document, new Map());
      const items = [...scene.items.values()];
      items.forEach((a, i) =>
        items.slice(i + 1).forEach(b => {
          const apart =
            a.box.right <= b.box.left ||
            b.box.right <= a.box.left ||
            a.box.bottom <= b.box.top ||
            b.box.bottom <= a.box.top;
          expect([a.name, b.name, apart]).toEqual([a.name, b.name, true]);
        })
      );
      for (const { corners } of scene.wires) {
        corners.slice(1).forEach((q, i) => {
          const p = corners[i] as { x: number; y: number };
          expect(p.x === q.x || p.y === q.y).toBe(true);
          for (const { at, box } of items) {
            const [left, right] = [Math.min(p.x, q.x), Math.max(p.x, q.x)];
            const [top, bottom] = [Math.min(p.y, q.y), Math.max(p.y, q.y)];
            const through = left < at.x && right > at.x && top < box.bottom && bottom > box.top;
            expect(through).toBe(false);
          }
        });
      }
    }
  );

  it('says what a drop would do', () => {
    const scene = buildScene(RANDLES, new Map());
    const at = (name: string) => scene.items.get(name)?.at as { x: number; y: number };
    expect(slotAt(scene, at('R_s'), new Set())).toEqual({ how: 'beside', names: ['R_s'] });
    expect(slotAt(scene, { x: at('R_s').x + 2.5, y: at('R_s').y }, new Set())).toEqual({
      how: 'after',
      names: ['R_s']
    });
    expect(slotAt(scene, { x: 1, y: 0 }, new Set())?.how).toBe('before');
    expect(slotAt(scene, { x: 500, y: 500 }, new Set())).toBeNull();
    const chosen = new Set(['R_ct', 'W1']);
    expect(slotAt(scene, { x: at('W1').x, y: at('W1').y - 0.9 }, chosen)).toEqual({
      how: 'beside',
      names: ['R_ct', 'W1']
    });
    const box = extentOf(scene, ['C_dl']) as { bottom: number };
    expect(slotAt(scene, { x: at('C_dl').x, y: box.bottom + 1 }, new Set())?.how).toBe('beside');
  });

  it('keeps elements that the code does not name in sight', () => {
    const scene = buildScene({ ...RANDLES, code: 'R_s' }, new Map());
    expect([...scene.items.values()].filter(item => !item.connected).map(item => item.name)).toEqual([
      'R_ct',
      'W1',
      'C_dl'
    ]);
  });
});

describe('values', () => {
  it('are written as engineers do', () => {
    expect(engineering(2e-5, 'F')).toBe('20 µF');
    expect(engineering(999.96, 'Ω')).toBe('1 kΩ');
    expect(engineering(0.0123456, 's')).toBe('12.3 ms');
    expect(engineering(-5e6, 'Ω')).toBe('−5 MΩ');
    expect(engineering(0, 'Ω')).toBe('0 Ω');
    expect(linesOf({ kind: 'CPE', coefficient: 5e-5, exponent: 0.85 })).toEqual(['50 µS·sᵅ', 'α 0.85']);
    expect(linesOf({ kind: 'Ws', resistance: 1, time_constant: 2, exponent: 0.45 })).toEqual([
      '1 Ω',
      '2 s',
      'p 0.45'
    ]);
  });
});
