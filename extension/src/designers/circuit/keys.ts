/** Keys on the canvas: every edit and every way of looking works without a pointer. */

import { shortcut } from '../../core/keyboard';
import type { Board } from './board';
import type { Direction, Point } from './geometry';
import { STEP } from './geometry';
import type { Key } from './kinds';
import { splitKey } from './kinds';
import type { Scene } from './scene';
import { extentOf } from './scene';
import type { Session } from './session';

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right'
};

export interface KeyHelp {
  readonly keys: string;
  readonly does: string;
}

export const KEY_HELP: readonly KeyHelp[] = [
  { keys: 'Arrows', does: 'go to the next element that way; with Shift, select it as well' },
  { keys: 'Alt+arrows', does: 'move what is selected by one square; with Shift, by five' },
  { keys: 'Enter', does: 'go to the values of the element' },
  { keys: 'R', does: 'turn' },
  { keys: '[ and ]', does: 'shorten and stretch a busbar' },
  { keys: 'Delete', does: 'delete' },
  { keys: 'Ctrl+A, C, X, V, D', does: 'select all, copy, cut, paste, duplicate' },
  { keys: 'Ctrl+Z, Ctrl+Shift+Z', does: 'undo, redo' },
  { keys: 'F, + and −', does: 'fit the network, zoom in and out' },
  { keys: 'Shift+F10', does: 'menu of the element' },
  { keys: 'Esc', does: 'select nothing' }
];

export interface KeyActions {
  copy(): void;
  cut(): void;
  toValues(): void;
  menu(): void;
  cancel(): boolean;
}

/** Do what a key means; false where it means nothing here. */
export function press(event: KeyboardEvent, session: Session, board: Board, actions: KeyActions): boolean {
  const meant = shortcut(event);
  if (meant) {
    session.editor[meant]();
    return true;
  }
  const arrow = ARROWS[event.key];
  if (arrow) {
    return goOrMove(event, arrow, session, board);
  }
  return event.ctrlKey || event.metaKey
    ? withControl(event, session, actions)
    : plainKey(event, session, board, actions);
}

function goOrMove(event: KeyboardEvent, arrow: Direction, session: Session, board: Board): boolean {
  const { selection, scene, current } = session.getState();
  if (event.ctrlKey || event.metaKey) {
    return false;
  }
  if (event.altKey) {
    const far = event.shiftKey ? 5 : 1;
    session.move(selection, { x: far * STEP[arrow].x, y: far * STEP[arrow].y }, 'keys');
    return true;
  }
  const next = current ? neighbour(scene, current, arrow) : firstOf(scene);
  if (next) {
    session.select([next], event.shiftKey ? 'add' : 'only');
    const box = extentOf(scene, [next]);
    if (box) {
      board.reveal(box);
    }
  }
  return true;
}

function withControl(event: KeyboardEvent, session: Session, actions: KeyActions): boolean {
  switch (event.key.toLowerCase()) {
    case 'a':
      session.selectAll();
      return true;
    case 'c':
      actions.copy();
      return true;
    case 'x':
      actions.cut();
      return true;
    case 'd':
      if (session.copy() !== null) {
        session.paste();
      }
      return true;
    default:
      return false;
  }
}

function plainKey(event: KeyboardEvent, session: Session, board: Board, actions: KeyActions): boolean {
  switch (event.key) {
    case 'Delete':
    case 'Backspace':
      session.remove();
      return true;
    case 'Escape':
      if (!actions.cancel()) {
        session.select([]);
      }
      return true;
    case 'Enter':
      actions.toValues();
      return true;
    case 'r':
    case 'R':
      session.rotate();
      return true;
    case '[':
    case ']':
      return stretch(session, event.key === ']' ? 2 : -2);
    case 'f':
    case 'F':
    case '0':
      board.fit();
      return true;
    case '+':
    case '=':
      board.zoom(1.25);
      return true;
    case '-':
      board.zoom(0.8);
      return true;
    case 'ContextMenu':
      actions.menu();
      return true;
    case 'F10':
      if (event.shiftKey) {
        actions.menu();
      }
      return event.shiftKey;
    default:
      return false;
  }
}

function stretch(session: Session, by: number): boolean {
  const { current, scene } = session.getState();
  const place = current ? scene.placements.get(current) : undefined;
  if (current && place && splitKey(current).table === 'buses') {
    session.stretch(current, { ...place, length: Math.max(2, session.lengthOf(current) + by) }, 'keys');
    return true;
  }
  return false;
}

/** The middle of what is drawn of an element. */
export function middleOf(scene: Scene, key: Key): Point | null {
  const box =
    scene.bars.get(key)?.box ??
    scene.items.get(key)?.box ??
    scene.markers.get(key)?.box ??
    extentOf(scene, [key]);
  return box && { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
}

/** The first element in reading order. */
function firstOf(scene: Scene): Key | null {
  let best: Key | null = null;
  let least = Infinity;
  for (const key of scene.elements.keys()) {
    const at = middleOf(scene, key);
    const rank = at ? at.y * 3 + at.x : Infinity;
    if (rank < least) {
      [best, least] = [key, rank];
    }
  }
  return best;
}

/** The nearest element in a direction; what lies straight ahead is preferred. */
export function neighbour(scene: Scene, from: Key, direction: Direction): Key | null {
  const start = middleOf(scene, from);
  if (!start) {
    return null;
  }
  const step = STEP[direction];
  let best: Key | null = null;
  let least = Infinity;
  for (const key of scene.elements.keys()) {
    const at = key === from ? null : middleOf(scene, key);
    if (!at) {
      continue;
    }
    const ahead = (at.x - start.x) * step.x + (at.y - start.y) * step.y;
    const aside = Math.abs((at.x - start.x) * step.y) + Math.abs((at.y - start.y) * step.x);
    if (ahead > 0.4 && ahead + 2 * aside < least) {
      [best, least] = [key, ahead + 2 * aside];
    }
  }
  return best;
}
