/** What one person sees and does in a circuit designer: scene, selection, edits. */

import type { Json, JsonObject } from '../../core/document';
import { isObject, valueAt } from '../../core/document';
import type { Change, Editor } from '../../core/editor';
import type { Progress } from './drawing';
import { Drawing } from './drawing';
import type { Part } from './edits';
import { adding, copied, freeId, freeingRoutes, newRow, partOf, pasting, placing, removing } from './edits';
import type { Placement } from './elements';
import { titleOf } from './elements';
import type { Point, Rotation } from './geometry';
import { clamped, plus } from './geometry';
import type { Key, PaletteItem } from './kinds';
import { keyOf, kindOf, splitKey } from './kinds';
import { busesFor, placeFor } from './joining';
import { identifierProblem, renaming } from './renaming';
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
  private pasted = '';
  /** Tells what was copied here from what comes out of another designer. */
  private readonly name = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
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
      if (place && splitKey(key).table !== 'labels') {
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
    const changes: Change[] = [...adding(document, item.table, id, row)];
    const element = { key, table: item.table, id, row, buses, branch: '' };
    const place = placeFor(this.state.scene, element, at);
    if (place) {
      const grown = item.table === 'labels' ? { ...document, diagram: document['diagram'] ?? {} } : document;
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
    const { scene, selection } = this.state;
    return busesFor(this.editor.getState().document, scene, selection, item, at);
  }

  /** Give an element another identifier; what refers to it follows. */
  rename(key: Key, id: string): boolean {
    const { document } = this.editor.getState();
    const problem = identifierProblem(document, key, id);
    if (problem !== '') {
      this.say(`Not possible: ${problem.toLowerCase()}`);
      return false;
    }
    const after = keyOf(splitKey(key).table, id);
    const places = new Map([...this.fresh].map(([own, place]) => [own === key ? after : own, place]));
    this.drawing.fresh = places;
    const done = this.change(renaming(document, key, id), `Call ${this.words([key])} “${id}”`);
    if (done) {
      this.select([after]);
    }
    return done;
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
    this.clipboard = copied(scene.elements, scene.placements, selection, this.name);
    this.pastes = 0;
    this.say(`${this.words(selection)} copied`);
    return JSON.stringify(this.clipboard);
  }

  /** Put in what was copied: out of a text of the clipboard, here or in another designer, else what was copied here. */
  paste(text?: string): boolean {
    const given = text === undefined ? null : partOf(text);
    const part = given ?? this.clipboard;
    if (!part) {
      this.say('There is nothing of a network to paste');
      return false;
    }
    if (text !== undefined && text !== this.pasted) {
      [this.pastes, this.pasted] = [0, text];
    }
    this.pastes++;
    const shift = 2 * this.pastes;
    const { changes, keys, lost } = pasting(this.withFresh(), part, { x: shift, y: shift }, this.name);
    if (keys.size === 0) {
      this.say('What was copied has lost its busbars; copy them too');
      return false;
    }
    const done = this.change(changes, `Paste ${keys.size === 1 ? '1 element' : `${keys.size} elements`}`);
    if (done) {
      this.select(keys);
      if (lost > 0) {
        const some = lost === 1 ? '1 element was' : `${lost} elements were`;
        this.say(`Pasted; ${some} left out, whose busbars were not copied`);
      }
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
