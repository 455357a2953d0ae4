/**
 * Makes the scene of a document: at once where that is quick, else in slices, so that the page stays alive.
 *
 * Wires that no simple shape brings around everything are refined after the network is on the screen.
 */

import type { JsonObject } from '../../core/document';
import type { Arrangement } from './arrange';
import { arrangeSteps } from './arrange';
import type { Element, Placement, Placements } from './elements';
import { elementsIn } from './elements';
import type { Key } from './kinds';
import { layOutSteps } from './layout';
import { refreshed, signatureOf } from './refreshing';
import type { Scene, Wire } from './scene';
import { buildScene, refineSteps, sceneSteps, withFound } from './scene';
import type { Steps } from './steps';
import { begun, finished, inSlices } from './steps';

/** What is being done to the drawing, and the share that is done. */
export interface Progress {
  readonly what: string;
  readonly share: number;
}

export interface Drawn {
  readonly scene?: Scene;
  readonly progress: Progress | null;
}

/** Up to so many elements everything is done at once. */
const FEW = 800;
/** ms of work that nobody minds waiting for. */
const AT_ONCE = 200;
/** ms between two words on how far it is, and between two looks at refined wires. */
const WORD = 120;
const LOOK = 2500;

interface Made {
  readonly arrangement: Arrangement;
  readonly signature: string;
  readonly scene: Scene;
}

export class Drawing {
  /** Places on the screen that the document does not have. */
  fresh: Placements = new Map();
  private signature = '';
  private stopping: () => void = () => undefined;

  constructor(private readonly publish: (drawn: Drawn) => void) {}

  /** The scene of a document now; a better one may be published later. */
  draw(document: JsonObject, earlier: Scene | undefined): Drawn {
    this.stop();
    const elements = elementsIn(document);
    const phase = { what: '' };
    const steps = this.making(document, earlier, phase);
    const begin = elements.size <= FEW ? { result: finished(steps) } : begun(steps, AT_ONCE);
    if ('result' in begin) {
      return this.take(begin.result);
    }
    this.slices(begin.rest, phase, made => this.publish(this.take(made)));
    // what is on the screen stays there meanwhile
    return {
      scene: earlier ? { ...earlier, elements } : buildScene(document, new Map()),
      progress: { what: phase.what, share: 0 }
    };
  }

  /** Lay out a whole network anew and hand over the places. */
  layOut(elements: ReadonlyMap<Key, Element>, done: (placements: ReadonlyMap<Key, Placement>) => void): void {
    this.stop();
    const steps = layOutSteps(elements);
    if (elements.size <= FEW) {
      done(finished(steps));
      return;
    }
    this.slices(steps, { what: PLACING }, placements => {
      this.publish({ progress: null });
      done(placements);
    });
  }

  stop(): void {
    this.stopping();
    this.stopping = () => undefined;
  }

  private *making(document: JsonObject, earlier: Scene | undefined, phase: { what: string }): Steps<Made> {
    phase.what = PLACING;
    const arrangement = yield* arrangeSteps(document, this.fresh);
    const { placements } = arrangement;
    const signature = signatureOf(document, placements);
    if (earlier && signature === this.signature) {
      return { arrangement, signature, scene: refreshed(earlier, document, placements) };
    }
    phase.what = CONNECTING;
    return { arrangement, signature, scene: yield* sceneSteps(document, placements, earlier) };
  }

  private take({ arrangement, signature, scene }: Made): Drawn {
    this.fresh = arrangement.fresh;
    this.signature = signature;
    if (!scene.wires.some(wire => wire.rough)) {
      return { scene, progress: null };
    }
    this.refine(scene);
    return { scene, progress: { what: ROUTING, share: 0 } };
  }

  private refine(scene: Scene): void {
    const found = new Map<string, Wire>();
    let last = performance.now();
    this.slices(
      refineSteps(scene, found),
      { what: ROUTING },
      () => this.publish({ scene: withFound(scene, found), progress: null }),
      progress => {
        const now = performance.now();
        if (now - last > LOOK) {
          last = now;
          return { scene: withFound(scene, found), progress };
        }
        return { progress };
      }
    );
  }

  private slices<T>(
    steps: Steps<T>,
    phase: { readonly what: string },
    done: (result: T) => void,
    word: (progress: Progress) => Drawn = progress => ({ progress })
  ): void {
    let last = 0;
    this.stopping = inSlices(steps, done, share => {
      const now = performance.now();
      if (now - last > WORD) {
        last = now;
        this.publish(word({ what: phase.what, share }));
      }
    });
  }
}

const PLACING = 'Placing elements';
const CONNECTING = 'Connecting elements';
const ROUTING = 'Leading connections around elements';
