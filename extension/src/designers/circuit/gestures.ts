/** Pointer and wheel on the canvas: select, move, stretch, connect, pan, zoom. */

import type { Board } from './board';
import type { Placement } from './elements';
import type { Point } from './geometry';
import { boxOf, minus, samePoint, snapped, snappedPoint } from './geometry';
import type { Handle } from './hits';
import { handlesOf, hit, within } from './hits';
import type { Key } from './kinds';
import { Moving, withBar } from './moving';
import type { Wire } from './scene';
import type { Session } from './session';

/** px */
const SLACK = 5;
const START = 3;

type Action =
  | { readonly kind: 'press'; readonly key: Key; readonly toggles: boolean }
  | { readonly kind: 'move'; readonly moving: Moving; delta: Point }
  | { readonly kind: 'handle'; readonly handle: Handle; last: Point }
  | { readonly kind: 'marquee'; readonly adds: boolean }
  | { readonly kind: 'pan'; last: Point };

export class Gestures {
  private action: Action | null = null;
  private start: Point = { x: 0, y: 0 };
  private touches = new Map<number, Point>();
  /** Whether Space is held: the pointer pans. */
  panning = false;

  constructor(
    private readonly board: Board,
    private readonly session: Session,
    private readonly menu: (at: Point, key: Key | null) => void
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
    const world = this.board.world(at);
    const handle = this.session.readOnly ? undefined : this.handleAt(at);
    if (handle) {
      this.action = { kind: 'handle', handle, last: world };
      return;
    }
    const key = hit(this.board.shown.scene, world, SLACK / this.board.scale);
    const toggles = event.shiftKey || event.ctrlKey || event.metaKey;
    if (key === null) {
      this.action =
        event.pointerType === 'touch' ? { kind: 'pan', last: at } : { kind: 'marquee', adds: toggles };
      return;
    }
    if (!toggles && !this.session.getState().selection.has(key)) {
      this.session.select([key]);
    }
    this.action = { kind: 'press', key, toggles };
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
          this.pickUp(action.key, action.toggles);
          this.move(event);
        }
        break;
      case 'move':
        this.drag(action, at);
        break;
      case 'handle':
        this.pull(action.handle, this.board.world(at));
        action.last = this.board.world(at);
        break;
    }
  }

  up(event: PointerEvent): void {
    this.touches.delete(event.pointerId);
    const { action } = this;
    this.action = null;
    if (!action) {
      return;
    }
    switch (action.kind) {
      case 'press':
        if (action.toggles) {
          this.session.select([action.key], 'toggle');
        } else {
          this.session.select([action.key]);
        }
        break;
      case 'move':
        this.drop(action.moving, action.delta);
        break;
      case 'handle':
        this.letGo(action.handle, action.last);
        break;
      case 'marquee':
        this.choose(this.place(event), action.adds);
        break;
      case 'pan':
        break;
    }
  }

  /** Forget what is going on; everything is where it was. */
  cancel(): void {
    this.action = null;
    this.board.show({ scene: this.session.getState().scene, marquee: null, targets: new Set(), drag: null });
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
    const key = hit(this.board.shown.scene, this.board.world(at), SLACK / this.board.scale);
    if (key && !this.session.getState().selection.has(key)) {
      this.session.select([key]);
    }
    this.menu(at, key);
  }

  private place(event: MouseEvent): Point {
    const box = this.board.canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  private handleAt(at: Point): Handle | undefined {
    const { scene, selection } = this.board.shown;
    return handlesOf(scene, selection).find(handle => {
      const there = this.board.screen(handle.at);
      return Math.max(Math.abs(there.x - at.x), Math.abs(there.y - at.y)) <= SLACK + 2;
    });
  }

  private cursor(at: Point): string {
    if (this.panning) {
      return 'grab';
    }
    const handle = this.session.readOnly ? undefined : this.handleAt(at);
    if (handle) {
      return handle.kind === 'end' ? 'crosshair' : 'move';
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

  private pickUp(key: Key, toggles: boolean): void {
    if (toggles) {
      this.session.select([key], 'add');
    }
    const { scene, selection } = this.session.getState();
    const keys = new Set([...selection].filter(item => scene.placements.has(item)));
    if (keys.size === 0) {
      this.action = { kind: 'pan', last: this.start };
      return;
    }
    this.action = { kind: 'move', moving: new Moving(scene, keys), delta: { x: 0, y: 0 } };
  }

  private drag(action: Extract<Action, { kind: 'move' }>, at: Point): void {
    const delta = snappedPoint(minus(this.board.world(at), this.board.world(this.start)));
    if (!samePoint(delta, action.delta)) {
      action.delta = delta;
      const { still, carried, reach } = action.moving;
      this.board.show({ drag: { still, carried, reach, between: action.moving.between(delta), delta } });
    }
  }

  private drop(moving: Moving, delta: Point): void {
    if (!samePoint(delta, { x: 0, y: 0 })) {
      this.session.move(moving.keys, delta);
    }
    this.board.show({ scene: this.session.getState().scene, drag: null });
  }

  private choose(at: Point, adds: boolean): void {
    const box = boxOf(this.board.world(this.start), this.board.world(at));
    this.board.show({ marquee: null });
    const far = Math.hypot(at.x - this.start.x, at.y - this.start.y) > START;
    this.session.select(far ? within(this.session.getState().scene, box) : [], adds ? 'add' : 'only');
  }

  /** Show what a handle would do. */
  private pull(handle: Handle, world: Point): void {
    const { scene } = this.session.getState();
    if (handle.kind === 'bar') {
      this.board.show({ scene: withBar(scene, handle.key, this.stretched(handle, world)) });
    } else if (handle.kind === 'end') {
      const bar = this.barAt(world);
      const wires = scene.wires.map(wire =>
        wire.id === handle.wire.id ? { ...wire, corners: loose(handle, world) } : wire
      );
      this.board.show({ scene: { ...scene, wires }, targets: new Set(bar ? [bar] : []) });
    } else {
      const corners = slid(handle, snappedPoint(world));
      const wires = scene.wires.map(wire => (wire.id === handle.wire.id ? { ...wire, corners } : wire));
      this.board.show({ scene: { ...scene, wires } });
    }
  }

  private letGo(handle: Handle, world: Point): void {
    const { scene } = this.session.getState();
    this.board.show({ scene, targets: new Set() });
    if (handle.kind === 'bar') {
      this.session.stretch(handle.key, this.stretched(handle, world));
    } else if (handle.kind === 'segment') {
      const corners = slid(handle, snappedPoint(world)).slice(1, -1);
      this.session.route(handle.wire.id, corners);
    } else {
      this.fasten(handle, world);
    }
  }

  private fasten(handle: Extract<Handle, { kind: 'end' }>, world: Point): void {
    const bar = this.barAt(world);
    if (!bar) {
      this.session.say('A connection ends at a busbar');
      return;
    }
    const { wire, side } = handle;
    if (bar === wire[side].key) {
      this.session.route(wire.id, slidAlong(wire, side, snappedPoint(world)));
      return;
    }
    const field = side === 'b' ? wire.field : 'from_bus';
    this.session.reconnect(wire.key, field, bar);
  }

  private barAt(world: Point): Key | null {
    for (const { key, box } of this.session.getState().scene.bars.values()) {
      const slack = 8 / this.board.scale;
      const inside =
        world.x >= box.left - slack &&
        world.x <= box.right + slack &&
        world.y >= box.top - slack &&
        world.y <= box.bottom + slack;
      if (inside) {
        return key;
      }
    }
    return null;
  }

  private stretched({ key, end }: Extract<Handle, { kind: 'bar' }>, world: Point): Placement {
    const { scene } = this.session.getState();
    const place = scene.placements.get(key) as Placement;
    const bar = scene.bars.get(key);
    const level = bar?.level ?? true;
    const own = level ? place.x : place.y;
    const fixed = own - (end * (bar?.length ?? 4)) / 2;
    const reach = Math.max(2, snapped(((level ? world.x : world.y) - fixed) * end));
    const middle = fixed + (end * reach) / 2;
    return { ...place, ...(level ? { x: middle } : { y: middle }), length: reach };
  }
}

/** The wire while one of its ends is held. */
function loose({ wire, side }: Extract<Handle, { kind: 'end' }>, world: Point): readonly Point[] {
  const corners = [...wire.corners];
  if (side === 'b') {
    return [...corners.slice(0, -1), { x: world.x, y: (corners[corners.length - 2] as Point).y }, world];
  }
  return [world, { x: world.x, y: (corners[1] as Point).y }, ...corners.slice(1)];
}

/** The corners of a wire with one segment moved across itself. */
function slid({ wire, index }: Extract<Handle, { kind: 'segment' }>, to: Point): readonly Point[] {
  const [p, q] = [wire.corners[index] as Point, wire.corners[index + 1] as Point];
  const level = p.y === q.y;
  return wire.corners.map((corner, i) =>
    i === index || i === index + 1 ? (level ? { ...corner, y: to.y } : { ...corner, x: to.x }) : corner
  );
}

/** Corners that pin an end of a wire at another place of its own bar. */
function slidAlong(wire: Wire, side: 'a' | 'b', to: Point): readonly Point[] {
  const end = wire[side];
  const other = wire[side === 'a' ? 'b' : 'a'];
  const upright = end.direction === 'up' || end.direction === 'down';
  const middle = upright
    ? { x: to.x, y: snapped((end.at.y + other.at.y) / 2) }
    : { x: snapped((end.at.x + other.at.x) / 2), y: to.y };
  const corners = [middle, upright ? { x: other.at.x, y: middle.y } : { x: middle.x, y: other.at.y }];
  return side === 'a' ? corners : corners.reverse();
}
