/** What one person sees and does in a circuit designer: scene, selection, edits. */

import type { Json, JsonObject } from '../../core/document';
import { isObject, valueAt } from '../../core/document';
import type { Change, Editor } from '../../core/editor';
import { besideBuses, sheetOf } from './arrange';
import type { Progress } from './drawing';
import { Drawing } from './drawing';
import type { Part } from './edits';
import { adding, copied, freeId, freeingRoutes, newRow, partOf, pasting, placing, removing } from './edits';
import type { Element, Placement } from './elements';
import { hasPlace, nominalVoltage, titleOf } from './elements';
import type { Point, Rotation } from './geometry';
import { clamped, plus } from './geometry';
import type { Key, PaletteItem } from './kinds';
import { keyOf, kindOf, splitKey } from './kinds';
import { facing } from './layout';
import type { Scene } from './scene';

/** The designer's own selection for the network as a whole. */
export const WHOLE = '';
const LONGEST_BAR = 2000;

export interface SessionState {
  readonly scene: Scene;
  readonly selection: ReadonlySet<Key>;
  /** The element that keys act from; the last one selected. */
  readonly current: Key | null;
  /** A word to the person about what just happened; for screen readers too. */
  readonly notice: string;
  /** Set while the drawing is being made. */
  readonly progress: Progress | null;
}

export class Session {
  private listeners = new Set<() => void>();
  private readonly drawing = new Drawing(drawn => this.show(drawn));
  private document: JsonObject;
  private clipboard: Part | null = null;
  private pastes = 0;
  private state: SessionState;
  private readonly detach: () => void;

  constructor(readonly editor: Editor) {
    this.document = editor.getState().document;
    const { scene, progress } = this.drawing.draw(this.document, undefined);
    this.state = { scene: scene as Scene, progress, selection: new Set(), current: null, notice: '' };
    this.detach = editor.subscribe(() => this.follow());
  }

  readonly getState = (): SessionState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  dispose(): void {
    this.drawing.stop();
    this.detach();
    this.listeners.clear();
  }

  /** Places on the screen that the document does not have. */
  private get fresh(): ReadonlyMap<Key, Placement> {
    return this.drawing.fresh;
  }

  /** Leave the drawing as far as it has come. */
  stopDrawing(): void {
    this.drawing.stop();
    this.show({ progress: null, notice: 'Stopped. “Lay out the whole network anew” goes on' });
  }

  get readOnly(): boolean {
    return this.editor.getState().readOnly;
  }

  say(notice: string): void {
    this.show({ notice });
  }

  select(keys: Iterable<Key>, how: 'only' | 'toggle' | 'add' = 'only'): void {
    const { elements } = this.state.scene;
    const selection = new Set(how === 'only' ? [] : this.state.selection);
    let current: Key | null = null;
    for (const key of keys) {
      if (!elements.has(key)) {
        continue;
      }
      if (how === 'toggle' && selection.has(key)) {
        selection.delete(key);
      } else {
        selection.add(key);
        current = key;
      }
    }
    this.show({ selection, current: current ?? [...selection].pop() ?? null });
  }

  selectAll(): void {
    this.select(this.state.scene.elements.keys());
  }

  /** Move elements by whole squares, as one step. */
  move(keys: ReadonlySet<Key>, delta: Point, gesture?: string): boolean {
    const { scene } = this.state;
    const moved = new Map<Key, Placement>();
    for (const key of keys) {
      const place = scene.placements.get(key);
      if (place) {
        moved.set(key, { ...place, ...plus(place, delta) });
      }
    }
    return moved.size > 0 && this.place(moved, `Move ${this.words(moved.keys())}`, gesture);
  }

  rotate(keys: ReadonlySet<Key> = this.state.selection): boolean {
    const turnedPlaces = new Map<Key, Placement>();
    for (const key of keys) {
      const place = this.state.scene.placements.get(key);
      if (place) {
        const step = splitKey(key).table === 'buses' ? (place.rotation === 0 ? 90 : 270) : 90;
        const rotation = ((place.rotation + step) % 360) as Rotation;
        turnedPlaces.set(key, { ...place, rotation, length: this.lengthOf(key) });
      }
    }
    return turnedPlaces.size > 0 && this.place(turnedPlaces, `Turn ${this.words(turnedPlaces.keys())}`);
  }

  /** Give a busbar another place and length. */
  stretch(key: Key, place: Placement, gesture?: string): boolean {
    const length = clamped(Math.round(place.length), 1, LONGEST_BAR);
    return this.place(new Map([[key, { ...place, length }]]), `Stretch ${this.words([key])}`, gesture);
  }

  lengthOf(key: Key): number {
    return this.state.scene.bars.get(key)?.length ?? 0;
  }

  remove(keys: ReadonlySet<Key> = this.state.selection): boolean {
    if (keys.size === 0) {
      return false;
    }
    const changes = removing(this.editor.getState().document, keys);
    return this.change(changes, `Delete ${this.words(keys)}`);
  }

  /** Add a thing of the palette. Buses are those given, else the selected ones, else the nearest ones. */
  add(item: PaletteItem, at: Point, given?: readonly Key[]): boolean {
    const { document } = this.editor.getState();
    const wanted = kindOf(item.table).ends.length;
    const buses = given ?? this.busesFor(item, at);
    if (buses.length < wanted) {
      const few = wanted === 1 ? 'a busbar' : `${wanted} busbars`;
      this.say(`${item.title} needs ${few} to connect. Add ${few} first, or select them.`);
      return false;
    }
    const id = freeId(document, item.table);
    const key = keyOf(item.table, id);
    const row = newRow(document, item, buses);
    const changes: Change[] = [adding(document, item.table, id, row)];
    const place = this.placeFor(item, { key, table: item.table, id, row, buses, branch: '' }, at);
    if (place) {
      const grown = { ...document, [item.table]: {} };
      changes.push(...placing(grown, new Map([...this.fresh, [key, place]])));
    }
    if (!this.change(changes, `Add ${item.title.toLowerCase()} ${id}`)) {
      return false;
    }
    this.select([key]);
    return true;
  }

  /** The busbars that a thing of the palette would be connected to. */
  busesFor(item: PaletteItem, at: Point): readonly Key[] {
    const wanted = kindOf(item.table).ends.length;
    const { scene, selection } = this.state;
    const chosen = [...selection].filter(key => scene.bars.has(key));
    if (wanted === 0) {
      return [];
    }
    if (chosen.length === wanted) {
      return chosen;
    }
    return this.fitting(item, at, wanted);
  }

  /** The nearest busbars that the thing can join: a line those of one voltage, a transformer higher before lower. */
  private fitting(item: PaletteItem, at: Point, wanted: number): readonly Key[] {
    const near = this.nearest(at, Infinity);
    const voltage = (key: Key) => nominalVoltage(this.editor.getState().document, key);
    const [first] = near;
    if (first === undefined || wanted === 1) {
      return near.slice(0, wanted);
    }
    const transforms = item.table === 'transformers' || item.table === 'three_winding_transformers';
    const like = near.filter(key => key !== first && (voltage(key) === voltage(first)) !== transforms);
    const others = near.filter(key => key !== first && !like.includes(key));
    const chosen = [first, ...like, ...others].slice(0, wanted);
    return transforms ? chosen.sort((a, b) => voltage(b) - voltage(a)) : chosen;
  }

  /** The busbars nearest to a point. */
  nearest(at: Point, count: number): readonly Key[] {
    return [...this.state.scene.bars.values()]
      .map(({ key, box }) => ({
        key,
        distance: Math.hypot(
          Math.max(box.left - at.x, 0, at.x - box.right),
          Math.max(box.top - at.y, 0, at.y - box.bottom)
        )
      }))
      .sort((a, b) => a.distance - b.distance)
      .slice(0, count)
      .map(({ key }) => key);
  }

  private placeFor(item: PaletteItem, element: Element, at: Point): Placement | null {
    if (!hasPlace(element)) {
      return null;
    }
    const { placements } = this.state.scene;
    if (item.table === 'buses') {
      return { x: Math.round(at.x), y: Math.round(at.y), rotation: 0, length: 6 };
    }
    const bars = element.buses.flatMap(bus => placements.get(bus) ?? []);
    const near = bars.some(bar => Math.abs(bar.y - at.y) < 2 && Math.abs(bar.x - at.x) < 6);
    if (near || !Number.isFinite(at.x)) {
      return besideBuses(element, placements, sheetOf(this.state.scene.elements, placements));
    }
    const place: Placement = { x: Math.round(at.x), y: Math.round(at.y), rotation: 0, length: 0 };
    const [bar] = bars;
    if (kindOf(item.table).ends.length === 1 && bar) {
      const level = bar.rotation % 180 === 0;
      const rotation: Rotation = level ? (at.y < bar.y ? 180 : 0) : at.x < bar.x ? 90 : 270;
      return { ...place, rotation };
    }
    return { ...place, rotation: facing(element, place, placements) };
  }

  /** Connect an end of an element to another busbar. */
  reconnect(key: Key, field: string, bus: Key): boolean {
    const { table, id } = splitKey(key);
    const { document } = this.editor.getState();
    const changes: Change[] = [
      { path: [table, id, field], value: splitKey(bus).id },
      ...freeingRoutes(document, this.state.scene.elements, new Set([key]))
    ];
    return this.change(changes, `Connect ${this.words([key])} to bus ${splitKey(bus).id}`);
  }

  /** Keep corners that a person has drawn; null goes back to automatic ones. */
  route(id: string, corners: readonly Point[] | null): boolean {
    const { document } = this.editor.getState();
    const routes = valueAt(document, ['diagram', 'routes']);
    const others = Object.entries(isObject(routes) ? routes : {}).filter(([name]) => name !== id);
    const drawn: Json = (corners ?? []).map(({ x, y }) => [x, y]);
    const own = Object.fromEntries(corners ? [...others, [id, drawn]] : others);
    const diagram = isObject(document['diagram']) ? [] : [{ path: ['diagram'], value: {} }];
    const label = `${corners ? 'Draw' : 'Free'} route of ${this.words([id.slice(0, id.lastIndexOf('/'))])}`;
    return this.change(
      [
        ...diagram,
        ...placing({ ...document, diagram: document['diagram'] ?? {} }, this.fresh),
        { path: ['diagram', 'routes'], value: own }
      ],
      label
    );
  }

  copy(): string | null {
    const { scene, selection } = this.state;
    if (selection.size === 0) {
      return null;
    }
    this.clipboard = copied(scene.elements, scene.placements, selection);
    this.pastes = 0;
    this.say(`${this.words(selection)} copied`);
    return JSON.stringify(this.clipboard);
  }

  paste(text?: string): boolean {
    const part = (text === undefined ? null : partOf(text)) ?? this.clipboard;
    if (!part) {
      this.say('There is nothing of a network to paste');
      return false;
    }
    this.pastes++;
    const shift = 2 * this.pastes;
    const { changes, keys } = pasting(this.withFresh(), part, shift, shift);
    if (keys.size === 0) {
      this.say('What was copied has lost its busbars; copy them too');
      return false;
    }
    const done = this.change(changes, `Paste ${keys.size === 1 ? '1 element' : `${keys.size} elements`}`);
    if (done) {
      this.select(keys);
    }
    return done;
  }

  /** Lay out the whole network anew. */
  layOut(done: () => void = () => undefined): void {
    this.drawing.layOut(this.state.scene.elements, placements => {
      const { document } = this.editor.getState();
      const routes = valueAt(document, ['diagram', 'routes']);
      const drawn = isObject(routes) && Object.keys(routes).length > 0;
      this.change(
        [...placing(document, placements), ...(drawn ? [{ path: ['diagram', 'routes'], value: {} }] : [])],
        'Lay out the network'
      );
      done();
    });
  }

  setSymbols(standard: 'IEC' | 'ANSI'): boolean {
    const { document } = this.editor.getState();
    const diagram = isObject(document['diagram']) ? [] : [{ path: ['diagram'], value: {} }];
    return this.change(
      [...diagram, { path: ['diagram', 'symbols'], value: standard }],
      `${standard} symbols`
    );
  }

  private place(placements: ReadonlyMap<Key, Placement>, label: string, gesture?: string): boolean {
    const { document } = this.editor.getState();
    // the first thing that is moved fixes where everything else is
    const all = new Map([...this.fresh, ...placements]);
    const changes = [
      ...placing(document, all),
      ...freeingRoutes(document, this.state.scene.elements, new Set(placements.keys()))
    ];
    return this.change(changes, label, gesture);
  }

  private change(changes: readonly Change[], label: string, gesture?: string): boolean {
    if (this.readOnly) {
      this.say('This network is read only');
      return false;
    }
    const [fault] = this.editor.judge(changes);
    if (fault) {
      this.say(`Not possible: ${fault.path.join('.')}: ${fault.rule}`);
      return false;
    }
    const done = this.editor.change(changes, label, gesture);
    this.say(label);
    return done;
  }

  /** The document with every place that is on the screen. */
  private withFresh(): JsonObject {
    const { document } = this.editor.getState();
    if (this.fresh.size === 0) {
      return document;
    }
    return placing(document, this.fresh).reduce<JsonObject>((sofar, { path, value }) => {
      const diagram = isObject(sofar['diagram']) ? sofar['diagram'] : {};
      if (path.length === 1) {
        return { ...sofar, diagram: (value ?? {}) as JsonObject };
      }
      if (path.length === 2) {
        return { ...sofar, diagram: { ...diagram, placements: value ?? {} } };
      }
      const places = isObject(diagram['placements']) ? diagram['placements'] : {};
      return {
        ...sofar,
        diagram: { ...diagram, placements: { ...places, [path[2] ?? '']: value ?? {} } }
      };
    }, document);
  }

  /** "Line 4–5", "12 elements" */
  private words(keys: Iterable<Key>): string {
    const all = [...keys];
    const only = all.length === 1 ? this.state.scene.elements.get(all[0] ?? '') : undefined;
    return only ? titleOf(only).toLowerCase() : `${all.length} elements`;
  }

  private follow(): void {
    const { document } = this.editor.getState();
    if (document === this.document) {
      return;
    }
    this.document = document;
    const { progress, scene = this.state.scene } = this.drawing.draw(document, this.state.scene);
    const selection = new Set([...this.state.selection].filter(key => scene.elements.has(key)));
    const { current } = this.state;
    const kept = current && scene.elements.has(current) ? current : null;
    this.show({ scene, progress, selection, current: kept });
  }

  private show(part: Partial<SessionState>): void {
    this.state = { ...this.state, ...part };
    this.listeners.forEach(listener => listener());
  }
}
