/** The electrode stack to scale; the right edge of each layer is a slider for its thickness. */

import { useEffect, useRef, useState } from 'react';
import type { JsonObject } from '../../core/document';
import { valueAt } from '../../core/document';
import { textWidth } from '../../core/layout';
import { figure, property } from '../../core/numbers';
import { displayQuantity } from '../../core/units';
import { material } from './catalogue';
import { useEditor, useWidth } from './hooks';
import { CELL_PARTS, cellSchema } from './model';
import { ownMaterial, shownName } from './own';
import { LayerDrawing } from './LayerDrawing';
import type { LayerInput, PlacedLabel, StackLayout } from './stack';
import { fitScale, handlePlaces, layoutStack } from './stack';
import { ThicknessHandle } from './ThicknessHandle';

const LAYERS = CELL_PARTS.filter(part => part.layer);
const LEFT = 14;
const NAMES = { top: 14, bottom: 44 };
const BODY = { top: 58, height: 150 };
const BOTTOM = BODY.top + BODY.height;
const HEIGHT = BOTTOM + 84;

/** Layers of a document, without the foils that it leaves out; null if a thickness is missing or no positive number. */
function layersOf(document: JsonObject): readonly LayerInput[] | null {
  const given = LAYERS.filter(
    part => part.materials !== 'metal' || valueAt(document, [part.id]) !== undefined
  );
  const layers = given.flatMap((part): readonly LayerInput[] => {
    const thickness = valueAt(document, [part.id, 'thickness']);
    const field = cellSchema.field([part.id, 'thickness'], document);
    if (typeof thickness !== 'number' || !(thickness > 0) || !field) {
      return [];
    }
    const name = valueAt(document, [part.id, 'material']);
    const own = ownMaterial(document, name)?.['chemistry'] || shownName(String(name ?? ''));
    const detail = material(part.materials, name)?.chemistry ?? String(own);
    const short = detail.length > 18 ? `${detail.slice(0, 17)}…` : detail;
    return [
      {
        id: part.id,
        name: part.short,
        detail: short,
        thickness,
        dimension: displayQuantity(thickness, field)
      }
    ];
  });
  return layers.length === given.length ? layers : null;
}

export function StackView() {
  const { editor, state } = useEditor();
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder, 640);
  const scale = useRef(0);
  const [hovered, setHovered] = useState<string | null>(null);
  const layers = layersOf(state.document);
  const total = layers?.reduce((sum, layer) => sum + layer.thickness, 0) ?? 0;
  const room = width - 2 * LEFT;
  const [fittedTo, setFittedTo] = useState(room);
  useEffect(() => setFittedTo(room), [room]);
  if (layers) {
    scale.current = fitScale(total, room, fittedTo === room ? scale.current : 0);
  }
  const layout = layers ? layoutStack(layers, scale.current, LEFT, room) : null;
  return (
    <div ref={holder} className="jb-Stack">
      {layers && layout ? (
        <svg width={width} height={HEIGHT} role="group" aria-label="Electrode stack, to scale">
          {layout.boxes.map(box => (
            <LayerDrawing
              key={box.id}
              box={box}
              top={BODY.top}
              height={BODY.height}
              scale={scale.current}
              document={state.document}
              selected={state.selection === box.id}
              hovered={hovered === box.id}
              onSelect={() => editor.select(box.id)}
              onHover={on => setHovered(on ? box.id : null)}
            />
          ))}
          <Labels layers={layers} layout={layout} active={hovered ?? state.selection} />
          <ScaleBar layout={layout} total={total} />
          {handlePlaces(layout.boxes).map((place, i) => (
            <ThicknessHandle
              key={layout.boxes[i]?.id ?? i}
              part={layout.boxes[i]?.id ?? ''}
              place={place}
              top={BODY.top}
              height={BODY.height}
              scale={scale.current}
            />
          ))}
        </svg>
      ) : (
        <p className="jb-Empty">The stack is drawn as soon as every layer has a thickness; see the faults.</p>
      )}
    </div>
  );
}

interface LabelsProps {
  readonly layers: readonly LayerInput[];
  readonly layout: StackLayout;
  readonly active: string;
}

/** Names above and thicknesses below, with leader lines where a layer is too thin for its label. */
function Labels({ layers, layout, active }: LabelsProps) {
  const mark = (id: string) => (id === active ? ' jb-mod-active' : '');
  const named = new Map(layers.map(layer => [layer.id, layer]));
  return (
    <g aria-hidden="true">
      {layout.names.map(label => (
        <g key={label.id} className={`jb-Stack-label${mark(label.id)}`}>
          <text x={label.x} y={NAMES.top} textAnchor="middle">
            {named.get(label.id)?.name}
          </text>
          <text className="jb-mod-detail" x={label.x} y={NAMES.top + 15} textAnchor="middle">
            {named.get(label.id)?.detail}
          </text>
          <Leader label={label} from={NAMES.bottom - 9} to={BODY.top - 2} />
        </g>
      ))}
      {layout.boxes.map(box => (
        <path
          key={box.id}
          className={`jb-Stack-extent${mark(box.id)}`}
          d={`M${box.x + 0.5},${BOTTOM + 5}v8M${box.x + 0.5},${BOTTOM + 9}H${box.x + box.width - 0.5}m0,-4v8`}
        />
      ))}
      {layout.dimensions.map(label => (
        <g key={label.id} className={`jb-Stack-label${mark(label.id)}`}>
          <Leader label={label} from={BOTTOM + 11} to={BOTTOM + 22} />
          <text x={label.x} y={BOTTOM + 34} textAnchor="middle">
            {named.get(label.id)?.dimension}
          </text>
        </g>
      ))}
    </g>
  );
}

/** From the label's middle to the layer's middle; drawn only where the label does not sit on its layer. */
function Leader({ label, from, to }: { label: PlacedLabel; from: number; to: number }) {
  const below = from > BODY.top;
  const [start, end] = below ? [label.anchor, label.x] : [label.x, label.anchor];
  return label.leader ? <path className="jb-Stack-leader" d={`M${start},${from}L${end},${to}`} /> : null;
}

function ScaleBar({ layout, total }: { layout: StackLayout; total: number }) {
  const y = HEIGHT - 12;
  const { length, width } = layout.scaleBar;
  const text = length < 1e-3 ? `${property(length * 1e6)} µm` : `${property(length * 1e3)} mm`;
  const facts = [
    `one coated side of each foil · stack ${figure(total * 1e6, 4)} µm`,
    `stack ${figure(total * 1e6, 4)} µm`
  ];
  const room = layout.total - width - 24 - textWidth(text, 11);
  return (
    <g className="jb-Stack-scale">
      <path d={`M${LEFT + 0.5},${y - 8}v8h${width}v-8`} />
      <text x={LEFT + width + 8} y={y}>
        {text}
      </text>
      <text x={LEFT + layout.total} y={y} textAnchor="end">
        {facts.find(fact => textWidth(fact, 11) <= room)}
      </text>
    </g>
  );
}
