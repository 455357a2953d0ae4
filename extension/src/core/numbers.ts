/** Numbers as text, in the two ways in which they are needed: like Python's `%g`, and for reading on a screen. */

/** The number as Python's `format(value, "g")` writes it, so that messages of both languages agree. */
export function formatG(value: number, digits = 6): string {
  if (value === 0) {
    return '0';
  }
  const [mantissa = '0', exponentText = '0'] = value.toExponential(digits - 1).split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= digits) {
    const sign = exponent < 0 ? '-' : '+';
    return `${trimZeros(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  return trimZeros(value.toFixed(Math.max(0, digits - 1 - exponent)));
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** The shortest text that keeps every digit a person typed: removes what binary arithmetic adds. */
export function plain(value: number): string {
  const clean = Number(value.toPrecision(12));
  const magnitude = Math.abs(clean);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e7)) {
    return clean.toExponential().replace('e+', 'e');
  }
  return String(clean);
}

const THIN_SPACE = '\u202f';

/** A figure for reading: rounded to significant digits, thousands set apart. */
export function figure(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || !Number.isFinite(value)) {
    return '–';
  }
  if (value === 0) {
    return '0';
  }
  const exponent = Math.floor(Math.log10(Math.abs(Number(value.toPrecision(digits)))));
  if (exponent < -3 || exponent > 6) {
    return scientific(value, digits);
  }
  const text = value.toFixed(Math.max(0, digits - 1 - exponent));
  const [whole = '0', fraction] = (
    exponent >= digits ? String(Number(value.toPrecision(digits))) : text
  ).split('.');
  const grouped = whole.replace('-', '−').replace(/\B(?=(\d{3})+(?!\d))/g, THIN_SPACE);
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** "3.3×10⁻¹⁴" */
export function scientific(value: number, digits = 3): string {
  const [mantissa = '0', exponent = '0'] = value.toExponential(digits - 1).split('e');
  const power = [...String(Math.abs(Number(exponent)))].map(d => SUPERSCRIPTS[Number(d)]).join('');
  return `${trimZeros(mantissa).replace('-', '−')}×10${Number(exponent) < 0 ? '⁻' : ''}${power}`;
}

/** A value of a property table: as many digits as it has, scientific where that is shorter. */
export function property(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-3 || magnitude >= 1e7)) {
    return scientific(value, 4);
  }
  const [whole = '0', fraction] = String(Number(value.toPrecision(7))).split('.');
  const grouped = whole.replace('-', '−').replace(/\B(?=(\d{3})+(?!\d))/g, THIN_SPACE);
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** A unit for reading: "(m³/mol)^1.5" with its exponent raised. */
export function raised(unit: string): string {
  return unit.replace(/\^(-?[\d.]+)/g, (_, power: string) =>
    [...power].map(c => (c === '.' ? '·' : c === '-' ? '⁻' : (SUPERSCRIPTS[Number(c)] ?? c))).join('')
  );
}
