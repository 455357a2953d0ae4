/** Made from the Python class `joulebook.grid.Network` by tools/generate.py; do not edit. */

/**
 * A power network.
 */
export interface Network {
  name: string;
  description?: string;
  base_power?: number;
  frequency?: number;
  buses: {
    [k: string]: Bus;
  };
  lines?: {
    [k: string]: Line;
  };
  transformers?: {
    [k: string]: Transformer;
  };
  three_winding_transformers?: {
    [k: string]: ThreeWindingTransformer;
  };
  generators?: {
    [k: string]: Generator;
  };
  external_grids?: {
    [k: string]: ExternalGrid;
  };
  loads?: {
    [k: string]: Load;
  };
  shunts?: {
    [k: string]: Shunt;
  };
  switches?: {
    [k: string]: Switch;
  };
  hvdc_lines?: {
    [k: string]: HvdcLine;
  };
  converters?: {
    [k: string]: Converter;
  };
  motors?: {
    [k: string]: Motor;
  };
  diagram?: Diagram;
  sources?: {
    [k: string]: Source;
  };
}
/**
 * A node of the network: a busbar or a connection point.
 */
export interface Bus {
  /**
   * What people call it.
   */
  name?: string;
  /**
   * Line to line; the base of per-unit voltages here.
   */
  nominal_voltage: number;
  /**
   * Lower limit, per unit.
   */
  minimum_voltage?: number | null;
  /**
   * Upper limit, per unit.
   */
  maximum_voltage?: number | null;
  /**
   * Magnitude from the case file, per unit: where a study with ``start="case"`` begins.
   */
  start_voltage?: number;
  /**
   * Angle from the case file.
   */
  start_angle?: number;
  /**
   * Control area.
   */
  area?: string;
  /**
   * Loss zone or region.
   */
  zone?: string;
  /**
   * Whether it is energised at all.
   */
  in_service?: boolean;
}
/**
 * An overhead line or cable: pi section with half of the shunt admittance at each end.
 */
export interface Line {
  /**
   * What people call it.
   */
  name?: string;
  /**
   * One end.
   */
  from_bus: string;
  /**
   * The other end; of the same nominal voltage.
   */
  to_bus: string;
  /**
   * Positive sequence, of the whole line (all parallel circuits together).
   */
  resistance: number;
  /**
   * Positive sequence, of the whole line.
   */
  reactance: number;
  /**
   * Positive sequence, of the whole line; positive is capacitive.
   */
  susceptance?: number;
  /**
   * Positive sequence, of the whole line.
   */
  conductance?: number;
  /**
   * Zero sequence.
   */
  zero_resistance?: number | null;
  /**
   * Zero sequence.
   */
  zero_reactance?: number | null;
  /**
   * Zero sequence.
   */
  zero_susceptance?: number | null;
  /**
   * Of the route.
   */
  length?: number | null;
  /**
   * Continuous.
   */
  current_rating?: number | null;
  /**
   * For hours.
   */
  short_time_rating?: number | null;
  /**
   * For minutes.
   */
  emergency_rating?: number | null;
  /**
   * Least angle by which ``from_bus`` may lead ``to_bus``, in optimal dispatch.
   */
  minimum_angle?: number | null;
  /**
   * Largest angle by which ``from_bus`` may lead ``to_bus``, in optimal dispatch.
   */
  maximum_angle?: number | null;
  /**
   * Of the conductor at the end of a fault, for the smallest fault current (IEC 60909-0).
   */
  end_temperature?: number | null;
  /**
   * Identifier in the equipment library.
   */
  equipment?: string;
  /**
   * Whether it is connected.
   */
  in_service?: boolean;
}
/**
 * A two-winding transformer: ideal ratio at the ``from`` side, then series impedance; shunts at either end of it.
 */
export interface Transformer {
  /**
   * What people call it.
   */
  name?: string;
  /**
   * Side with the tap.
   */
  from_bus: string;
  /**
   * Other side.
   */
  to_bus: string;
  /**
   * Base of the per-unit values.
   */
  rated_power: number;
  /**
   * Of the winding; the bus's nominal voltage where left out.
   */
  from_rated_voltage?: number | null;
  /**
   * Of the winding; the bus's nominal voltage where left out.
   */
  to_rated_voltage?: number | null;
  /**
   * Series, per unit of rated power and the ``to`` winding's rated voltage.
   */
  resistance: number;
  /**
   * Series, per unit.
   */
  reactance: number;
  /**
   * Shunt at the ``from`` end, per unit.
   */
  from_conductance?: number;
  /**
   * Shunt at the ``from`` end, per unit; magnetising is negative.
   */
  from_susceptance?: number;
  /**
   * Shunt at the ``to`` end, per unit.
   */
  to_conductance?: number;
  /**
   * Shunt at the ``to`` end, per unit.
   */
  to_susceptance?: number;
  /**
   * Off-nominal ratio of magnitude at the ``from`` side at the neutral step.
   */
  tap_ratio?: number;
  /**
   * Angle by which the ``from`` side leads, at the neutral step.
   */
  phase_shift?: number;
  /**
   * Steps, where it has them.
   */
  tap_changer?: TapChanger | null;
  /**
   * Such as ``"Dyn5"``: the ``from`` winding first. Faults to earth need it.
   */
  vector_group?: string;
  /**
   * Zero sequence short-circuit value, per unit.
   */
  zero_resistance?: number | null;
  /**
   * Zero sequence short-circuit value, per unit.
   */
  zero_reactance?: number | null;
  /**
   * Zero sequence magnetising reactance, per unit; where left out, no path.
   */
  zero_magnetising_reactance?: number | null;
  /**
   * Between the ``from`` star point and earth; solid where left out and the star point is brought out.
   */
  from_neutral_resistance?: number | null;
  /**
   * The same.
   */
  from_neutral_reactance?: number | null;
  /**
   * Between the ``to`` star point and earth.
   */
  to_neutral_resistance?: number | null;
  /**
   * The same.
   */
  to_neutral_reactance?: number | null;
  /**
   * Continuous; the rated power where left out and the data come from a nameplate.
   */
  rating?: number | null;
  /**
   * For hours.
   */
  short_time_rating?: number | null;
  /**
   * For minutes.
   */
  emergency_rating?: number | null;
  /**
   * Least angle by which ``from_bus`` may lead ``to_bus``, in optimal dispatch.
   */
  minimum_angle?: number | null;
  /**
   * Largest angle by which ``from_bus`` may lead ``to_bus``, in optimal dispatch.
   */
  maximum_angle?: number | null;
  /**
   * Whether it belongs to a generator as one unit (IEC 60909-0 factors KS and KSO).
   */
  power_station_unit?: boolean;
  /**
   * Identifier in the equipment library.
   */
  equipment?: string;
  /**
   * Whether it is connected.
   */
  in_service?: boolean;
}
/**
 * Steps of a transformer's ratio, and what they regulate.
 */
export interface TapChanger {
  /**
   * Present step.
   */
  position?: number;
  /**
   * Lowest step.
   */
  minimum?: number;
  /**
   * Highest step.
   */
  maximum?: number;
  /**
   * Step without effect.
   */
  neutral?: number;
  /**
   * Change of the ratio per step, per unit.
   */
  voltage_step?: number;
  /**
   * Change of the phase shift per step.
   */
  angle_step?: number;
  /**
   * What an automatic controller holds.
   */
  controls?: 'nothing' | 'voltage' | 'active_power' | 'reactive_power';
  /**
   * Where the voltage is held; the transformer's own ``to_bus`` where left out.
   */
  controlled_bus?: string;
  /**
   * Voltage per unit, or power in W or var out of ``from_bus``.
   */
  target?: number | null;
  /**
   * Full width, in the unit of the target; one step where left out.
   */
  deadband?: number | null;
}
/**
 * A three-winding transformer: three legs that meet in a star point of its own.
 */
export interface ThreeWindingTransformer {
  /**
   * What people call it.
   */
  name?: string;
  /**
   * First winding.
   */
  bus_1: string;
  /**
   * Second winding.
   */
  bus_2: string;
  /**
   * Third winding.
   */
  bus_3: string;
  /**
   * Of the first winding; base of the per-unit values.
   */
  rated_power_1: number;
  /**
   * Of the second winding; as the first where left out.
   */
  rated_power_2?: number | null;
  /**
   * Of the third winding; as the first where left out.
   */
  rated_power_3?: number | null;
  /**
   * The bus's nominal voltage where left out.
   */
  rated_voltage_1?: number | null;
  /**
   * The bus's nominal voltage where left out.
   */
  rated_voltage_2?: number | null;
  /**
   * The bus's nominal voltage where left out.
   */
  rated_voltage_3?: number | null;
  /**
   * Leg of the first winding.
   */
  resistance_1: number;
  /**
   * Leg of the first winding.
   */
  reactance_1: number;
  /**
   * Leg of the second winding.
   */
  resistance_2: number;
  /**
   * Leg of the second winding.
   */
  reactance_2: number;
  /**
   * Leg of the third winding.
   */
  resistance_3: number;
  /**
   * Leg of the third winding.
   */
  reactance_3: number;
  /**
   * Magnetising, at the first winding.
   */
  conductance?: number;
  /**
   * Magnetising, at the first winding; negative.
   */
  susceptance?: number;
  /**
   * Off-nominal ratio.
   */
  tap_ratio_1?: number;
  /**
   * Off-nominal ratio.
   */
  tap_ratio_2?: number;
  /**
   * Off-nominal ratio.
   */
  tap_ratio_3?: number;
  /**
   * Angle by which the winding leads the star point.
   */
  phase_shift_1?: number;
  /**
   * Angle by which the winding leads the star point.
   */
  phase_shift_2?: number;
  /**
   * Angle by which the winding leads the star point.
   */
  phase_shift_3?: number;
  /**
   * Of the first winding.
   */
  tap_changer?: TapChanger | null;
  /**
   * Such as ``"YNyn0d5"``.
   */
  vector_group?: string;
  /**
   * Zero sequence leg.
   */
  zero_resistance_1?: number | null;
  /**
   * Zero sequence leg.
   */
  zero_reactance_1?: number | null;
  /**
   * Zero sequence leg.
   */
  zero_resistance_2?: number | null;
  /**
   * Zero sequence leg.
   */
  zero_reactance_2?: number | null;
  /**
   * Zero sequence leg.
   */
  zero_resistance_3?: number | null;
  /**
   * Zero sequence leg.
   */
  zero_reactance_3?: number | null;
  /**
   * Identifier in the equipment library.
   */
  equipment?: string;
  /**
   * Whether it is connected.
   */
  in_service?: boolean;
}
/**
 * A synchronous machine or any source that holds the voltage of its bus by reactive power.
 */
export interface Generator {
  /**
   * What people call it.
   */
  name?: string;
  /**
   * Where it is connected.
   */
  bus: string;
  /**
   * Into the network.
   */
  active_power: number;
  /**
   * Into the network; a start value where it holds the voltage.
   */
  reactive_power?: number;
  /**
   * Set point, per unit, at its bus or at ``controlled_bus``.
   */
  voltage?: number;
  /**
   * Whether reactive power follows the voltage; otherwise ``reactive_power`` is fixed.
   */
  holds_voltage?: boolean;
  /**
   * Remote bus whose voltage is held; its own where left out.
   */
  controlled_bus?: string;
  /**
   * Whether it fixes the angle and takes up the balance of its island (slack).
   */
  reference?: boolean;
  /**
   * Weight in a distributed slack; by maximum power where left out.
   */
  participation?: number | null;
  /**
   * Lower limit of active power.
   */
  minimum_power?: number | null;
  /**
   * Upper limit of active power.
   */
  maximum_power?: number | null;
  /**
   * Lower limit of reactive power.
   */
  minimum_reactive?: number | null;
  /**
   * Upper limit of reactive power.
   */
  maximum_reactive?: number | null;
  /**
   * Capability curve: (active, minimum reactive, maximum reactive), active power rising; narrower than the limits.
   */
  capability?: [unknown, unknown, unknown][];
  /**
   * Nameplate.
   */
  rated_power?: number | null;
  /**
   * Nameplate; the bus's nominal voltage where left out.
   */
  rated_voltage?: number | null;
  /**
   * Nameplate.
   */
  rated_power_factor?: number | null;
  /**
   * By which the terminal voltage may permanently exceed the rated one (p_G of IEC 60909-0); 0 where left out.
   */
  voltage_rise?: number | null;
  /**
   * Stator, per unit of the ratings; the fictitious value of IEC 60909-0 where left out.
   */
  resistance?: number | null;
  /**
   * Saturated x'' of the direct axis, per unit. Faults need it.
   */
  subtransient_reactance?: number | null;
  /**
   * Saturated x of the direct axis, per unit: steady-state fault current.
   */
  synchronous_reactance?: number | null;
  /**
   * Negative sequence, per unit; as the subtransient where left out.
   */
  negative_reactance?: number | null;
  /**
   * Zero sequence, per unit; no path where left out.
   */
  zero_reactance?: number | null;
  /**
   * For optimal dispatch.
   */
  cost?: Cost | null;
  /**
   * Identifier in the equipment library.
   */
  equipment?: string;
  /**
   * Whether it runs.
   */
  in_service?: boolean;
}
/**
 * What generation costs per hour, over the active power in MW.
 */
export interface Cost {
  /**
   * Form of the curve.
   */
  kind?: 'polynomial' | 'piecewise';
  /**
   * Polynomial: from the constant upwards, per hour, per MWh, per MW²h, …
   */
  coefficients?: number[];
  /**
   * Piecewise linear: (MW, cost per hour), MW rising.
   */
  points?: [unknown, unknown][];
  /**
   * Per start.
   */
  start_up?: number;
  /**
   * Per stop.
   */
  shut_down?: number;
}
/**
 * The rest of the world behind a bus: holds voltage and angle, takes up the balance.
 */
export interface ExternalGrid {
  /**
   * What people call it.
   */
  name?: string;
  /**
   * Where it is connected.
   */
  bus: string;
  /**
   * Per unit.
   */
  voltage?: number;
  /**
   * Of the voltage.
   */
  angle?: number;
  /**
   * Sk'' for the largest fault currents.
   */
  maximum_fault_power?: number | null;
  /**
   * Sk'' for the smallest fault currents.
   */
  minimum_fault_power?: number | null;
  /**
   * R/X of the source for the largest fault currents.
   */
  maximum_rx?: number | null;
  /**
   * R/X of the source for the smallest fault currents.
   */
  minimum_rx?: number | null;
  /**
   * X0/X of the source for earth faults.
   */
  zero_over_positive?: number | null;
  /**
   * R0/X0 of the source.
   */
  zero_rx?: number | null;
  /**
   * Whether it is connected.
   */
  in_service?: boolean;
}
/**
 * A load: constant power unless shares of constant current or impedance are given (ZIP).
 */
export interface Load {
  /**
   * What people call it.
   */
  name?: string;
  /**
   * Where it is connected.
   */
  bus: string;
  /**
   * Drawn at nominal voltage.
   */
  active_power: number;
  /**
   * Drawn at nominal voltage.
   */
  reactive_power?: number;
  /**
   * Part that goes with the voltage.
   */
  current_share?: number;
  /**
   * Part that goes with its square.
   */
  impedance_share?: number;
  /**
   * Whether it is connected.
   */
  in_service?: boolean;
}
/**
 * A capacitor bank, a reactor, or any admittance to earth.
 */
export interface Shunt {
  /**
   * What people call it.
   */
  name?: string;
  /**
   * Where it is connected.
   */
  bus: string;
  /**
   * Of one step.
   */
  conductance?: number;
  /**
   * Of one step; positive is a capacitor.
   */
  susceptance?: number;
  /**
   * Switched on.
   */
  steps?: number;
  /**
   * There are.
   */
  maximum_steps?: number;
  /**
   * Whether steps are switched to hold the voltage.
   */
  controls_voltage?: boolean;
  /**
   * Where the voltage is held; its own bus where left out.
   */
  controlled_bus?: string;
  /**
   * Below this a step is added.
   */
  minimum_target?: number | null;
  /**
   * Above this a step is taken off.
   */
  maximum_target?: number | null;
  /**
   * Identifier in the equipment library.
   */
  equipment?: string;
  /**
   * Whether it is connected.
   */
  in_service?: boolean;
}
/**
 * A breaker, disconnector or fuse: joins two buses, or connects one end of a branch to its bus.
 */
export interface Switch {
  /**
   * What people call it.
   */
  name?: string;
  /**
   * The bus on one side.
   */
  bus: string;
  /**
   * The bus on the other side; empty where it sits at a branch.
   */
  other_bus?: string;
  /**
   * Table of the branch at which it sits.
   */
  branch_kind?: '' | 'lines' | 'transformers' | 'three_winding_transformers';
  /**
   * Identifier of that branch.
   */
  branch?: string;
  /**
   * What it is.
   */
  kind?: 'breaker' | 'disconnector' | 'load_break' | 'fuse';
  /**
   * Position.
   */
  closed?: boolean;
  /**
   * Rated symmetrical breaking current.
   */
  breaking_current?: number | null;
  /**
   * Rated peak making current.
   */
  making_current?: number | null;
  /**
   * Rated short-time withstand current.
   */
  withstand_current?: number | null;
  /**
   * For which the withstand current is rated.
   */
  withstand_time?: number | null;
  /**
   * Continuous.
   */
  rated_current?: number | null;
  /**
   * Identifier in the equipment library.
   */
  equipment?: string;
}
/**
 * A direct-current link: takes power at one bus, gives what is left after losses at the other.
 */
export interface HvdcLine {
  /**
   * What people call it.
   */
  name?: string;
  /**
   * Takes power where ``active_power`` is positive.
   */
  from_bus: string;
  /**
   * Gives it.
   */
  to_bus: string;
  /**
   * Taken at ``from_bus``.
   */
  active_power: number;
  /**
   * Independent of the power.
   */
  constant_loss?: number;
  /**
   * Share of the power that is lost.
   */
  loss_share?: number;
  /**
   * Whether the converter at ``from_bus`` holds the voltage.
   */
  from_holds_voltage?: boolean;
  /**
   * The same at ``to_bus``.
   */
  to_holds_voltage?: boolean;
  /**
   * Set point, per unit.
   */
  from_voltage?: number;
  /**
   * Set point, per unit.
   */
  to_voltage?: number;
  /**
   * Into the network at ``from_bus``, where the voltage is not held.
   */
  from_reactive_power?: number;
  /**
   * The same at ``to_bus``.
   */
  to_reactive_power?: number;
  /**
   * Lower limit.
   */
  minimum_power?: number | null;
  /**
   * Upper limit.
   */
  maximum_power?: number | null;
  /**
   * Limit.
   */
  from_minimum_reactive?: number | null;
  /**
   * Limit.
   */
  from_maximum_reactive?: number | null;
  /**
   * Limit.
   */
  to_minimum_reactive?: number | null;
  /**
   * Limit.
   */
  to_maximum_reactive?: number | null;
  /**
   * Whether it runs.
   */
  in_service?: boolean;
}
/**
 * A source behind power electronics: photovoltaics, wind, battery, SVC, STATCOM.
 */
export interface Converter {
  /**
   * What people call it.
   */
  name?: string;
  /**
   * Where it is connected.
   */
  bus: string;
  /**
   * What stands behind it.
   */
  kind?: 'photovoltaic' | 'wind' | 'battery' | 'svc' | 'statcom' | 'other';
  /**
   * Into the network.
   */
  active_power?: number;
  /**
   * Into the network, where the voltage is not held.
   */
  reactive_power?: number;
  /**
   * Whether reactive power follows the voltage.
   */
  holds_voltage?: boolean;
  /**
   * Set point, per unit.
   */
  voltage?: number;
  /**
   * Limit.
   */
  minimum_reactive?: number | null;
  /**
   * Limit.
   */
  maximum_reactive?: number | null;
  /**
   * Nameplate.
   */
  rated_power?: number | null;
  /**
   * Fault current over rated current (full converters, IEC 60909-0:2016).
   */
  fault_current_ratio?: number | null;
  /**
   * Whether it runs.
   */
  in_service?: boolean;
}
/**
 * An asynchronous motor: a load in power flow, a source in the first cycles of a fault.
 */
export interface Motor {
  /**
   * What people call it.
   */
  name?: string;
  /**
   * Where it is connected.
   */
  bus: string;
  /**
   * Mechanical, of all units together.
   */
  rated_power: number;
  /**
   * Nameplate; the bus's nominal voltage where left out.
   */
  rated_voltage?: number | null;
  /**
   * At rated power.
   */
  efficiency: number;
  /**
   * At rated power.
   */
  power_factor: number;
  /**
   * Mechanical power over rated.
   */
  loading?: number;
  /**
   * Locked-rotor current over rated current. Faults need it.
   */
  locked_rotor_ratio?: number | null;
  /**
   * R/X with locked rotor; by IEC 60909-0 from power per pole pair where left out.
   */
  rx?: number | null;
  /**
   * Of each unit.
   */
  pole_pairs?: number;
  /**
   * Machines that stand behind this record.
   */
  units?: number;
  /**
   * Whether it runs.
   */
  in_service?: boolean;
}
/**
 * The one-line drawing: what is not placed is laid out by the designer.
 */
export interface Diagram {
  /**
   * Set of symbols.
   */
  symbols?: 'IEC' | 'ANSI';
  /**
   * By table and identifier: ``"buses/1"``.
   */
  placements?: {
    [k: string]: Placement;
  };
  /**
   * Corners of connections that a person has drawn, by table, identifier and end: ``"lines/1/from"``.
   */
  routes?: {
    [k: string]: [unknown, unknown][];
  };
  /**
   * Notes by identifier of their own.
   */
  labels?: {
    [k: string]: string;
  };
}
/**
 * Where an element stands in the diagram, in grid squares.
 */
export interface Placement {
  /**
   * To the right.
   */
  x: number;
  /**
   * Downwards.
   */
  y: number;
  /**
   * Clockwise, degrees.
   */
  rotation?: 0 | 90 | 180 | 270;
  /**
   * Of a busbar.
   */
  length?: number | null;
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
