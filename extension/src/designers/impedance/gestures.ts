/** Pointer and wheel on the sheet: select, take elsewhere in the circuit, pan, zoom. */

import type { Board } from '../circuit/board';
import type { Point } from '../circuit/geometry';
import { boxOf } from '../circuit/geometry';
import type { Slot } from './edits';
import { blockOf } from './edits';
import type { Scene } from './scene';
import { hit, slotAt, within } from './scene';
import type { CircuitSession } from './session';

/** px */
const SLACK = 4;
const START = 4;

type Action =
  | { readonly kind: 'press'; readonly name: string; readonly toggles: boolean }
  | { readonly kind: 'move'; readonly names: ReadonlySet<string>; slot: Slot | null }
  | { readonly kind: 'marquee'; readonly adds: boolean }
  | { readonly kind: 'pan'; last: Point };

export class Gestures {
  private action: Action | null = null;
  private start: Point = { x: 0, y: 0 };
  private touches = new Map<number, Point>();
  /** Whether Space is held: the pointer pans. */
  panning = false;

  constructor(
    private readonly board: Board<Scene>,
    private readonly session: CircuitSession,
    private readonly menu: (at: Point, name: string | null) => void
  ) {}

  get busy(): boolean {
    return this.action !== null;
  }

  down(event: PointerEvent): void {
    const at = this.place(event);
    this.board.canvas.setPointerCapture?.(event.pointerId);
    this.start = at;
    this.touches.set(event.pointerId, at);
    if (event.pointerType === 'touch' && this.touches.size === 2) {
      this.cancel();
      return;
    }
    if (event.button === 1 || this.panning) {
      this.action = { kind: 'pan', last: at };
      return;
    }
    if (event.button !== 0) {
      return;
    }
    const name = hit(this.board.shown.scene, this.board.world(at), SLACK / this.board.scale);
    const toggles = event.shiftKey || event.ctrlKey || event.metaKey;
    if (name === null) {
      this.action =
        event.pointerType === 'touch' ? { kind: 'pan', last: at } : { kind: 'marquee', adds: toggles };
      return;
    }
    if (!toggles && !this.session.getState().selection.has(name)) {
      this.session.select([name]);
    }
    this.action = { kind: 'press', name, toggles };
  }

  move(event: PointerEvent): void {
    const at = this.place(event);
    if (this.pinch(event, at)) {
      return;
    }
    const { action } = this;
    if (!action) {
      this.board.canvas.style.cursor = this.cursor(at);
      return;
    }
    const far = Math.hypot(at.x - this.start.x, at.y - this.start.y) > START;
    switch (action.kind) {
      case 'pan':
        this.board.pan(at.x - action.last.x, at.y - action.last.y);
        action.last = at;
        break;
      case 'marquee':
        if (far) {
          this.board.show({ marquee: boxOf(this.board.world(this.start), this.board.world(at)) });
        }
        break;
      case 'press':
        if (far && !this.session.readOnly) {
          this.pickUp(action.name);
        }
        break;
      case 'move':
        this.seek(action, at);
        break;
    }
  }

  up(event: PointerEvent): void {
    this.touches.delete(event.pointerId);
    const { action } = this;
    this.action = null;
    switch (action?.kind) {
      case 'press':
        this.session.select([action.name], action.toggles ? 'toggle' : 'only');
        break;
      case 'move':
        this.board.canvas.style.cursor = 'default';
        if (!action.slot || !this.session.move(action.names, action.slot)) {
          this.board.show({ scene: this.session.getState().scene });
        }
        break;
      case 'marquee':
        this.choose(this.place(event), action.adds);
        break;
    }
  }

  /** Forget what is going on; everything is where it was. */
  cancel(): void {
    this.action = null;
    this.board.show({ scene: this.session.getState().scene, marquee: null });
  }

  wheel(event: WheelEvent): void {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey || Math.abs(event.deltaX) < Math.abs(event.deltaY)) {
      const lines = event.deltaMode === 1 ? 30 : 1;
      const speed = event.ctrlKey ? 0.01 : 0.0016;
      this.board.zoom(Math.exp(-speed * lines * event.deltaY), this.place(event));
    } else {
      this.board.pan(-event.deltaX, -event.deltaY);
    }
  }

  contextMenu(event: MouseEvent): void {
    event.preventDefault();
    const at = this.place(event);
    const name = hit(this.board.shown.scene, this.board.world(at), SLACK / this.board.scale);
    if (name && !this.session.getState().selection.has(name)) {
      this.session.select([name]);
    }
    this.menu(at, name);
  }

  private place(event: MouseEvent): Point {
    const box = this.board.canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  private cursor(at: Point): string {
    if (this.panning) {
      return 'grab';
    }
    return hit(this.board.shown.scene, this.board.world(at), SLACK / this.board.scale)
      ? 'pointer'
      : 'default';
  }

  private pinch(event: PointerEvent, at: Point): boolean {
    const before = this.touches.get(event.pointerId);
    const other = [...this.touches].find(([id]) => id !== event.pointerId)?.[1];
    if (this.touches.size !== 2 || !before || !other) {
      return false;
    }
    const apart = (p: Point) => Math.hypot(p.x - other.x, p.y - other.y);
    this.board.zoom(apart(at) / Math.max(1, apart(before)), other);
    this.touches.set(event.pointerId, at);
    return true;
  }

  private pickUp(name: string): void {
    const { selection } = this.session.getState();
    this.action = {
      kind: 'move',
      names: selection.has(name) ? selection : new Set([name]),
      slot: null
    };
    this.board.canvas.style.cursor = 'grabbing';
  }

  /** Show where what is held would go; over itself it stays. */
  private seek(action: Extract<Action, { kind: 'move' }>, at: Point): void {
    const { scene } = this.session.getState();
    const world = this.board.world(at);
    const over = hit(scene, world, 0);
    const slot = over && action.names.has(over) ? null : slotAt(scene, world, new Set());
    action.slot = slot && slot.names.some(name => !action.names.has(name)) ? slot : null;
    this.board.show({ scene: { ...scene, slot: action.slot } });
  }

  private choose(at: Point, adds: boolean): void {
    const box = boxOf(this.board.world(this.start), this.board.world(at));
    this.board.show({ marquee: null });
    const far = Math.hypot(at.x - this.start.x, at.y - this.start.y) > START;
    this.session.select(far ? within(this.session.getState().scene, box) : [], adds ? 'add' : 'only');
  }
}

/** The elements that belong together with those selected, from small to large: themselves, their group, everything. */
export function wider(scene: Scene, selection: ReadonlySet<string>): readonly string[] {
  const block = blockOf(scene.tree, selection);
  if (block.length > selection.size) {
    return block;
  }
  const outer = scene.frames
    .map(frame => frame.names)
    .filter(names => names.length > selection.size && block.every(name => names.includes(name)))
    .sort((a, b) => a.length - b.length);
  return outer[0] ?? [...scene.items.keys()];
}
