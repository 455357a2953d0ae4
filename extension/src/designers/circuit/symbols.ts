/**
 * Symbols of one-line diagrams, drawn by us after the rules of IEC 60617 and ANSI/IEEE 315 (Y32.2).
 *
 * Coordinates are grid squares about the centre; terminals lie on whole squares. Paths are in SVG's notation, so that
 * the same text serves canvas, SVG and palette.
 */

import type { JsonObject } from '../../core/document';
import type { Direction, Point } from './geometry';
import type { Table } from './kinds';
import { noteSymbol } from './notes';

export type Standard = 'IEC' | 'ANSI';

export interface Stroke {
  readonly d: string;
  /** Filled with the colour of the strokes. */
  readonly solid?: true;
  /** Signs stay upright when a symbol is turned: drawn about this point, which turns with it. */
  readonly about?: Point;
}

export interface Terminal {
  readonly at: Point;
  /** Where a connection leaves to. */
  readonly direction: Direction;
}

export interface Symbol {
  readonly strokes: readonly Stroke[];
  readonly terminals: readonly Terminal[];
  readonly width: number;
  readonly height: number;
}

const circle = (x: number, y: number, r: number): string =>
  `M${x - r} ${y}A${r} ${r} 0 1 0 ${x + r} ${y}A${r} ${r} 0 1 0 ${x - r} ${y}`;
const rect = (x: number, y: number, w: number, h: number): string =>
  `M${x - w / 2} ${y - h / 2}h${w}v${h}h${-w}z`;
const line = (d: string): Stroke => ({ d });
const solid = (d: string): Stroke => ({ d, solid: true });
const HEART: Point = { x: 0, y: 0.6 };
const sign = (d: string): Stroke => ({ d, about: HEART });
const up: Terminal = { at: { x: 0, y: -2 }, direction: 'up' };
const down: Terminal = { at: { x: 0, y: 2 }, direction: 'down' };
const one = (strokes: readonly Stroke[], width = 2.4, height = 4): Symbol => ({
  strokes,
  terminals: [up],
  width,
  height
});
const two = (strokes: readonly Stroke[], width = 2, height = 4): Symbol => ({
  strokes,
  terminals: [up, down],
  width,
  height
});

const SINE = (x: number, y: number, a = 0.5): string => `M${x - a} ${y}q${a / 2} ${-a} ${a} 0t${a} 0`;
const LETTER_G = 'm.38 -.25a.46 .46 0 1 0 .07 .35h-.38';
const LETTER_M = 'm-.45 .45v-.9l.45 .62l.45 -.62v.9';
/** A winding of three half circles from left to right; `side` 1 bulges downwards. */
const coil = (x: number, y: number, side: 0 | 1): string =>
  `M${x - 0.9} ${y}a.3 .3 0 0 ${side === 1 ? 0 : 1} .6 0a.3 .3 0 0 ${side === 1 ? 0 : 1} .6 0a.3 .3 0 0 ${side === 1 ? 0 : 1} .6 0`;

const TRANSFORMER: Record<Standard, Symbol> = {
  IEC: two([line(circle(0, -0.55, 0.9)), line(circle(0, 0.55, 0.9)), line('M0 -2V-1.45M0 1.45V2')]),
  ANSI: two([line(coil(0, -0.45, 1)), line(coil(0, 0.45, 0)), line('M-.9 -.45V-.9H0V-2M.9 .45V.9H0V2')])
};

const THREE_TERMINALS: readonly Terminal[] = [
  up,
  { at: { x: -1, y: 2 }, direction: 'down' },
  { at: { x: 1, y: 2 }, direction: 'down' }
];

const THREE_WINDING: Record<Standard, Symbol> = {
  IEC: {
    strokes: [
      line(circle(0, -0.6, 0.85)),
      line(circle(-0.6, 0.4, 0.85)),
      line(circle(0.6, 0.4, 0.85)),
      line('M0 -2V-1.45M-1 1.15V2M1 1.15V2')
    ],
    terminals: THREE_TERMINALS,
    width: 3,
    height: 4
  },
  ANSI: {
    strokes: [
      line(coil(0, -0.45, 1)),
      line('M-.9 -.45V-.9H0V-2'),
      line('M-1.3 .45a.25 .25 0 0 1 .5 0a.25 .25 0 0 1 .5 0M.3 .45a.25 .25 0 0 1 .5 0a.25 .25 0 0 1 .5 0'),
      line('M-1 2V1.2H-1.3V.45M1 2V1.2H1.3V.45')
    ],
    terminals: THREE_TERMINALS,
    width: 3,
    height: 4
  }
};

const MACHINE: readonly Stroke[] = [line(circle(0, 0.6, 1.2)), line('M0 -2V-.6')];
const machine = (letter: string): Record<Standard, Symbol> => ({
  IEC: one([...MACHINE, sign(`M0 -.28${letter}`), sign(SINE(0, 0.6, 0.42))]),
  ANSI: one([...MACHINE, sign(`M0 0${letter}`)])
});
const GENERATOR = machine(LETTER_G);
const MOTOR = machine(LETTER_M);

const EXTERNAL_GRID: Record<Standard, Symbol> = {
  IEC: one([
    line(rect(0, 0.6, 2.2, 2.2)),
    line('M0 -2V-.5M-1.1 .6L0 -.5M-1.1 1.7L1.1 -.5M0 1.7L1.1 .6M-1.1 .6L0 1.7M-1.1 -.5L1.1 1.7M0 -.5L1.1 .6')
  ]),
  ANSI: one([...MACHINE, sign(SINE(0, 0, 0.75))])
};

const LOAD: Record<Standard, Symbol> = {
  IEC: one([line('M0 -2V.4'), solid('M-.65 .4H.65L0 1.7Z')], 1.6),
  ANSI: one([line('M0 -2V1.6M-.6 .6L0 1.7L.6 .6')], 1.6)
};

const GROUND = 'M-.7 1.3H.7M-.42 1.6H.42M-.16 1.9H.16';

const CAPACITOR: Record<Standard, Symbol> = {
  IEC: one([line('M0 -2V-.4M-.9 -.4H.9M-.9 0H.9M0 0V1.3'), line(GROUND)], 2),
  ANSI: one([line('M0 -2V-.4M-.9 -.4H.9M-.9 .25Q0 -.35 .9 .25M0 -.05V1.3'), line(GROUND)], 2)
};

const REACTOR: Record<Standard, Symbol> = {
  IEC: one(
    [line('M0 -2V-1.1a.35 .35 0 0 1 0 .7a.35 .35 0 0 1 0 .7a.35 .35 0 0 1 0 .7V1.3'), line(GROUND)],
    2
  ),
  ANSI: one(
    [
      line(
        'M0 -2V-1.2C.9 -1.2 .9 -.4 0 -.4C-.3 -.4 -.3 -.65 0 -.65C.9 -.65 .9 .15 0 .15C-.3 .15 -.3 -.1 0 -.1C.9 -.1 .9 .7 0 .7V1.3'
      ),
      line(GROUND)
    ],
    2
  )
};

const CONVERTER: Symbol = one([
  line(rect(0, 0.6, 2.2, 2.2)),
  line('M0 -2V-.5'),
  sign('M-1.1 1.1L1.1 -1.1'),
  sign(SINE(-0.45, -0.55, 0.4)),
  sign('M.15 .5H.85M.15 .78H.85')
]);

const HVDC: Symbol = {
  strokes: [
    line(rect(-1.1, 0, 1.8, 1.8)),
    line(rect(1.1, 0, 1.8, 1.8)),
    line('M-3 0H-2M2 0H3M-.2 -.2H.2M-.2 .2H.2'),
    line('M-2 .9L-.2 -.9M.2 -.9L2 .9'),
    line(SINE(-1.5, -0.4, 0.3)),
    line('M-1 .3H-.5M-1 .55H-.5M.5 .3H1M.5 .55H1'),
    line(SINE(1.5, -0.4, 0.3))
  ],
  terminals: [
    { at: { x: -3, y: 0 }, direction: 'left' },
    { at: { x: 3, y: 0 }, direction: 'right' }
  ],
  width: 6,
  height: 2
};

type SwitchKind = 'breaker' | 'disconnector' | 'load_break' | 'fuse';

function switchSymbol(kind: SwitchKind, closed: boolean, standard: Standard): Symbol {
  if (kind === 'fuse') {
    return standard === 'IEC'
      ? two([line('M0 -2V2'), line(rect(0, 0, 0.8, 1.8))], 1.6)
      : two([line('M0 -2V-.9C.9 -.9 .9 0 0 0C-.9 0 -.9 .9 0 .9V2')], 1.6);
  }
  if (kind === 'breaker' && standard === 'ANSI') {
    const body = rect(0, 0, 1.6, 1.6);
    return two([closed ? solid(body) : line(body), line('M0 -2V-.8M0 .8V2')], 1.8);
  }
  const blade = closed ? 'M0 -2V-.8M0 .8V2M0 .8V-.8' : 'M0 -2V-.8M0 .8V2M0 .8L-.85 -.55';
  const marks: Record<Exclude<SwitchKind, 'fuse'>, readonly Stroke[]> = {
    breaker: [line('M-.4 -1.2L.4 -.4M-.4 -.4L.4 -1.2')],
    disconnector:
      standard === 'IEC'
        ? [line('M-.45 -.8H.45')]
        : [solid(circle(0, -0.8, 0.16)), solid(circle(0, 0.8, 0.16))],
    load_break:
      standard === 'IEC'
        ? [line(circle(0, -0.58, 0.22)), line('M-.45 -.8H.45')]
        : [solid(circle(0, -0.8, 0.16)), solid(circle(0, 0.8, 0.16)), line('M-.6 -.8Q0 -1.5 .6 -.8')]
  };
  return two([line(blade), ...marks[kind]], 1.8);
}

const SWITCH_KINDS: readonly SwitchKind[] = ['breaker', 'disconnector', 'load_break', 'fuse'];
const SWITCHES = new Map<string, Symbol>(
  SWITCH_KINDS.flatMap(kind =>
    [true, false].flatMap(closed =>
      (['IEC', 'ANSI'] as const).map(
        standard => [`${kind} ${closed} ${standard}`, switchSymbol(kind, closed, standard)] as const
      )
    )
  )
);

/** The symbol of an element; null for what is drawn as a bar or a plain line. */
export function symbolOf(table: Table, row: JsonObject, standard: Standard): Symbol | null {
  switch (table) {
    case 'transformers':
      return TRANSFORMER[standard];
    case 'three_winding_transformers':
      return THREE_WINDING[standard];
    case 'generators':
      return GENERATOR[standard];
    case 'external_grids':
      return EXTERNAL_GRID[standard];
    case 'loads':
      return LOAD[standard];
    case 'shunts':
      return Number(row['susceptance'] ?? 0) < 0 ? REACTOR[standard] : CAPACITOR[standard];
    case 'converters':
      return CONVERTER;
    case 'motors':
      return MOTOR[standard];
    case 'hvdc_lines':
      return HVDC;
    case 'switches': {
      const kind = SWITCH_KINDS.find(name => name === row['kind']) ?? 'breaker';
      return SWITCHES.get(`${kind} ${row['closed'] !== false} ${standard}`) ?? null;
    }
    case 'labels':
      return noteSymbol(row);
    default:
      return null;
  }
}

/** Short words inside or beside a symbol that its shape does not tell. */
export function symbolNote(table: Table, row: JsonObject): string {
  const notes: Readonly<Record<string, string>> = {
    photovoltaic: 'PV',
    wind: 'wind',
    battery: 'battery',
    svc: 'SVC',
    statcom: 'STATCOM'
  };
  return table === 'converters' ? (notes[String(row['kind'])] ?? '') : '';
}
