// Times of layout and routing in a browser, for `bench.py`.
import { arrange } from '../src/designers/circuit/arrange';
import { elementsIn } from '../src/designers/circuit/elements';
import { buildScene } from '../src/designers/circuit/scene';
import type { JsonObject } from '../src/core/document';

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** Medians in ms: places for a whole network, and routes of all its wires. */
function times(document: JsonObject, repeats: number) {
  const layouts: number[] = [];
  const routes: number[] = [];
  let wires = 0;
  for (let i = 0; i < repeats; i++) {
    const began = performance.now();
    const { placements } = arrange(document, new Map());
    const placed = performance.now();
    wires = buildScene(document, placements).wires.length;
    layouts.push(placed - began);
    routes.push(performance.now() - placed);
  }
  const [first] = [layouts[0] ?? 0].map((ms, i) => ms + (routes[i] ?? 0));
  return {
    elements: elementsIn(document).size,
    wires,
    first,
    layout: median(layouts),
    route: median(routes),
    route200: (median(routes) * 200) / wires
  };
}

Object.assign(window, { times });
