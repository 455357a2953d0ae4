/** Keys on the sheet: every edit and every way of looking works without a pointer. */

import { shortcut } from '../../core/keyboard';
import type { Board } from '../circuit/board';
import type { Direction } from '../circuit/geometry';
import { STEP } from '../circuit/geometry';
import type { KeyHelp } from '../circuit/keys';
import { wider } from './gestures';
import { PALETTE } from './kinds';
import type { Scene } from './scene';
import { extentOf } from './scene';
import type { CircuitSession } from './session';

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right'
};

const LETTERS = PALETTE.flatMap(item => (item.key ? [item.key.toUpperCase()] : []));

export const KEY_HELP: readonly KeyHelp[] = [
  { keys: LETTERS.join(' '), does: 'insert that element behind what is selected; with Shift, beside it' },
  { keys: 'Arrows', does: 'go to the next element that way; with Shift, select it as well' },
  { keys: 'Alt+arrows', does: 'move what is selected along its series, or up and down among branches' },
  { keys: 'X', does: 'select the group around what is selected' },
  { keys: 'Enter', does: 'go to the values of the element' },
  { keys: 'Delete', does: 'delete' },
  { keys: 'Ctrl+A, C, X, V, D', does: 'select all, copy, cut, paste, duplicate; with Shift, paste beside' },
  { keys: 'Ctrl+Z, Ctrl+Shift+Z', does: 'undo, redo' },
  { keys: 'F, + and −', does: 'fit the circuit, zoom in and out' },
  { keys: 'Shift+F10', does: 'menu of the element' },
  { keys: 'Esc', does: 'select nothing' }
];

export interface KeyActions {
  copy(): void;
  cut(): void;
  paste(beside: boolean): void;
  toValues(): void;
  menu(): void;
  cancel(): boolean;
}

/** Do what a key means; false where it means nothing here. */
export function press(
  event: KeyboardEvent,
  session: CircuitSession,
  board: Board<Scene>,
  actions: KeyActions
): boolean {
  const meant = shortcut(event);
  if (meant) {
    session.editor[meant]();
    return true;
  }
  const arrow = ARROWS[event.key];
  if (arrow) {
    return goOrMove(event, arrow, session, board);
  }
  if (event.ctrlKey || event.metaKey) {
    return withControl(event, session, actions);
  }
  return !event.altKey && (inserting(event, session) || plainKey(event, session, board, actions));
}

function inserting(event: KeyboardEvent, session: CircuitSession): boolean {
  const item = PALETTE.find(({ key }) => key === event.key.toLowerCase());
  if (!item) {
    return false;
  }
  session.add(item, session.slotOf(event.shiftKey ? 'beside' : 'after'));
  return true;
}

function goOrMove(
  event: KeyboardEvent,
  arrow: Direction,
  session: CircuitSession,
  board: Board<Scene>
): boolean {
  if (event.ctrlKey || event.metaKey) {
    return false;
  }
  if (event.altKey) {
    const level = arrow === 'left' || arrow === 'right';
    session.shift(level ? 'series' : 'parallel', arrow === 'right' || arrow === 'down' ? 1 : -1);
    return true;
  }
  const { scene, current } = session.getState();
  const next = current ? neighbour(scene, current, arrow) : ([...scene.items.keys()][0] ?? null);
  if (next) {
    session.select([next], event.shiftKey ? 'add' : 'only');
    const box = extentOf(scene, [next]);
    if (box) {
      board.reveal(box);
    }
  }
  return true;
}

function withControl(event: KeyboardEvent, session: CircuitSession, actions: KeyActions): boolean {
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
    case 'v':
      actions.paste(event.shiftKey);
      return true;
    case 'd':
      if (session.copy() !== null) {
        session.paste(event.shiftKey ? 'beside' : 'after');
      }
      return true;
    default:
      return false;
  }
}

function plainKey(
  event: KeyboardEvent,
  session: CircuitSession,
  board: Board<Scene>,
  actions: KeyActions
): boolean {
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
    case 'x':
    case 'X':
      session.select(wider(session.getState().scene, session.getState().selection));
      return true;
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

/** The nearest element in a direction; what lies straight ahead is preferred. */
export function neighbour(scene: Scene, from: string, direction: Direction): string | null {
  const start = scene.items.get(from)?.at;
  if (!start) {
    return null;
  }
  const step = STEP[direction];
  let best: string | null = null;
  let least = Infinity;
  for (const { name, at } of scene.items.values()) {
    const ahead = (at.x - start.x) * step.x + (at.y - start.y) * step.y;
    const aside = Math.abs((at.x - start.x) * step.y) + Math.abs((at.y - start.y) * step.x);
    if (name !== from && ahead > 0.4 && ahead + 2 * aside < least) {
      [best, least] = [name, ahead + 2 * aside];
    }
  }
  return best;
}
