import { describe, expect, it } from 'vitest';
import { CHEN, figuresCases, operationCases } from '../testing/corpus';
import { pathOf, sameJson } from './document';
import { applyOperations, changeValue, OperationError } from './operations';

describe('operations, on the corpus shared with Python', () => {
  it.each(operationCases)('$name', ({ document, operations, result, error }) => {
    const original = JSON.stringify(document);
    if (error) {
      expect(() => applyOperations(document, operations)).toThrow(OperationError);
    } else {
      const applied = applyOperations(document, operations);
      expect(applied.document).toEqual(result);
      expect(applyOperations(applied.document, applied.inverse).document).toEqual(document);
    }
    expect(JSON.stringify(document)).toBe(original);
  });
});

describe('a changed value', () => {
  it.each(figuresCases)('makes the document that Cell.replace makes: $changes', ({ changes, document }) => {
    const made = Object.entries(changes).reduce(
      (here, [path, value]) => applyOperations(here, [changeValue(here, pathOf(path), value)]).document,
      CHEN
    );
    expect(sameJson(made, document)).toBe(true);
  });

  it('leaves what it does not touch the same object', () => {
    const { document } = applyOperations(CHEN, [changeValue(CHEN, ['negative', 'thickness'], 9e-5)]);
    expect(document['positive']).toBe(CHEN['positive']);
  });

  it('refuses what is not JSON', () => {
    for (const value of [NaN, Infinity]) {
      expect(() => applyOperations(CHEN, [changeValue(CHEN, ['temperature'], value)])).toThrow(/finite/);
    }
  });
});
