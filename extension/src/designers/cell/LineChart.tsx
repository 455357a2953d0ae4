/** Curves over labelled axes, with a readout under the pointer. */

import type { PointerEvent } from 'react';
import { useId, useRef, useState } from 'react';
import { textWidth, tickDigits, ticks } from '../../core/layout';
import { figure } from '../../core/numbers';
import { useWidth } from './hooks';

export interface Curve {
  readonly name: string;
  readonly colour: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

export interface LineChartProps {
  /** What the chart shows, for those who do not see it. */
  readonly title: string;
  readonly curves: readonly Curve[];
  readonly xLabel: string;
  readonly yLabel: string;
  /** px; a pair is the least and the greatest, and the width decides. */
  readonly height: number | readonly [number, number];
  readonly xRange?: readonly [number, number];
  readonly yRange?: readonly [number, number];
  /** Range of x over which the curve is offered; the rest is shaded. */
  readonly domain?: readonly [number, number];
  readonly faded?: boolean;
}

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

export function LineChart(props: LineChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder, 480);
  const [pointer, setPointer] = useState<number | null>(null);
  const clip = useId();
  const { height: asked } = props;
  const height =
    typeof asked === 'number' ? asked : Math.round(Math.min(asked[1], Math.max(asked[0], 0.4 * width)));
  const frame = frameOf(props, width, height);
  const move = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - box.left - frame.left) / frame.width;
    setPointer(share >= 0 && share <= 1 ? frame.x[0] + share * (frame.x[1] - frame.x[0]) : null);
  };
  return (
    <div ref={holder} className={`jb-Chart${props.faded ? ' jb-mod-faded' : ''}`}>
      <svg
        width={width}
        height={height}
        role="img"
        aria-label={props.title}
        onPointerMove={move}
        onPointerLeave={() => setPointer(null)}
      >
        <clipPath id={clip}>
          <rect x={frame.left} y={frame.top} width={frame.width} height={frame.height} />
        </clipPath>
        <Axes frame={frame} xLabel={props.xLabel} yLabel={props.yLabel} domain={props.domain} />
        <g clipPath={`url(#${clip})`}>
          {props.curves.map(curve => (
            <path
              key={curve.name}
              className="jb-Chart-curve"
              d={pathOf(curve, frame)}
              stroke={curve.colour}
            />
          ))}
        </g>
        {pointer !== null && (
          <Readout
            frame={frame}
            curves={props.curves}
            x={pointer}
            units={[unitOf(props.xLabel), unitOf(props.yLabel)]}
          />
        )}
      </svg>
    </div>
  );
}

function frameOf(props: LineChartProps, width: number, height: number): Frame {
  const y = props.yRange ?? padded(extent(props.curves.map(curve => curve.y)));
  const yTicks = ticks(y[0], y[1], 6);
  const digits = tickDigits(yTicks);
  const widest = Math.max(...yTicks.map(value => textWidth(value.toFixed(digits), 11)), 14);
  const left = Math.ceil(widest) + 30;
  return {
    left,
    top: 10,
    width: Math.max(40, width - left - 14),
    height: Math.max(40, height - 52),
    x: props.xRange ?? extent(props.curves.map(curve => curve.x)),
    y
  };
}

function extent(lists: readonly (readonly number[])[]): [number, number] {
  const [low, high] = lists.reduce<[number, number]>(
    (range, list) => list.reduce((sofar, v) => [Math.min(sofar[0], v), Math.max(sofar[1], v)], range),
    [Infinity, -Infinity]
  );
  return low < high ? [low, high] : Number.isFinite(low) ? [low - 0.5, low + 0.5] : [0, 1];
}

function padded([low, high]: readonly [number, number]): [number, number] {
  const room = 0.05 * (high - low);
  return [low - room, high + room];
}

const xAt = (frame: Frame, x: number) =>
  frame.left + ((x - frame.x[0]) / (frame.x[1] - frame.x[0])) * frame.width;
const yAt = (frame: Frame, y: number) =>
  frame.top + frame.height - ((y - frame.y[0]) / (frame.y[1] - frame.y[0])) * frame.height;

function pathOf(curve: Curve, frame: Frame): string {
  const points = curve.x.map(
    (x, i) => `${xAt(frame, x).toFixed(1)},${yAt(frame, curve.y[i] ?? NaN).toFixed(1)}`
  );
  return points.length > 0 ? `M${points.join('L')}` : '';
}

interface AxesProps {
  readonly frame: Frame;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly domain: readonly [number, number] | undefined;
}

function Axes({ frame, xLabel, yLabel, domain }: AxesProps) {
  const { left, top, width, height } = frame;
  const xTicks = ticks(frame.x[0], frame.x[1], Math.max(2, Math.floor(width / 64)));
  const yTicks = ticks(frame.y[0], frame.y[1], Math.max(2, Math.min(9, Math.floor(height / 26))));
  const [xDigits, yDigits] = [tickDigits(xTicks), tickDigits(yTicks)];
  const [from, to] = domain ? [xAt(frame, domain[0]), xAt(frame, domain[1])] : [left, left + width];
  return (
    <g className="jb-Chart-axes">
      {from > left + 0.5 && (
        <rect className="jb-Chart-beyond" x={left} y={top} width={from - left} height={height} />
      )}
      {to < left + width - 0.5 && (
        <rect className="jb-Chart-beyond" x={to} y={top} width={left + width - to} height={height} />
      )}
      {yTicks.map(value => (
        <g key={value} transform={`translate(0 ${yAt(frame, value).toFixed(1)})`}>
          <line x1={left} x2={left + width} />
          <text x={left - 6} dy="0.35em" textAnchor="end">
            {minus(value.toFixed(yDigits))}
          </text>
        </g>
      ))}
      {xTicks.map(value => (
        <g key={value} transform={`translate(${xAt(frame, value).toFixed(1)} 0)`}>
          <line y1={top} y2={top + height} />
          <text y={top + height + 15} textAnchor="middle">
            {minus(value.toFixed(xDigits))}
          </text>
        </g>
      ))}
      <rect className="jb-Chart-frame" x={left} y={top} width={width} height={height} />
      <text className="jb-Chart-label" x={left + width / 2} y={top + height + 34} textAnchor="middle">
        {xLabel}
      </text>
      <text
        className="jb-Chart-label"
        transform={`translate(12 ${top + height / 2}) rotate(-90)`}
        textAnchor="middle"
      >
        {yLabel}
      </text>
    </g>
  );
}

function minus(text: string): string {
  return text.replace('-', '−');
}

/** Unit in the brackets of an axis label, with a space before it; empty where there is none. */
function unitOf(label: string): string {
  const unit = /\(([^()]*)\)$/.exec(label)?.[1];
  return unit ? `\u00a0${unit}` : '';
}

interface ReadoutProps {
  readonly frame: Frame;
  readonly curves: readonly Curve[];
  readonly x: number;
  readonly units: readonly [string, string];
}

function Readout({ frame, curves, x, units }: ReadoutProps) {
  const rows = curves.flatMap(curve => {
    const y = interpolate(curve, x);
    return y === null ? [] : [{ name: curve.name, colour: curve.colour, y }];
  });
  const px = xAt(frame, x);
  const lines = [
    `${figure(x, 4)}${units[0]}`,
    ...rows.map(row => `${row.name}  ${figure(row.y, 4)}${units[1]}`)
  ];
  const width = Math.max(...lines.map(line => textWidth(line, 11))) + 26;
  const left = px + 10 + width > frame.left + frame.width ? px - 10 - width : px + 10;
  return (
    <g className="jb-Chart-readout" pointerEvents="none">
      <line x1={px} x2={px} y1={frame.top} y2={frame.top + frame.height} />
      {rows.map(row => (
        <circle key={row.name} cx={px} cy={yAt(frame, row.y)} r={3} fill={row.colour} />
      ))}
      <rect x={left} y={frame.top + 6} width={width} height={lines.length * 15 + 8} rx={3} />
      {lines.map((line, i) => (
        <text key={line} x={left + 16} y={frame.top + 21 + i * 15}>
          {line}
        </text>
      ))}
      {rows.map((row, i) => (
        <rect
          key={row.name}
          className="jb-Chart-swatch"
          x={left + 6}
          y={frame.top + 29 + i * 15}
          width={6}
          height={6}
          fill={row.colour}
        />
      ))}
    </g>
  );
}

function interpolate(curve: Curve, x: number): number | null {
  const i = curve.x.findIndex(value => value >= x);
  const [x0, x1, y0, y1] = [curve.x[i - 1], curve.x[i], curve.y[i - 1], curve.y[i]];
  if (x1 === undefined || y1 === undefined) {
    return null;
  }
  return x0 === undefined || y0 === undefined
    ? x === x1
      ? y1
      : null
    : y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}
