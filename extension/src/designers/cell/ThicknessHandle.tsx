/** The right edge of a layer: drag it, or focus it and use the arrow keys. */

import type { KeyboardEvent, PointerEvent } from 'react';
import { useRef, useState } from 'react';
import { valueAt } from '../../core/document';
import { sliderKey } from '../../core/keyboard';
import type { Field } from '../../core/schema';
import { displayQuantity } from '../../core/units';
import { useEditor } from './hooks';
import { cellSchema, partOf, pathLabel } from './model';
import type { HandlePlace } from './stack';

/** m; what one arrow key changes */
const STEP = 1e-6;
/** m; drags stop at multiples of it */
const GRAIN = 1e-7;

interface HandleProps {
  readonly part: string;
  readonly place: HandlePlace;
  readonly top: number;
  readonly height: number;
  /** px per m */
  readonly scale: number;
}

interface Drag {
  readonly from: number;
  readonly thickness: number;
  readonly scale: number;
  readonly gesture: string;
}

/** Pointer and keys of a slider: `put` gets each value with the name of the gesture that it belongs to. */
function useSlider(part: string, value: number, limits: readonly [number, number], scale: number) {
  const { editor, state } = useEditor();
  const drag = useRef<Drag | null>(null);
  const [dragging, setDragging] = useState(false);
  const [minimum, maximum] = limits;
  const path = [part, 'thickness'];
  const put = (wanted: number, gesture: string) => {
    editor.change([{ path, value: Number(wanted.toPrecision(10)) }], pathLabel(path), gesture);
  };
  const stop = () => {
    if (drag.current) {
      drag.current = null;
      setDragging(false);
      editor.endGesture();
    }
  };
  const handlers = {
    onPointerDown: (event: PointerEvent<SVGGElement>) => {
      if (event.button !== 0) {
        return;
      }
      editor.select(part);
      if (!state.readOnly) {
        event.currentTarget.setPointerCapture?.(event.pointerId);
        drag.current = {
          from: event.clientX,
          thickness: value,
          scale,
          gesture: `drag ${part} ${event.timeStamp}`
        };
        setDragging(true);
      }
    },
    onPointerMove: (event: PointerEvent<SVGGElement>) => {
      if (drag.current) {
        const wanted = drag.current.thickness + (event.clientX - drag.current.from) / drag.current.scale;
        const rounded = Math.round(wanted / GRAIN) * GRAIN;
        put(Math.min(maximum, Math.max(GRAIN, minimum, rounded)), drag.current.gesture);
      }
    },
    onPointerUp: stop,
    onPointerCancel: stop,
    onKeyDown: (event: KeyboardEvent) => {
      const moved = state.readOnly ? null : sliderKey(event, { value, minimum, maximum, step: STEP });
      if (moved !== null) {
        event.preventDefault();
        event.stopPropagation();
        put(moved, `keys ${part}`);
      }
    },
    onFocus: () => editor.getState().selection !== part && editor.select(part),
    onBlur: () => editor.endGesture()
  };
  return { dragging, handlers };
}

/** The slider of one layer; nothing where the layer has no thickness to change. */
export function ThicknessHandle(props: HandleProps) {
  const { state } = useEditor();
  const path = [props.part, 'thickness'];
  const field = cellSchema.field(path, state.document);
  const thickness = valueAt(state.document, path);
  return field && typeof thickness === 'number' ? (
    <Slider {...props} field={field} thickness={thickness} />
  ) : null;
}

function Slider(props: HandleProps & { readonly field: Field; readonly thickness: number }) {
  const { part, place, top, height, scale, field, thickness } = props;
  const { state } = useEditor();
  const { x, left, right, shift } = place;
  const { ge: minimum = 0, le: maximum = 1 } = field.limits;
  const { dragging, handlers } = useSlider(part, thickness, [minimum, maximum], scale);
  const now = displayQuantity(thickness, field);
  return (
    <g
      className={`jb-Handle${dragging ? ' jb-mod-dragging' : ''}`}
      role="slider"
      tabIndex={0}
      aria-label={`${partOf(part).title}, thickness`}
      aria-orientation="horizontal"
      aria-valuemin={minimum * field.display.factor}
      aria-valuemax={maximum * field.display.factor}
      aria-valuenow={Number((thickness * field.display.factor).toPrecision(6))}
      aria-valuetext={now}
      aria-disabled={state.readOnly}
      data-part={part}
      {...handlers}
    >
      <title>{`${now}: drag, or use the arrow keys (1 µm; Shift 10 µm, Alt 0.1 µm)`}</title>
      <rect className="jb-Handle-reach" x={x - left} y={top} width={left + right} height={height} />
      <line className="jb-Handle-line" x1={x} x2={x} y1={top - 4} y2={top + height + 4} />
      <rect
        className="jb-Handle-grip"
        x={x - 3}
        y={top + height / 2 - 15 + 30 * shift}
        width={6}
        height={30}
        rx={3}
      />
    </g>
  );
}
