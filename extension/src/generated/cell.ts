/** Made from the Python class `joulebook.battery.Cell` by tools/generate.py; do not edit. */

/**
 * A battery cell.
 */
export interface Cell {
  /**
   * What people call the cell.
   */
  name: string;
  /**
   * A few words on what it is and where the values come from.
   */
  description?: string;
  negative: Electrode;
  separator: Separator;
  positive: Electrode;
  electrolyte: Electrolyte;
  negative_collector: Collector;
  positive_collector: Collector;
  /**
   * Height of the coated area.
   */
  electrode_height: number;
  /**
   * Width of the coated area, unwound, both sides counted.
   */
  electrode_width: number;
  /**
   * Electrode pairs that share the current.
   */
  electrodes_in_parallel?: number;
  /**
   * Housing.
   */
  format: Cylindrical | Prismatic | Pouch;
  /**
   * Current tabs; left out where not published.
   */
  tabs?: Tabs | null;
  /**
   * Between the electrodes and the terminals.
   */
  contact_resistance?: number;
  /**
   * Capacity that defines the C-rate.
   */
  nominal_capacity: number;
  /**
   * Voltage at which a discharge ends.
   */
  lower_cutoff: number;
  /**
   * Voltage at which a charge ends.
   */
  upper_cutoff: number;
  /**
   * Temperature of the cell.
   */
  temperature?: number;
  initial_state: InitialState;
  /**
   * Where each value comes from, by its dotted path.
   */
  sources?: {
    [k: string]: Source;
  };
}
/**
 * A porous electrode coating.
 */
export interface Electrode {
  /**
   * Active material, by its name in the library.
   */
  material: string;
  /**
   * Coating thickness on one side of the collector.
   */
  thickness: number;
  /**
   * Volume fraction of electrolyte.
   */
  porosity: number;
  /**
   * Volume fraction of active material.
   */
  active_fraction: number;
  /**
   * Radius of the active particles.
   */
  particle_radius: number;
  /**
   * Electronic conductivity of the coating.
   */
  conductivity: number;
  /**
   * Exponent of the porosity in the effective transport in the electrolyte.
   */
  bruggeman_electrolyte?: number;
  /**
   * Exponent of the active fraction in the effective electronic conductivity; 0 if measured on the coating.
   */
  bruggeman_electrode?: number;
  /**
   * Density of the dry coating, pores included.
   */
  density: number;
  /**
   * Lithium concentration of the full active material; the material's own where left out.
   */
  maximum_concentration?: number | null;
  /**
   * Diffusivity of lithium in the particles; the material's own where left out.
   */
  diffusivity?: number | null;
  /**
   * Reaction rate constant in the exchange-current density; the material's own where left out.
   */
  rate_constant?: number | null;
}
/**
 * The porous film between the electrodes.
 */
export interface Separator {
  /**
   * Film, by its name in the library.
   */
  material: string;
  /**
   * Film thickness.
   */
  thickness: number;
  /**
   * Volume fraction of electrolyte.
   */
  porosity: number;
  /**
   * Exponent of the porosity in the effective transport in the electrolyte.
   */
  bruggeman_electrolyte?: number;
  /**
   * Density of the dry film, pores included.
   */
  density: number;
}
/**
 * The liquid in the pores.
 */
export interface Electrolyte {
  /**
   * Electrolyte, by its name in the library.
   */
  material: string;
  /**
   * Salt concentration at rest.
   */
  concentration: number;
}
/**
 * The metal foil behind an electrode.
 */
export interface Collector {
  /**
   * Metal, by its name in the library.
   */
  material: string;
  /**
   * Foil thickness.
   */
  thickness: number;
}
/**
 * A wound cell in a can.
 */
export interface Cylindrical {
  /**
   * Kind of housing.
   */
  shape?: 'cylindrical';
  /**
   * Outer diameter.
   */
  diameter: number;
  /**
   * Outer height.
   */
  height: number;
  /**
   * Mass of can, lid and insulators.
   */
  case_mass?: number | null;
}
/**
 * A wound or stacked cell in a rigid box.
 */
export interface Prismatic {
  /**
   * Kind of housing.
   */
  shape?: 'prismatic';
  /**
   * Outer width.
   */
  width: number;
  /**
   * Outer height.
   */
  height: number;
  /**
   * Outer depth.
   */
  depth: number;
  /**
   * Mass of the box and its lid.
   */
  case_mass?: number | null;
}
/**
 * A stacked cell in a laminated foil.
 */
export interface Pouch {
  /**
   * Kind of housing.
   */
  shape?: 'pouch';
  /**
   * Outer width.
   */
  width: number;
  /**
   * Outer height.
   */
  height: number;
  /**
   * Outer depth.
   */
  depth: number;
  /**
   * Mass of the foil.
   */
  case_mass?: number | null;
}
/**
 * The current tabs of a cell.
 */
export interface Tabs {
  negative: Tab;
  positive: Tab;
}
/**
 * A current tab.
 */
export interface Tab {
  /**
   * Width along the electrode.
   */
  width: number;
  /**
   * Which edge of the electrode it leaves from.
   */
  position?: 'top' | 'bottom';
}
/**
 * Lithium concentrations at the start of a study.
 */
export interface InitialState {
  /**
   * In the active material of the negative electrode.
   */
  negative_concentration: number;
  /**
   * In the active material of the positive electrode.
   */
  positive_concentration: number;
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
