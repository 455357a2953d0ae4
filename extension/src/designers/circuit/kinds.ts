/** The kinds of elements: their tables, how they are connected, and what a new one starts as. */

import type { JsonObject } from '../../core/document';

export type Table =
  | 'buses'
  | 'lines'
  | 'transformers'
  | 'three_winding_transformers'
  | 'generators'
  | 'external_grids'
  | 'loads'
  | 'shunts'
  | 'switches'
  | 'hvdc_lines'
  | 'converters'
  | 'motors'
  /** Notes on the drawing; they live in `diagram.labels`. */
  | 'labels';

export interface Kind {
  readonly table: Table;
  readonly title: string;
  readonly plural: string;
  /** Fields that name the buses, in the order of the symbol's terminals. */
  readonly ends: readonly string[];
  /** Values of a new element beside its buses; voltages follow from the bus. */
  start(voltage: number): JsonObject;
}

const kind = (
  table: Table,
  title: string,
  plural: string,
  ends: readonly string[],
  start: (voltage: number) => JsonObject
): Kind => ({ table, title, plural, ends, start });

/** In the order of the palette. Starts are plausible for the voltage and meant to be changed. */
export const KINDS: readonly Kind[] = [
  kind('buses', 'Busbar', 'Busbars', [], voltage => ({ nominal_voltage: voltage })),
  kind('lines', 'Line', 'Lines', ['from_bus', 'to_bus'], voltage => ({
    resistance: voltage > 60e3 ? 1.2 : 1.6,
    reactance: voltage > 60e3 ? 4 : 1.2,
    length: 10e3
  })),
  kind('transformers', 'Transformer', 'Transformers', ['from_bus', 'to_bus'], voltage => ({
    rated_power: voltage > 60e3 ? 40e6 : 630e3,
    resistance: 0.005,
    reactance: voltage > 60e3 ? 0.1 : 0.06
  })),
  kind(
    'three_winding_transformers',
    'Three-winding transformer',
    'Three-winding transformers',
    ['bus_1', 'bus_2', 'bus_3'],
    () => ({
      rated_power_1: 60e6,
      resistance_1: 0.002,
      reactance_1: 0.06,
      resistance_2: 0.002,
      reactance_2: 0.05,
      resistance_3: 0.002,
      reactance_3: 0.04
    })
  ),
  kind('external_grids', 'External grid', 'External grids', ['bus'], () => ({})),
  kind('generators', 'Generator', 'Generators', ['bus'], voltage => ({
    active_power: voltage > 60e3 ? 50e6 : 5e6
  })),
  kind('loads', 'Load', 'Loads', ['bus'], voltage => ({
    active_power: voltage > 60e3 ? 20e6 : 1e6,
    reactive_power: voltage > 60e3 ? 5e6 : 0.3e6
  })),
  kind('shunts', 'Shunt capacitor', 'Shunts', ['bus'], voltage => ({
    susceptance: Number(((voltage > 60e3 ? 10e6 : 1e6) / voltage ** 2).toPrecision(3))
  })),
  kind('converters', 'Converter', 'Converters', ['bus'], voltage => ({
    kind: 'photovoltaic',
    active_power: voltage > 60e3 ? 10e6 : 1e6
  })),
  kind('motors', 'Motor', 'Motors', ['bus'], voltage => ({
    rated_power: voltage > 60e3 ? 5e6 : 0.5e6,
    efficiency: 0.95,
    power_factor: 0.88
  })),
  kind('switches', 'Circuit breaker', 'Switches', ['bus', 'other_bus'], () => ({ kind: 'breaker' })),
  kind('hvdc_lines', 'HVDC link', 'HVDC links', ['from_bus', 'to_bus'], () => ({ active_power: 100e6 })),
  kind('labels', 'Note', 'Notes', [], () => ({ text: 'Note' }))
];

const BY_TABLE = new Map(KINDS.map(item => [item.table, item]));

export function kindOf(table: Table): Kind {
  return BY_TABLE.get(table) as Kind;
}

export function isTable(name: string): name is Table {
  return BY_TABLE.has(name as Table);
}

/** Key of an element: table and identifier, as the diagram's placements have it. */
export type Key = string;

export function keyOf(table: Table, id: string): Key {
  return `${table}/${id}`;
}

export function splitKey(key: Key): { readonly table: Table; readonly id: string } {
  const at = key.indexOf('/');
  return { table: key.slice(0, at) as Table, id: key.slice(at + 1) };
}

/** A thing in the palette: a kind with the values that tell it from its siblings. */
export interface PaletteItem {
  readonly id: string;
  readonly title: string;
  readonly table: Table;
  readonly group: string;
  /** More words to find it by. */
  readonly words: string;
  start(voltage: number): JsonObject;
}

const item = (
  id: string,
  title: string,
  table: Table,
  group: string,
  words: string,
  extra: (voltage: number) => JsonObject = () => ({})
): PaletteItem => ({
  id,
  title,
  table,
  group,
  words,
  start: voltage => ({ ...kindOf(table).start(voltage), ...extra(voltage) })
});

const reactor = (voltage: number): JsonObject => ({
  susceptance: -Number(((voltage > 60e3 ? 10e6 : 1e6) / voltage ** 2).toPrecision(3))
});

export const PALETTE: readonly PaletteItem[] = [
  item('bus', 'Busbar', 'buses', 'Network', 'node bus connection point'),
  item('line', 'Line', 'lines', 'Network', 'cable overhead branch'),
  item('transformer', 'Transformer', 'transformers', 'Network', 'two winding'),
  item('transformer3', 'Three-winding transformer', 'three_winding_transformers', 'Network', 'tertiary'),
  item('hvdc', 'HVDC link', 'hvdc_lines', 'Network', 'direct current dc line'),
  item('grid', 'External grid', 'external_grids', 'Sources', 'utility network feeder slack infinite bus'),
  item('generator', 'Generator', 'generators', 'Sources', 'synchronous machine'),
  item('photovoltaic', 'Photovoltaic', 'converters', 'Sources', 'pv solar inverter converter'),
  item('wind', 'Wind', 'converters', 'Sources', 'turbine converter', () => ({ kind: 'wind' })),
  item('battery', 'Battery', 'converters', 'Sources', 'storage bess converter', () => ({ kind: 'battery' })),
  item('statcom', 'STATCOM', 'converters', 'Sources', 'svc compensator converter', () => ({
    kind: 'statcom',
    active_power: 0,
    holds_voltage: true
  })),
  item('load', 'Load', 'loads', 'Consumers', 'demand'),
  item('motor', 'Motor', 'motors', 'Consumers', 'asynchronous induction machine'),
  item('capacitor', 'Capacitor', 'shunts', 'Consumers', 'shunt bank compensation'),
  item('reactor', 'Reactor', 'shunts', 'Consumers', 'shunt inductor coil', reactor),
  item('breaker', 'Circuit breaker', 'switches', 'Switches', 'switch'),
  item('disconnector', 'Disconnector', 'switches', 'Switches', 'isolator switch', () => ({
    kind: 'disconnector'
  })),
  item('load_break', 'Load-break switch', 'switches', 'Switches', '', () => ({ kind: 'load_break' })),
  item('fuse', 'Fuse', 'switches', 'Switches', 'protection', () => ({ kind: 'fuse' })),
  item('note', 'Note', 'labels', 'Drawing', 'label text comment annotation')
];

/** Items that every word of a text fits. */
export function found(text: string): readonly PaletteItem[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return PALETTE.filter(entry => {
    const all = `${entry.title} ${entry.group} ${entry.words}`.toLowerCase();
    return words.every(word => all.includes(word));
  });
}
