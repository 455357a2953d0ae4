/** The spectrum of the circuit beside the sheet: Nyquist and Bode, evaluated here as one types. */

import type { KeyboardEvent, PointerEvent } from 'react';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { plain } from '../../core/numbers';
import { parseQuantity } from '../../core/units';
import { useEditor, useSession } from './context';
import type { SpectrumPoint } from './formulas';
import { spectrum, sweep } from './formulas';
import type { Dot, Frame, Tick } from './pictures';
import { bode, nearest, nyquist } from './pictures';
import { engineering } from './values';

const LOWEST = 1e-9;
const HIGHEST = 1e12;
const HERTZ = { unit: 'Hz', display: { unit: 'Hz', factor: 1 }, kind: 'number' } as const;

export function Plots() {
  const { view } = useSession();
  const { state } = useEditor();
  const [low, setLow] = useState(1e-2);
  const [high, setHigh] = useState(1e5);
  const [over, setOver] = useState<number | null>(null);
  const holder = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(holder);
  const points = useMemo(
    () => spectrum(view.scene.tree, state.document, sweep(low, high)),
    [view.scene.tree, state.document, low, high]
  );
  const wide = width >= 520;
  const each = { width: wide ? Math.floor((width - 8) / 2) : width, height };
  const point = over === null ? undefined : points[over];
  return (
    <section className="jb-Plots" aria-label="Spectrum">
      <div className="jb-Plots-bar">
        <strong>Spectrum</strong>
        <FrequencyField name="from" value={low} below={high} set={setLow} />
        <FrequencyField name="to" value={high} above={low} set={setHigh} />
        <output className="jb-Plots-point">{point ? words(point) : ''}</output>
      </div>
      <div className="jb-Plots-pictures" ref={holder} onPointerLeave={() => setOver(null)}>
        {points.length < 2 ? (
          <p className="jb-Empty">Add elements to see the spectrum of the circuit</p>
        ) : (
          width > 0 && (
            <>
              <NyquistPicture points={points} size={each} over={over} setOver={setOver} />
              {wide && <BodePicture points={points} size={each} over={over} setOver={setOver} />}
            </>
          )
        )}
      </div>
    </section>
  );
}

function words({ frequency, re, im }: SpectrumPoint): string {
  const size = Math.hypot(re, im);
  const angle = ((Math.atan2(im, re) * 180) / Math.PI).toFixed(1).replace('-', '−');
  return `${engineering(frequency, 'Hz', 4)}: Z′ ${engineering(re, 'Ω', 4)}, Z″ ${engineering(im, 'Ω', 4)}, |Z| ${engineering(size, 'Ω', 4)}, ${angle}°`;
}

function useSize(holder: { readonly current: HTMLElement | null }) {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const box = holder.current;
    if (!box) {
      return undefined;
    }
    const take = () => setSize({ width: box.clientWidth, height: box.clientHeight });
    take();
    const observer = typeof ResizeObserver === 'undefined' ? null : new ResizeObserver(take);
    observer?.observe(box);
    return () => observer?.disconnect();
  }, [holder]);
  return size;
}

interface FrequencyFieldProps {
  readonly name: string;
  readonly value: number;
  readonly below?: number;
  readonly above?: number;
  set(value: number): void;
}

function FrequencyField({ name, value, below = HIGHEST, above = LOWEST, set }: FrequencyFieldProps) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const read = typed === null ? null : parseQuantity(typed, HERTZ);
  const fits = read?.ok === true && read.value > above && read.value < below && read.value >= LOWEST;
  const take = () => {
    if (read?.ok && fits) {
      set(read.value);
    }
    setTyped(null);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      take();
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      setTyped(null);
    }
  };
  return (
    <span className="jb-Plots-field" data-invalid={typed !== null && !fits}>
      <label htmlFor={id}>{name}</label>
      <input
        id={id}
        type="text"
        aria-label={`Frequencies ${name}`}
        value={typed ?? plain(value)}
        data-typing={typed !== null}
        title={`Between ${plain(above)} and ${plain(below)} Hz`}
        onChange={event => setTyped(event.target.value)}
        onBlur={take}
        onKeyDown={press}
      />
      <span>Hz</span>
    </span>
  );
}

interface PictureProps {
  readonly points: readonly SpectrumPoint[];
  readonly size: { readonly width: number; readonly height: number };
  readonly over: number | null;
  setOver(index: number | null): void;
}

const path = (dots: readonly Dot[]) =>
  dots.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');

function placeIn(event: PointerEvent<SVGSVGElement>): Dot {
  const box = event.currentTarget.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

function NyquistPicture({ points, size, over, setOver }: PictureProps) {
  const drawn = useMemo(() => nyquist(points, size.width, size.height), [points, size.width, size.height]);
  const { frame, dots } = drawn;
  const dot = over === null ? undefined : dots[over];
  return (
    <svg
      width={size.width}
      height={size.height}
      role="img"
      aria-label={`Nyquist plot, ${points.length} frequencies`}
      onPointerMove={event => {
        const at = placeIn(event);
        setOver(nearest(dots, at.x, at.y));
      }}
    >
      <Grid frame={frame} across={drawn.across} up={drawn.up} />
      {drawn.zero < frame.bottom - 1 && drawn.zero > frame.top && (
        <path className="jb-Plots-zero" d={`M${frame.left} ${drawn.zero}H${frame.right}`} />
      )}
      <Title frame={frame} size={size} across={`Re Z (${drawn.unit})`} up={`−Im Z (${drawn.unit})`} />
      <path className="jb-Plots-curve" d={path(dots)} />
      {drawn.decades.map(({ x, y, index, text, label, anchor }) => (
        <g key={index}>
          <circle className="jb-Plots-dot" cx={x} cy={y} r={3} />
          {text && (
            <text className="jb-Plots-note" x={label.x} y={label.y} textAnchor={anchor}>
              {text}
            </text>
          )}
        </g>
      ))}
      {dot && <circle className="jb-Plots-over" cx={dot.x} cy={dot.y} r={5} />}
    </svg>
  );
}

function BodePicture({ points, size, over, setOver }: PictureProps) {
  const drawn = useMemo(() => bode(points, size.width, size.height), [points, size.width, size.height]);
  const { frame } = drawn;
  const marked = over === null ? [] : [drawn.magnitudes[over], drawn.phases[over]];
  return (
    <svg
      width={size.width}
      height={size.height}
      role="img"
      aria-label={`Bode plot, ${points.length} frequencies`}
      onPointerMove={event => setOver(nearest(drawn.magnitudes, placeIn(event).x, null))}
    >
      <Grid frame={frame} across={drawn.across} up={drawn.magnitudeTicks} />
      {drawn.phaseTicks.map(({ at, text }) => (
        <text key={text} className="jb-Plots-tick" x={frame.right + 6} y={at + 4}>
          {text}
        </text>
      ))}
      <Title frame={frame} size={size} across="Frequency" up="|Z|" />
      <text
        className="jb-Plots-axis jb-mod-second"
        transform={`translate(${size.width - 9} ${(frame.top + frame.bottom) / 2}) rotate(-90)`}
        textAnchor="middle"
      >
        Phase
      </text>
      <path className="jb-Plots-curve" d={path(drawn.magnitudes)} />
      <path className="jb-Plots-curve jb-mod-second" d={path(drawn.phases)} />
      {marked.map(
        (dot, i) =>
          dot && (
            <circle
              key={i}
              className={i === 0 ? 'jb-Plots-over' : 'jb-Plots-over jb-mod-second'}
              cx={dot.x}
              cy={dot.y}
              r={5}
            />
          )
      )}
    </svg>
  );
}

function Grid({ frame, across, up }: { frame: Frame; across: readonly Tick[]; up: readonly Tick[] }) {
  return (
    <>
      {across.map(({ at, text }) => (
        <g key={`x${at}`}>
          <path className="jb-Plots-grid" d={`M${at} ${frame.top}V${frame.bottom}`} />
          <text className="jb-Plots-tick" x={at} y={frame.bottom + 15} textAnchor="middle">
            {text}
          </text>
        </g>
      ))}
      {up.map(({ at, text }) => (
        <g key={`y${at}`}>
          <path className="jb-Plots-grid" d={`M${frame.left} ${at}H${frame.right}`} />
          <text className="jb-Plots-tick" x={frame.left - 6} y={at + 4} textAnchor="end">
            {text}
          </text>
        </g>
      ))}
      <path className="jb-Plots-frame" d={`M${frame.left} ${frame.top}V${frame.bottom}H${frame.right}`} />
    </>
  );
}

function Title({
  frame,
  size,
  across,
  up
}: {
  frame: Frame;
  size: PictureProps['size'];
  across: string;
  up: string;
}) {
  return (
    <>
      <text
        className="jb-Plots-axis"
        x={(frame.left + frame.right) / 2}
        y={size.height - 6}
        textAnchor="middle"
      >
        {across}
      </text>
      <text
        className="jb-Plots-axis jb-mod-up"
        transform={`translate(14 ${(frame.top + frame.bottom) / 2}) rotate(-90)`}
        textAnchor="middle"
      >
        {up}
      </text>
    </>
  );
}
