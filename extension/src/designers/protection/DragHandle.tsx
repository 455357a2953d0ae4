/** A setting on the drawing: drag it, or focus it and use the arrow keys. */

import type { KeyboardEvent, PointerEvent } from 'react';
import { useRef, useState } from 'react';
import type { Frame, Handle } from './drawing';
import { amperes, currentAt, handleLabel, seconds, timeAt, xAt, yAt } from './drawing';
import type { ProtectionStore } from './store';

/** Ratio by which an arrow key moves a setting. */
const STEP = 1.01;
const KEYS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: 10,
  PageDown: -10
};

interface Props {
  readonly handle: Handle;
  readonly frame: Frame;
  readonly colour: string;
  readonly store: ProtectionStore;
  readonly readOnly: boolean;
}

export function DragHandle({ handle, frame, colour, store, readOnly }: Props) {
  const [dragging, setDragging] = useState(false);
  const grip = useRef<readonly [number, number]>([0, 0]);
  const across = handle.axis === 'current';
  const [x, y] = [xAt(frame, handle.current), yAt(frame, handle.time)];
  const inside = (value: number, low: number, size: number) => Math.min(low + size, Math.max(low, value));
  const shown = [inside(x, frame.left, frame.width), inside(y, frame.top, frame.height)] as const;
  const move = (current: number, time: number) =>
    store.drag(handle.device, handle.path, across ? current : handle.current, across ? handle.time : time);
  const down = (event: PointerEvent<SVGGElement>) => {
    if (event.button !== 0 || readOnly) {
      return;
    }
    event.preventDefault(); // no text is selected meanwhile
    event.currentTarget.focus();
    event.currentTarget.setPointerCapture?.(event.pointerId);
    grip.current = [event.clientX - x, event.clientY - y];
    setDragging(true);
  };
  const drag = (event: PointerEvent<SVGGElement>) => {
    if (dragging) {
      move(currentAt(frame, event.clientX - grip.current[0]), timeAt(frame, event.clientY - grip.current[1]));
    }
  };
  const stop = () => {
    if (dragging) {
      setDragging(false);
      store.release();
    }
  };
  const keys = (event: KeyboardEvent) => {
    const stride = KEYS[event.key];
    if (stride === undefined || readOnly || event.ctrlKey || event.metaKey) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const factor = STEP ** (stride * (event.shiftKey ? 10 : 1));
    move(handle.current * factor, handle.time * factor);
  };
  const value = across ? handle.current : handle.time;
  const text = across ? amperes(handle.current) : seconds(handle.time);
  return (
    <g
      className={`jb-Handle${dragging ? ' jb-mod-dragging' : ''}`}
      role="slider"
      tabIndex={0}
      aria-label={handleLabel(handle)}
      aria-orientation={across ? 'horizontal' : 'vertical'}
      aria-valuemin={(across ? frame.current : frame.time)[0]}
      aria-valuemax={(across ? frame.current : frame.time)[1]}
      aria-valuenow={Number(value.toPrecision(4))}
      aria-valuetext={text}
      aria-disabled={readOnly}
      data-handle={`${handle.device}/${handle.path}`}
      transform={`translate(${shown[0].toFixed(1)} ${shown[1].toFixed(1)})`}
      onPointerDown={down}
      onPointerMove={drag}
      onPointerUp={stop}
      onPointerCancel={stop}
      onKeyDown={keys}
      onBlur={() => store.release()}
      style={{ cursor: readOnly ? 'default' : across ? 'ew-resize' : 'ns-resize' }}
    >
      <title>{`${handleLabel(handle)}: ${text}. Drag, or use the arrow keys (1 %; Shift 10 %)`}</title>
      <circle className="jb-Handle-reach" r={11} />
      <circle className="jb-Handle-grip" r={6} fill={colour} />
      <path
        className="jb-Handle-arrows"
        d={across ? 'M-3,-2L-5,0L-3,2M3,-2L5,0L3,2' : 'M-2,-3L0,-5L2,-3M-2,3L0,5L2,3'}
      />
    </g>
  );
}
