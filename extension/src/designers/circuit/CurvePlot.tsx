/** A small plot in the values of an element: lines, an area, points, and the ranges of the axes. */

import { formatG } from '../../core/numbers';
import type { Point } from './geometry';
import { union } from './geometry';

export interface Curve {
  readonly points: readonly Point[];
  readonly look: 'line' | 'area' | 'dots' | 'present';
}

interface CurvePlotProps {
  readonly title: string;
  readonly curves: readonly Curve[];
  readonly across: string;
  readonly up: string;
}

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [236, 130, 40, 24];

/** End of an axis: three digits, and no zeros that say nothing. */
function end(value: number): string {
  return formatG(Number(value.toPrecision(3))).replace('-', '−');
}

export function CurvePlot({ title, curves, across, up }: CurvePlotProps) {
  const points = curves.flatMap(curve => curve.points);
  const box = union(points.map(({ x, y }) => ({ left: x, right: x, top: y, bottom: y })));
  if (!box || points.some(({ x, y }) => !Number.isFinite(x) || !Number.isFinite(y))) {
    return null;
  }
  const spanX = box.right - box.left || 1;
  const spanY = box.bottom - box.top || Math.abs(box.top) || 1;
  const x = (value: number) => LEFT + 6 + ((value - box.left) / spanX) * (WIDTH - LEFT - 14);
  const y = (value: number) => HEIGHT - BOTTOM - 6 - ((value - box.top) / spanY) * (HEIGHT - BOTTOM - 14);
  const path = (own: readonly Point[]) =>
    own.map((p, i) => `${i === 0 ? 'M' : 'L'}${x(p.x).toFixed(1)} ${y(p.y).toFixed(1)}`).join(' ');
  return (
    <svg className="jb-CurvePlot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title}>
      <path className="jb-CurvePlot-axes" d={`M${LEFT} 4V${HEIGHT - BOTTOM}H${WIDTH - 4}`} />
      {curves.map(({ points: own, look }, i) =>
        look === 'dots' || look === 'present' ? (
          own.map((p, k) => (
            <circle
              key={`${i} ${k}`}
              className={`jb-mod-${look}`}
              cx={x(p.x)}
              cy={y(p.y)}
              r={look === 'present' ? 4 : 2.2}
            />
          ))
        ) : (
          <path key={i} className={`jb-mod-${look}`} d={`${path(own)}${look === 'area' ? 'Z' : ''}`} />
        )
      )}
      <g className="jb-CurvePlot-words">
        <text x={LEFT - 4} y={y(box.bottom) + 4} textAnchor="end">
          {end(box.bottom)}
        </text>
        {spanY !== 0 && box.bottom !== box.top && (
          <text x={LEFT - 4} y={y(box.top) + 3} textAnchor="end">
            {end(box.top)}
          </text>
        )}
        <text x={x(box.left)} y={HEIGHT - BOTTOM + 12} textAnchor="middle">
          {end(box.left)}
        </text>
        <text x={x(box.right)} y={HEIGHT - BOTTOM + 12} textAnchor="end">
          {end(box.right)}
        </text>
        <text x={(LEFT + WIDTH) / 2} y={HEIGHT - 2} textAnchor="middle">
          {across}
        </text>
        <text transform={`translate(8 ${(HEIGHT - BOTTOM) / 2}) rotate(-90)`} textAnchor="middle">
          {up}
        </text>
      </g>
    </svg>
  );
}
