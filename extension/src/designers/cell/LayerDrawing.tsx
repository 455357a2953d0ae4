/** One layer of the stack: metal, coating with its particles to scale, or film. */

import { useId } from 'react';
import type { JsonObject } from '../../core/document';
import { valueAt } from '../../core/document';
import type { LayerBox } from './stack';
import { packing } from './stack';

interface LayerDrawingProps {
  readonly box: LayerBox;
  readonly top: number;
  readonly height: number;
  /** px per m */
  readonly scale: number;
  readonly document: JsonObject;
  readonly selected: boolean;
  readonly hovered: boolean;
  onSelect(): void;
  onHover(on: boolean): void;
}

export function LayerDrawing(props: LayerDrawingProps) {
  const { box, top, height, selected, hovered } = props;
  const pattern = useId();
  const state = `${selected ? ' jb-mod-selected' : ''}${hovered ? ' jb-mod-hovered' : ''}`;
  const frame = { x: box.x, y: top, width: Math.max(0, box.width), height };
  return (
    <g
      className={`jb-Layer jb-Layer-${box.id}${state}`}
      data-part={box.id}
      onClick={props.onSelect}
      onPointerEnter={() => props.onHover(true)}
      onPointerLeave={() => props.onHover(false)}
    >
      <rect className="jb-Layer-ground" {...frame} />
      <Texture {...props} id={pattern} />
      <rect className="jb-Layer-texture" {...frame} fill={`url(#${pattern})`} />
      <rect className="jb-Layer-edge" {...frame} />
    </g>
  );
}

function Texture({ box, top, scale, document, id }: LayerDrawingProps & { readonly id: string }) {
  const origin = `translate(${box.x} ${top})`;
  if (box.id === 'separator') {
    return (
      <pattern
        id={id}
        width={7}
        height={7}
        patternUnits="userSpaceOnUse"
        patternTransform={`${origin} rotate(35)`}
      >
        <line className="jb-Layer-fibre" x1={0} y1={3.5} x2={7} y2={3.5} />
      </pattern>
    );
  }
  const radius = valueAt(document, [box.id, 'particle_radius']);
  const fraction = valueAt(document, [box.id, 'active_fraction']);
  if (typeof radius !== 'number' || typeof fraction !== 'number' || !(radius > 0 && fraction > 0)) {
    return <pattern id={id} width={1} height={1} />;
  }
  // particles too small to be seen are drawn at the smallest size that can be
  const r = Math.max(1.2, radius * scale);
  const { a, b } = packing(r, fraction);
  const drawn = Math.min(r, a / 2);
  return (
    <pattern id={id} width={a} height={b} patternUnits="userSpaceOnUse" patternTransform={origin}>
      {[
        [0, 0],
        [a, 0],
        [0, b],
        [a, b],
        [a / 2, b / 2]
      ].map(([x, y]) => (
        <circle key={`${x},${y}`} className="jb-Layer-particle" cx={x} cy={y} r={drawn} />
      ))}
    </pattern>
  );
}
