import { describe, expect, it } from 'vitest';
import { pathOf, withoutValue, withValue } from '../../core/document';
import { applyOperations, changeValue } from '../../core/operations';
import { CHEN } from '../../testing/corpus';
import { pythonCode } from './python';

const changed = (path: string, value: number) =>
  applyOperations(CHEN, [changeValue(CHEN, pathOf(path), value)]).document;

describe('Copy as Python', () => {
  it('names a cell that comes with Joulebook', () => {
    expect(pythonCode(CHEN)).toBe('import joulebook as jb\n\ncell = jb.battery.Cell.named("Chen2020")\n');
  });

  it('says what was changed of it', () => {
    expect(pythonCode(changed('negative.thickness', 9e-5))).toBe(
      'import joulebook as jb\n\ncell = jb.battery.Cell.named("Chen2020").replace({\n    "negative.thickness": 9e-5,\n})\n'
    );
  });

  it('takes another housing as one value', () => {
    const pouch = withValue(CHEN, ['format'], { shape: 'pouch', width: 0.1, height: 0.1, depth: 0.006 });
    const bare = ['format.diameter', 'format.height'].reduce(
      (d, key) => withoutValue(d, ['sources', key]),
      pouch
    );
    expect(pythonCode(bare)).toContain(
      '    "format": {"shape": "pouch", "width": 0.1, "height": 0.1, "depth": 0.006},\n'
    );
  });

  it('gives the whole document where replace cannot make it', () => {
    const cited = withValue(CHEN, ['sources', 'negative.thickness'], { ref: 'mine', method: 'measured' });
    const code = pythonCode(cited);
    expect(code).toContain('jb.battery.Cell.from_document({\n    "kind": "joulebook.cell",');
    expect(code).not.toMatch(/\b(true|false|null|undefined)\b/);
  });
});
