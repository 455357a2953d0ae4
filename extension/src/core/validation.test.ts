import { describe, expect, it } from 'vitest';
import { cellRules, cellSchema } from '../designers/cell/model';
import named from '../generated/named.json';
import { CHEN, faultsCases } from '../testing/corpus';
import type { Json, JsonObject } from './document';
import { dotted, pathOf, withValue } from './document';
import { fault, faultText, givenText, newFaults, validate } from './validation';

const faultsOf = (document: JsonObject) => validate(document, cellSchema, cellRules);

/** Words of pydantic itself, which the browser says in its own way. */
const PYDANTIC = /^(Input|String)/;

describe('faults, on the corpus shared with Python', () => {
  it.each(faultsCases)('$changes', ({ changes, faults }) => {
    const document = Object.entries(changes).reduce(
      (here, [path, value]) => withValue(here, pathOf(path), value),
      CHEN
    );
    const found = faultsOf(document);
    const near = (path: string) => path.replace(/\.shape$/, '');
    expect(found.map(item => near(dotted(item.path))).sort()).toEqual(faults.map(item => item.path).sort());
    for (const { path, rule, hint } of faults.filter(item => !PYDANTIC.test(item.rule))) {
      expect(found.find(item => dotted(item.path) === path)).toMatchObject({ rule, hint });
    }
  });

  it.each(Object.entries(named))('finds none in %s', (_name, cell) => {
    expect(faultsOf(cell as unknown as JsonObject)).toEqual([]);
  });
});

describe('faults that have no case there', () => {
  it.each<[string, Json, string, RegExp]>([
    ['tabs', { negative: { width: -1 } }, 'tabs.negative.width', /more than 0/],
    ['tabs', null, '', /^$/],
    ['sources', 'Chen', 'sources', /group of named values/],
    ['description', 7, 'description', /must be text/],
    ['name', 'x'.repeat(201), 'name', /at most 200/],
    ['format', 'round', 'format', /group of named values/]
  ])('%s = %j', (path, value, where, rule) => {
    const found = faultsOf(withValue(CHEN, [path], value));
    expect(
      where === '' ? found : found.some(item => dotted(item.path) === where && rule.test(item.rule))
    ).toEqual(where === '' ? [] : true);
  });

  it('judges an edit by the faults that it adds', () => {
    const faulty = withValue(CHEN, ['temperature'], -5);
    const edited = withValue(faulty, ['negative', 'thickness'], -1);
    const added = newFaults(faultsOf(faulty), faultsOf(edited));
    expect(added.map(faultText)).toEqual([
      'negative.thickness = -1 m: must be at least 0.001 and at most 2000 µm'
    ]);
  });
});

describe('what was given', () => {
  it('carries its unit only where it is a number, and is cut where it is long', () => {
    const at = (value: Json | undefined) =>
      givenText(fault(['negative', 'thickness'], value, 'rule', '', 'm'));
    expect(at(75.6)).toBe(' = 75.6 m');
    expect(at('85 um')).toBe(' = "85 um"');
    expect(at(undefined)).toBe('');
    expect(at('x'.repeat(200)).length).toBeLessThan(65);
  });
});
