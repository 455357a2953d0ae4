/** The list of C-rates of the preview. */

export const RATE_LIMITS: readonly [number, number] = [0.02, 10];
export const MOST_RATES = 8;

/** Rate from what a person typed: "0.5", "0.5C", "C/2"; a text says what is wrong. */
export function parseRate(text: string): number | string {
  const clean = text.replace(/\s/g, '').replace(',', '.');
  const divided = /^C\/(\d+(?:\.\d+)?)$/i.exec(clean);
  const plain = /^(\d+(?:\.\d+)?|\.\d+)C?$/i.exec(clean);
  const rate = divided ? 1 / Number(divided[1]) : plain ? Number(plain[1]) : NaN;
  if (!Number.isFinite(rate)) {
    return 'Write a C-rate like 0.5 or C/2';
  }
  const [low, high] = RATE_LIMITS;
  return rate >= low && rate <= high
    ? Number(rate.toPrecision(3))
    : `C-rates from ${low} to ${high} can be previewed`;
}

/** List with one more rate, in ascending order; a text says why it cannot be added. */
export function withRate(rates: readonly number[], text: string): readonly number[] | string {
  const rate = parseRate(text);
  if (typeof rate === 'string') {
    return rate;
  }
  if (rates.includes(rate)) {
    return `${rate}C is shown already`;
  }
  if (rates.length >= MOST_RATES) {
    return `At most ${MOST_RATES} rates at a time: take one away first`;
  }
  return [...rates, rate].sort((a, b) => a - b);
}
