/** Symbols of impedance elements, lying; terminals at 2 grid squares to either side of the middle. */

import type { Stroke } from '../circuit/symbols';
import type { Kind } from './kinds';

export interface Sign {
  readonly strokes: readonly Stroke[];
  /** Written into the symbol. */
  readonly letters: string;
  /** Half its height. */
  readonly half: number;
}

const line = (d: string): Stroke => ({ d });
const LEADS = line('M-2 0H-1.2M1.2 0H2');
const boxed = (letters: string, d = ''): Sign => ({
  strokes: [LEADS, line('M-1.2 -.75h2.4v1.5h-2.4z'), ...(d ? [line(d)] : [])],
  letters,
  half: 0.75
});

const SIGNS: Readonly<Record<Kind, Sign>> = {
  R: { strokes: [LEADS, line('M-1.2 -.5h2.4v1h-2.4z')], letters: '', half: 0.5 },
  C: { strokes: [line('M-2 0H-.25M.25 0H2M-.25 -.85v1.7M.25 -.85v1.7')], letters: '', half: 0.85 },
  L: {
    strokes: [
      line('M-2 0H-1.35M1.35 0H2'),
      line('M-1.35 0a.45 .5 0 0 1 .9 0a.45 .5 0 0 1 .9 0a.45 .5 0 0 1 .9 0')
    ],
    letters: '',
    half: 0.5
  },
  CPE: {
    strokes: [line('M-2 0H0M.5 0H2M-.45 -.85L0 0L-.45 .85M.05 -.85L.5 0L.05 .85')],
    letters: '',
    half: 0.85
  },
  W: boxed('W'),
  Ws: boxed('Ws'),
  Wo: boxed('Wo'),
  G: boxed('G'),
  Zarc: boxed('', 'M-.8 .4a.8 .8 0 0 1 1.6 0M-.95 .4h1.9'),
  HN: boxed('HN'),
  TLMQ: boxed(
    '',
    'M-.9 -.35h1.8M-.55 -.35v.2M0 -.35v.2M.55 -.35v.2M-.75 -.15h.4M-.2 -.15h.4M.35 -.15h.4M-.75 .05h.4M-.2 .05h.4M.35 .05h.4M-.55 .05v.35M0 .05v.35M.55 .05v.35M-.9 .4h1.8'
  )
};

const UNKNOWN: Sign = boxed('?');

export function signOf(kind: Kind | null): Sign {
  return kind ? SIGNS[kind] : UNKNOWN;
}
