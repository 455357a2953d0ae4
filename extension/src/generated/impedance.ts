/** Made from the Python class `joulebook.impedance.Circuit` by tools/generate.py; do not edit. */

/**
 * An equivalent circuit of elements in series and parallel.
 */
export interface Circuit {
  name: string;
  description?: string;
  /**
   * Elements in series joined by ``-``, parallel groups as ``p(…,…)``.
   */
  code: string;
  elements: {
    [k: string]:
      | Resistor
      | Capacitor
      | Inductor
      | ConstantPhaseElement
      | SemiInfiniteWarburg
      | ShortWarburg
      | OpenWarburg
      | Gerischer
      | Zarc
      | HavriliakNegami
      | PorousElectrode;
  };
  sources?: {
    [k: string]: Source;
  };
}
/**
 * A resistance.
 */
export interface Resistor {
  kind?: 'R';
  /**
   * Resistance.
   */
  resistance: number;
}
/**
 * A capacitance.
 */
export interface Capacitor {
  kind?: 'C';
  /**
   * Capacitance.
   */
  capacitance: number;
}
/**
 * An inductance: leads and windings at the upper end of a spectrum.
 */
export interface Inductor {
  kind?: 'L';
  /**
   * Inductance.
   */
  inductance: number;
}
/**
 * A constant phase element: the capacitance of a rough or uneven surface.
 */
export interface ConstantPhaseElement {
  kind?: 'CPE';
  /**
   * Coefficient Q; a capacitance in farad where the exponent is 1.
   */
  coefficient: number;
  /**
   * Exponent α: the phase is −90° times it.
   */
  exponent: number;
}
/**
 * Diffusion into a half space.
 */
export interface SemiInfiniteWarburg {
  kind?: 'W';
  /**
   * Warburg coefficient σ.
   */
  coefficient: number;
}
/**
 * Diffusion through a layer with a constant concentration behind it (transmissive, "short").
 */
export interface ShortWarburg {
  kind?: 'Ws';
  /**
   * Resistance towards frequency zero.
   */
  resistance: number;
  /**
   * Time constant L²/D.
   */
  time_constant: number;
  /**
   * Exponent; 0.5 is ideal diffusion.
   */
  exponent?: number;
}
/**
 * Diffusion in a layer with a wall behind it (reflective, "open").
 */
export interface OpenWarburg {
  kind?: 'Wo';
  /**
   * Three times the real part towards frequency zero.
   */
  resistance: number;
  /**
   * Time constant L²/D.
   */
  time_constant: number;
  /**
   * Exponent; 0.5 is ideal diffusion.
   */
  exponent?: number;
}
/**
 * Diffusion with a reaction that consumes what diffuses.
 */
export interface Gerischer {
  kind?: 'G';
  /**
   * Resistance towards frequency zero.
   */
  resistance: number;
  /**
   * Time constant 1/k of the reaction.
   */
  time_constant: number;
}
/**
 * A resistance beside a constant phase element, by its time constant (Cole–Cole).
 */
export interface Zarc {
  kind?: 'Zarc';
  /**
   * Width of the arc.
   */
  resistance: number;
  /**
   * Time constant: the top of the arc is at 1/(2π τ).
   */
  time_constant: number;
  /**
   * Exponent α; 1 is half a circle.
   */
  exponent: number;
}
/**
 * A depressed and skewed arc; Cole–Davidson where the first exponent is 1.
 */
export interface HavriliakNegami {
  kind?: 'HN';
  /**
   * Width of the arc.
   */
  resistance: number;
  /**
   * Time constant.
   */
  time_constant: number;
  /**
   * Exponent α, which depresses the arc.
   */
  exponent: number;
  /**
   * Exponent β, which skews the arc towards high frequencies; 1 is a ZARC.
   */
  skewness: number;
}
/**
 * A pore filled with electrolyte whose wall is a constant phase element (de Levie's transmission line).
 */
export interface PorousElectrode {
  kind?: 'TLMQ';
  /**
   * Resistance of the electrolyte along the pores.
   */
  resistance: number;
  /**
   * Coefficient of all the walls together.
   */
  coefficient: number;
  /**
   * Exponent α of the walls.
   */
  exponent: number;
}
/**
 * Where one value comes from.
 */
export interface Source {
  /**
   * Key of the bibliography, or a DOI or address; empty for a value of one's own.
   */
  ref?: string;
  /**
   * Table, figure, equation or page.
   */
  where?: string;
  /**
   * How the value was obtained.
   */
  method?: 'measured' | 'fitted' | 'computed' | 'datasheet' | 'assumed' | 'literature' | 'user';
  /**
   * What a reader should know before trusting it.
   */
  note?: string;
}
