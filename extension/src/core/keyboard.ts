/** Keys that mean the same in every designer. */

export interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

export type Shortcut = 'undo' | 'redo';

/** Ctrl+Z and Ctrl+Shift+Z or Ctrl+Y; Cmd on a Mac. */
export function shortcut(press: KeyPress): Shortcut | null {
  if (!(press.ctrlKey || press.metaKey) || press.altKey) {
    return null;
  }
  const key = press.key.toLowerCase();
  if (key === 'z') {
    return press.shiftKey ? 'redo' : 'undo';
  }
  return key === 'y' && !press.shiftKey ? 'redo' : null;
}

export interface SliderRange {
  readonly value: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly step: number;
}

/**
 * Value after a key on a slider, by the ARIA pattern: arrows one step, with Shift or by page ten steps,
 * with Alt a tenth; Home and End to the limits. Null where the key means nothing here.
 */
export function sliderKey(press: KeyPress, range: SliderRange): number | null {
  if (press.ctrlKey || press.metaKey) {
    return null;
  }
  const stride = range.step * (press.shiftKey ? 10 : press.altKey ? 0.1 : 1);
  const moves: Readonly<Record<string, number>> = {
    ArrowRight: range.value + stride,
    ArrowUp: range.value + stride,
    ArrowLeft: range.value - stride,
    ArrowDown: range.value - stride,
    PageUp: range.value + 10 * range.step,
    PageDown: range.value - 10 * range.step,
    Home: range.minimum,
    End: range.maximum
  };
  const moved = moves[press.key];
  if (moved === undefined) {
    return null;
  }
  const bounded = Math.min(range.maximum, Math.max(range.minimum, moved));
  return Number(bounded.toPrecision(10));
}

/** Index after a key in a row or column of tabs (roving focus); null where the key means nothing. */
export function rovingKey(key: string, index: number, count: number): number | null {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return (index + 1) % count;
    case 'ArrowLeft':
    case 'ArrowUp':
      return (index - 1 + count) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
