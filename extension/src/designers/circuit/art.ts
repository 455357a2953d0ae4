/** What a sheet needs of the kind of document that it shows; each kind draws a scene of its own. */

import type { Box, Point } from './geometry';
import { handlesOf } from './hits';
import type { Key } from './kinds';
import type { Look } from './paint';
import { paint } from './paint';
import type { Pen } from './pen';
import type { Scene } from './scene';
import { extentOf } from './scene';

export interface Art<S> {
  paint(pen: Pen, scene: S, look: Look): void;
  /** Box around things; around all of them where none are named. */
  extentOf(scene: S, keys?: Iterable<Key>): Box | null;
  /** Box around the thing that keys act from. */
  frameOf(scene: S, key: Key): Box | null;
  /** What a person can take hold of on selected things. */
  handlesOf(
    scene: S,
    selection: ReadonlySet<Key>
  ): readonly { readonly at: Point; readonly kind: 'bar' | 'end' | 'segment' }[];
  /** How many things are drawn; where it is left out, few. */
  weightOf?(scene: S): number;
}

/** One-line diagrams of power networks. */
export const networkArt: Art<Scene> = {
  paint,
  extentOf,
  frameOf: (scene, key) =>
    scene.bars.get(key)?.box ??
    scene.items.get(key)?.box ??
    scene.markers.get(key)?.box ??
    extentOf(scene, [key]),
  handlesOf,
  weightOf: ({ bars, items, wires }) => bars.size + items.size + wires.length
};
