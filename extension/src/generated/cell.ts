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
  /**
   * Foil behind the negative electrode; left out where not published.
   */
  negative_collector?: Collector | null;
  separator: Separator;
  positive: Electrode;
  electrolyte: Electrolyte;
  /**
   * Foil behind the positive electrode; left out where not published.
   */
  positive_collector?: Collector | null;
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
   * Housing; left out where not published.
   */
  format?: (Cylindrical | Prismatic | Pouch) | null;
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
   * Temperature of the cell at the start of a study.
   */
  temperature?: number;
  /**
   * Heat capacity and cooling; left out where not published.
   */
  thermal?: Thermal | null;
  /**
   * Materials of one's own that travel with the cell, by the name that follows ``own:`` where they are used.
   */
  materials?: {
    [k: string]: {
      [k: string]: unknown;
    };
  };
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
   * Exponent of 1 - porosity in the effective electronic conductivity; 0 if measured on the coating.
   */
  bruggeman_electrode?: number;
  /**
   * Density of the dry coating, pores included; left out where not published.
   */
  density?: number | null;
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
  /**
   * Capacity of the double layer per area of particle surface; 0 for none.
   */
  double_layer_capacity?: number;
  /**
   * Further active materials in the same pores.
   *
   * @maxItems 8
   */
  additional_phases?:
    | []
    | [Phase]
    | [Phase, Phase]
    | [Phase, Phase, Phase]
    | [Phase, Phase, Phase, Phase]
    | [Phase, Phase, Phase, Phase, Phase]
    | [Phase, Phase, Phase, Phase, Phase, Phase]
    | [Phase, Phase, Phase, Phase, Phase, Phase, Phase]
    | [Phase, Phase, Phase, Phase, Phase, Phase, Phase, Phase];
  /**
   * Layers from the collector to the separator; none where the coating is uniform.
   *
   * @maxItems 64
   */
  layers?: Layer[];
  /**
   * Growth of the film on the particles; left out where not published.
   */
  sei?: SEI | null;
  /**
   * Deposition of lithium metal; left out where not published.
   */
  plating?: Plating | null;
  /**
   * Stress, cracks and loss of active material; left out where not published.
   */
  mechanics?: Mechanics | null;
}
/**
 * A further active material in the pores of an electrode.
 */
export interface Phase {
  /**
   * Active material, by its name in the library.
   */
  material: string;
  /**
   * Volume fraction of this material in the coating.
   */
  active_fraction: number;
  /**
   * Radius of its particles.
   */
  particle_radius: number;
  /**
   * Lithium concentration of the full material; the material's own where left out.
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
 * A layer of a coating; what it leaves out is the electrode's own.
 */
export interface Layer {
  /**
   * Part of the coating's thickness; the shares of all layers sum to 1.
   */
  share: number;
  /**
   * Volume fraction of electrolyte.
   */
  porosity?: number | null;
  /**
   * Volume fraction of the electrode's first active material.
   */
  active_fraction?: number | null;
  /**
   * Radius of its particles.
   */
  particle_radius?: number | null;
  /**
   * Electronic conductivity of the coating.
   */
  conductivity?: number | null;
  /**
   * Exponent of the porosity in the effective transport in the electrolyte.
   */
  bruggeman_electrolyte?: number | null;
  /**
   * Diffusivity of lithium in the particles.
   */
  diffusivity?: number | null;
  /**
   * Reaction rate constant in the exchange-current density.
   */
  rate_constant?: number | null;
}
/**
 * The film that grows on the particles: solid electrolyte interphase.
 */
export interface SEI {
  /**
   * Volume of one mole of film.
   */
  molar_volume: number;
  /**
   * Moles of lithium bound in one mole of film.
   */
  lithium_per_molecule: number;
  /**
   * Resistivity of the film for lithium ions.
   */
  resistivity: number;
  /**
   * Thickness at the start of a study.
   */
  initial_thickness: number;
  /**
   * Of the growth, whatever its law.
   */
  activation_energy?: number;
  /**
   * At which the values of this part hold.
   */
  reference_temperature?: number;
  /**
   * Of the growth reaction, in the laws limited by the reaction and by the reaction of EC.
   */
  transfer_coefficient?: number;
  /**
   * Of the growth reaction; needed by the laws limited by the reaction and by the reaction of EC.
   */
  open_circuit_potential?: number | null;
  /**
   * Of the growth reaction; needed where the reaction limits.
   */
  exchange_current_density?: number | null;
  /**
   * Of the solvent through the film; needed where its diffusion limits.
   */
  solvent_diffusivity?: number | null;
  /**
   * Of the solvent in the electrolyte; needed where its diffusion limits.
   */
  solvent_concentration?: number | null;
  /**
   * Of lithium interstitials through the film; needed where their diffusion limits.
   */
  interstitial_diffusivity?: number | null;
  /**
   * Of lithium interstitials at 0 V against lithium; needed where their diffusion limits.
   */
  interstitial_concentration?: number | null;
  /**
   * Of ethylene carbonate in the electrolyte; needed where its reaction limits.
   */
  ec_concentration?: number | null;
  /**
   * Of ethylene carbonate through the film; needed where its reaction limits.
   */
  ec_diffusivity?: number | null;
  /**
   * Of the reaction of ethylene carbonate; needed where that reaction limits.
   */
  ec_rate_constant?: number | null;
  /**
   * Thickness on the walls of the cracks at the start of a study; needed where the film grows on cracks.
   */
  initial_thickness_on_cracks?: number | null;
}
/**
 * Metallic lithium that plates onto the particles.
 */
export interface Plating {
  /**
   * k in the exchange-current densities F k c_e of plating and F k c_plated of stripping.
   */
  rate_constant: number;
  /**
   * Of plating; stripping has the rest to 1.
   */
  transfer_coefficient?: number;
  /**
   * Volume of one mole of metallic lithium.
   */
  molar_volume: number;
  /**
   * Plated lithium per volume of electrode at the start of a study.
   */
  initial_concentration?: number;
  /**
   * Rate at which plated lithium loses contact while the film has its initial thickness; it falls as 1/thickness.
   * Needed by partially reversible plating.
   */
  dead_lithium_rate?: number | null;
  /**
   * Of the rate constant.
   */
  activation_energy?: number;
  /**
   * At which the values of this part hold.
   */
  reference_temperature?: number;
}
/**
 * Stress in the particles, cracks in their surface, and loss of active material.
 */
export interface Mechanics {
  /**
   * Young's modulus of the active material; needed for stress, hence for cracks and stress-driven loss.
   */
  young_modulus?: number | null;
  /**
   * Poisson's ratio; needed with Young's modulus.
   */
  poisson_ratio?: number | null;
  /**
   * Of lithium in the active material; negative where it shrinks as it fills. Needed for stress.
   */
  partial_molar_volume?: number | null;
  /**
   * Lithium concentration at which the particle is taken as not deformed; enters the displacement only.
   */
  reference_concentration?: number;
  /**
   * Factor of Paris' law, per second of cycling; needed for cracks.
   */
  cracking_rate?: number | null;
  /**
   * Exponent m of Paris' law; needed for cracks.
   */
  cracking_exponent?: number | null;
  /**
   * Geometry factor b in the stress intensity b σ √(π l); needed for cracks.
   */
  stress_intensity_factor?: number | null;
  /**
   * Of the cracking rate; a positive one makes cracks grow faster when warm.
   */
  cracking_activation_energy?: number;
  /**
   * Depth of the cracks at the start of a study; needed for cracks.
   */
  initial_crack_length?: number | null;
  /**
   * Extent of a crack along the surface; needed for cracks.
   */
  crack_width?: number | null;
  /**
   * Cracks per area of particle surface; needed for cracks.
   */
  cracks_per_area?: number | null;
  /**
   * Loss of active fraction per second at the critical stress; needed for stress-driven loss.
   */
  stress_loss_rate?: number | null;
  /**
   * Exponent of the stress in that loss; needed for stress-driven loss.
   */
  stress_loss_exponent?: number | null;
  /**
   * Stress to which that loss is referred; needed for stress-driven loss.
   */
  critical_stress?: number | null;
  /**
   * Of the stress-driven and the current-driven loss.
   */
  loss_activation_energy?: number;
  /**
   * Volume of active material lost per mole of electrons spent on the film; needed for reaction-driven loss.
   */
  reaction_loss_factor?: number | null;
  /**
   * Loss of active fraction per charge and area of the cell's cross-section; needed for current-driven loss.
   */
  current_loss_factor?: number | null;
  /**
   * At which the values of this part hold.
   */
  reference_temperature?: number;
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
   * Volume fraction of electrolyte; 1 for a gap without a film.
   */
  porosity: number;
  /**
   * Exponent of the porosity in the effective transport in the electrolyte.
   */
  bruggeman_electrolyte?: number;
  /**
   * Density of the dry film, pores included; left out where not published.
   */
  density?: number | null;
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
 * A cell at one temperature that sheds heat to its surroundings.
 */
export interface Thermal {
  /**
   * Of the whole cell.
   */
  heat_capacity: number;
  /**
   * From the whole cell to its surroundings; 0 for none.
   */
  cooling_conductance: number;
  /**
   * Of the surroundings.
   */
  ambient_temperature: number;
}
/**
 * Lithium concentrations at the start of a study.
 */
export interface InitialState {
  /**
   * In the first active material of the negative electrode.
   */
  negative_concentration: number;
  /**
   * In the first active material of the positive electrode.
   */
  positive_concentration: number;
  /**
   * In the additional phases of the negative electrode, mol/m³ each.
   *
   * @maxItems 8
   */
  negative_additional?:
    | []
    | [number]
    | [number, number]
    | [number, number, number]
    | [number, number, number, number]
    | [number, number, number, number, number]
    | [number, number, number, number, number, number]
    | [number, number, number, number, number, number, number]
    | [number, number, number, number, number, number, number, number];
  /**
   * In the additional phases of the positive electrode, mol/m³ each.
   *
   * @maxItems 8
   */
  positive_additional?:
    | []
    | [number]
    | [number, number]
    | [number, number, number]
    | [number, number, number, number]
    | [number, number, number, number, number]
    | [number, number, number, number, number, number]
    | [number, number, number, number, number, number, number]
    | [number, number, number, number, number, number, number, number];
  /**
   * Open-circuit potential of the negative electrode: -1 as after lithiation, 1 as after delithiation, 0 between.
   */
  negative_hysteresis?: number;
  /**
   * The same of the positive electrode.
   */
  positive_hysteresis?: number;
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
