import { describe, expect, it } from 'vitest';
import { rovingKey, shortcut, sliderKey } from './keyboard';

const press = (
  key: string,
  held: Partial<Record<'shiftKey' | 'altKey' | 'ctrlKey' | 'metaKey', boolean>> = {}
) => ({
  key,
  shiftKey: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  ...held
});
const range = { value: 50, minimum: 1, maximum: 100, step: 1 };

describe('keys', () => {
  it.each([
    [press('z', { ctrlKey: true }), 'undo'],
    [press('z', { metaKey: true }), 'undo'],
    [press('Z', { ctrlKey: true, shiftKey: true }), 'redo'],
    [press('y', { ctrlKey: true }), 'redo'],
    [press('z'), null],
    [press('z', { ctrlKey: true, altKey: true }), null]
  ])('%j means %s', (key, meant) => {
    expect(shortcut(key)).toBe(meant);
  });

  it.each([
    [press('ArrowRight'), 51],
    [press('ArrowUp', { shiftKey: true }), 60],
    [press('ArrowLeft', { altKey: true }), 49.9],
    [press('PageDown'), 40],
    [press('Home'), 1],
    [press('End'), 100],
    [press('a'), null],
    [press('ArrowRight', { ctrlKey: true }), null]
  ])('%j moves a slider to %s', (key, value) => {
    expect(sliderKey(key, range)).toBe(value);
  });

  it('keeps a slider inside its limits', () => {
    expect(sliderKey(press('PageUp'), { ...range, value: 99 })).toBe(100);
  });

  it('goes round a row of tabs', () => {
    expect([rovingKey('ArrowRight', 2, 3), rovingKey('ArrowLeft', 0, 3), rovingKey('End', 0, 3)]).toEqual([
      0, 2, 2
    ]);
    expect(rovingKey('x', 0, 3)).toBeNull();
  });
});
