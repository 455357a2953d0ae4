/** Outline of the housing, front view, to its own proportions with its dimensions. */

import { isObject, valueAt } from '../../core/document';
import { property } from '../../core/numbers';
import { useEditor } from './hooks';

const BOX = { width: 150, height: 208 };
const DRAWING = { left: 14, top: 12, width: 92, height: 150 };

interface Sizes {
  readonly shape: string;
  readonly width: number;
  readonly height: number;
  readonly depth: number | null;
}

function sizesOf(format: unknown): Sizes | null {
  if (!isObject(format as never)) {
    return null;
  }
  const { shape = 'cylindrical', diameter, width, height, depth } = format as Record<string, unknown>;
  const across = shape === 'cylindrical' ? diameter : width;
  const through = shape === 'cylindrical' ? null : depth;
  const positive = (value: unknown): value is number => typeof value === 'number' && value > 0;
  return positive(across) && positive(height) && (through === null || positive(through))
    ? { shape: String(shape), width: across, height, depth: through }
    : null;
}

export function Housing() {
  const { editor, state } = useEditor();
  const sizes = sizesOf(valueAt(state.document, ['format']));
  const selected = state.selection === 'format';
  if (!sizes) {
    const given = valueAt(state.document, ['format']) !== undefined;
    return (
      <div className="jb-Housing jb-Empty">
        {given ? 'The housing has no size yet.' : 'The housing is not given.'}
      </div>
    );
  }
  const depth = sizes.depth ?? sizes.width * 0.32;
  const slant = Math.min(0.5, (0.5 * depth) / sizes.width);
  const scale = Math.min(
    DRAWING.width / (sizes.width * (1 + slant)),
    DRAWING.height / (sizes.height + slant * sizes.width * 0.5)
  );
  const [w, h] = [sizes.width * scale, sizes.height * scale];
  const x = DRAWING.left + (DRAWING.width - w) / 2;
  const y = DRAWING.top + DRAWING.height - h;
  const millimetres = (value: number) => `${property(Number((value * 1e3).toPrecision(4)))} mm`;
  const across = `${sizes.depth === null ? '⌀ ' : ''}${millimetres(sizes.width)}`;
  return (
    <button
      type="button"
      className={`jb-Housing${selected ? ' jb-mod-selected' : ''}`}
      aria-pressed={selected}
      aria-label={`Housing, ${sizes.shape}, ${across} by ${millimetres(sizes.height)}`}
      onClick={() => editor.select('format')}
    >
      <svg width={BOX.width} height={BOX.height} aria-hidden="true">
        {sizes.shape === 'cylindrical' ? (
          <Can x={x} y={y} w={w} h={h} />
        ) : (
          <Box x={x} y={y} w={w} h={h} slant={slant * w} pouch={sizes.shape === 'pouch'} />
        )}
        <path className="jb-Housing-extent" d={`M${x},${y + h + 8}v8m0,-4H${x + w}m0,-4v8`} />
        <text x={x + w / 2} y={y + h + 30} textAnchor="middle">
          {across}
        </text>
        <path className="jb-Housing-extent" d={`M${DRAWING.left + 108},${y}h8m-4,0V${y + h}m-4,0h8`} />
        <text transform={`translate(${DRAWING.left + 128} ${y + h / 2}) rotate(-90)`} textAnchor="middle">
          {millimetres(sizes.height)}
        </text>
      </svg>
      <span className="jb-Housing-caption">
        {sizes.shape}
        {sizes.depth !== null && `, ${millimetres(sizes.depth)} deep`}
      </span>
    </button>
  );
}

interface OutlineProps {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

function Can({ x, y, w, h }: OutlineProps) {
  const ry = Math.min(w * 0.14, h / 4);
  const cap = w * 0.22;
  return (
    <g className="jb-Housing-body">
      <path d={`M${x},${y + ry}V${y + h - ry}A${w / 2},${ry} 0 0 0 ${x + w},${y + h - ry}V${y + ry}`} />
      <ellipse cx={x + w / 2} cy={y + ry} rx={w / 2} ry={ry} />
      <ellipse className="jb-Housing-pole" cx={x + w / 2} cy={y + ry - 1} rx={cap} ry={ry * 0.45} />
      <path
        className="jb-Housing-bead"
        d={`M${x},${y + ry + 9}A${w / 2},${ry} 0 0 0 ${x + w},${y + ry + 9}`}
      />
    </g>
  );
}

function Box({
  x,
  y,
  w,
  h,
  slant,
  pouch
}: OutlineProps & { readonly slant: number; readonly pouch: boolean }) {
  const s = Math.max(2, slant);
  const pole = w * 0.18;
  return (
    <g className="jb-Housing-body">
      {[0.2, 0.62].map(at => (
        <rect
          key={at}
          className="jb-Housing-pole"
          x={x + w * at}
          y={y - (pouch ? 9 : 4)}
          width={pole}
          height={pouch ? 9 : 4}
        />
      ))}
      <path d={`M${x + w},${y}l${s / 2},${-s / 4}v${h}l${-s / 2},${s / 4}z`} />
      <rect x={x} y={y} width={w} height={h} rx={pouch ? 5 : 2} />
      {pouch && (
        <rect className="jb-Housing-bead" x={x + 5} y={y + 5} width={w - 10} height={h - 10} rx={3} />
      )}
    </g>
  );
}
