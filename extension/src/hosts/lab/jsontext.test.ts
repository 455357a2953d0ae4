import { describe, expect, it } from 'vitest';
import { applyEdit, editToSet, editToUnset, JsonTextError, nodeAt, readJson } from './jsontext';

const TEXT = `{
  "kind": "joulebook.cell",
  "negative": {
    "thickness": 8.52e-05,
    "porosity": 0.25
  },
  "sources": {"negative.thickness": {"ref": "Chen2020"}},
  "list": [1, {"a": true}],
  "empty": {}
}
`;

const set = (path: string[], value: never | number | object | string): string =>
  applyEdit(TEXT, editToSet(TEXT, readJson(TEXT), path, value as never));
const unset = (path: string[]): string => applyEdit(TEXT, editToUnset(readJson(TEXT), path));

describe('readJson', () => {
  it('agrees with JSON.parse on what is JSON', () => {
    for (const text of [TEXT, '[]', ' {"a":[null,false,-1.5E+3,"\\u00b5\\n\\"x"]} ', '0', '"µ"']) {
      expect(readJson(text).value).toEqual(JSON.parse(text));
    }
  });

  it('refuses what is not, with line and column', () => {
    const cases: [string, number, number, RegExp][] = [
      ['{\n  "a": 1,\n  "b" 2\n}', 3, 7, /expected ":" after the name "b"/],
      ['{"a": 1', 1, 8, /ends too early: was the file cut off/],
      ['{"a": 1,}', 1, 9, /name in double quotes/],
      ['{"a": NaN}', 1, 7, /expected a value/],
      ['{"a": 01}', 1, 8, /expected "," or "}"/],
      ['{"a": 1e999}', 1, 7, /too large/],
      ["{'a': 1}", 1, 2, /double quotes/],
      ['{"a": 1, "a": 2}', 1, 10, /stands twice/],
      ['{} x', 1, 4, /after the end/],
      ['{"a": "x\ty"}', 1, 9, /must be escaped/],
      ['', 1, 1, /too early/],
      ['['.repeat(200), 1, 102, /levels deep/]
    ];
    for (const [text, line, column, words] of cases) {
      const error = (() => {
        try {
          return readJson(text);
        } catch (caught) {
          return caught;
        }
      })();
      expect(error, text).toBeInstanceOf(JsonTextError);
      expect(error).toMatchObject({ line, column });
      expect((error as Error).message).toMatch(words);
    }
  });

  it('knows where values stand, also under names with dots', () => {
    const node = nodeAt(readJson(TEXT), ['sources', 'negative.thickness', 'ref']);
    expect(TEXT.slice(node?.start, node?.end)).toBe('"Chen2020"');
    expect(nodeAt(readJson(TEXT), ['negative', 'nothing', 'at all'])).toBeUndefined();
  });

  it('reads past a byte order mark', () => {
    expect(readJson('\ufeff{"a": 1}').value).toEqual({ a: 1 });
  });
});

describe('edits', () => {
  it('change one value and leave every other character', () => {
    expect(set(['negative', 'thickness'], 9e-5)).toBe(TEXT.replace('8.52e-05', '9e-05'));
  });

  it('spell numbers as Python does, so that undo gives the text back', () => {
    expect(set(['negative', 'thickness'], 8.52e-5)).toBe(TEXT);
    const spelled = (value: number): string => editToSet(TEXT, readJson(TEXT), ['list'], value).insert;
    expect([0, 1, -0.0001, 3.3e-14, 1.25e-10, 1e16, 33133, 1e-5].map(spelled)).toEqual([
      '0',
      '1',
      '-0.0001',
      '3.3e-14',
      '1.25e-10',
      '1e+16',
      '33133',
      '1e-05'
    ]);
  });

  it('add a member in the manner of its neighbours', () => {
    expect(set(['negative', 'density'], 1657)).toBe(
      TEXT.replace('"porosity": 0.25', '"porosity": 0.25,\n    "density": 1657')
    );
    expect(set(['sources', 'x'], 1)).toBe(
      TEXT.replace('{"ref": "Chen2020"}}', '{"ref": "Chen2020"}, "x": 1}')
    );
    expect(set(['empty', 'x'], 'y')).toBe(TEXT.replace('{}', '{\n    "x": "y"\n  }'));
  });

  it('indent a group that is put in', () => {
    const changed = set(['format'], { shape: 'pouch', width: 0.1 });
    expect(changed).toContain('"empty": {},\n  "format": {\n    "shape": "pouch",\n    "width": 0.1\n  }\n}');
  });

  it('take members away, with their comma', () => {
    expect(JSON.parse(unset(['negative', 'thickness'])).negative).toEqual({ porosity: 0.25 });
    expect(JSON.parse(unset(['negative', 'porosity'])).negative).toEqual({ thickness: 8.52e-5 });
    expect(JSON.parse(unset(['sources', 'negative.thickness'])).sources).toEqual({});
    expect(JSON.parse(unset(['kind'])).kind).toBeUndefined();
  });

  it('refuse a place that does not exist', () => {
    expect(() => set(['nowhere', 'x'], 1)).toThrow(/not a group/);
    expect(() => unset(['nowhere'])).toThrow(/no such value/);
  });
});
