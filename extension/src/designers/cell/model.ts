/** The schema of a cell, the rules between its values, and its parts as the view shows them. */

import type { JsonObject, Path } from '../../core/document';
import { valueAt } from '../../core/document';
import { formatG } from '../../core/numbers';
import { Schema } from '../../core/schema';
import type { CrossRule, Fault } from '../../core/validation';
import { fault, numbersAt } from '../../core/validation';
import schemaJson from '../../generated/cell.schema.json';
import { material, materialNames } from './catalogue';

export const cellSchema = new Schema(schemaJson as unknown as JsonObject);

const volumeIsShared: CrossRule = document =>
  ['negative', 'positive'].flatMap(side => {
    const found = numbersAt(document, [side, 'porosity'], [side, 'active_fraction']);
    const [porosity = 0, active = 0] = found ?? [];
    if (porosity + active <= 1 + 1e-9) {
      return [];
    }
    const rule = `with active_fraction = ${formatG(active)} gives ${formatG(porosity + active)}; together at most 1`;
    const hint = `Try porosity ≤ ${formatG(1 - active, 4)} or active_fraction ≤ ${formatG(1 - porosity, 4)}`;
    return [fault([side, 'porosity'], porosity, rule, hint)];
  });

const windowIsOpen: CrossRule = document => {
  const [lower = 0, upper = 1] = numbersAt(document, ['lower_cutoff'], ['upper_cutoff']) ?? [];
  return lower < upper
    ? []
    : [
        fault(
          ['lower_cutoff'],
          lower,
          `must be below upper_cutoff = ${formatG(upper)} V`,
          'Swap them, or lower this one',
          'V'
        )
      ];
};

const MATERIAL_PLACES: readonly (readonly [string, string])[] = [
  ['negative', 'active'],
  ['positive', 'active'],
  ['separator', 'film'],
  ['electrolyte', 'electrolyte'],
  ['negative_collector', 'metal'],
  ['positive_collector', 'metal']
];

const materialsAreKnown: CrossRule = document =>
  MATERIAL_PLACES.flatMap(([part, kind]): readonly Fault[] => {
    const name = valueAt(document, [part, 'material']);
    return typeof name !== 'string' || material(kind, name)
      ? []
      : [
          fault(
            [part, 'material'],
            name,
            `not in the library of ${kind} materials`,
            `Known: ${materialNames(kind).join(', ')}`
          )
        ];
  });

export const cellRules: readonly CrossRule[] = [volumeIsShared, windowIsOpen, materialsAreKnown];

export interface CellPart {
  readonly id: string;
  readonly title: string;
  /** For the row of tabs. */
  readonly short: string;
  /** Groups whose values the form shows, each with an optional heading. */
  readonly groups: readonly {
    readonly heading: string;
    readonly path: Path;
    readonly names?: readonly string[];
  }[];
  /** Kind of material of the library that the part is made of. */
  readonly materials: string;
  /** Whether the part is a layer of the stack, with a thickness. */
  readonly layer: boolean;
}

const layer = (id: string, title: string, short: string, materials: string): CellPart => ({
  id,
  title,
  short,
  groups: [{ heading: '', path: [id] }],
  materials,
  layer: true
});

/** In the order of the stack, then what has no place in it. */
export const CELL_PARTS: readonly CellPart[] = [
  layer('negative_collector', 'Negative collector', '− foil', 'metal'),
  layer('negative', 'Negative electrode', 'Negative', 'active'),
  layer('separator', 'Separator', 'Separator', 'film'),
  layer('positive', 'Positive electrode', 'Positive', 'active'),
  layer('positive_collector', 'Positive collector', '+ foil', 'metal'),
  {
    id: 'electrolyte',
    title: 'Electrolyte',
    short: 'Electrolyte',
    groups: [{ heading: '', path: ['electrolyte'] }],
    materials: 'electrolyte',
    layer: false
  },
  {
    id: 'format',
    title: 'Housing and electrode area',
    short: 'Housing',
    groups: [
      { heading: 'Housing', path: ['format'] },
      {
        heading: 'Coated area',
        path: [],
        names: ['electrode_height', 'electrode_width', 'electrodes_in_parallel']
      },
      { heading: 'Current tabs', path: ['tabs'] }
    ],
    materials: '',
    layer: false
  },
  {
    id: 'cell',
    title: 'Cell',
    short: 'Cell',
    groups: [
      { heading: '', path: [], names: ['name', 'description'] },
      {
        heading: 'Operation',
        path: [],
        names: ['nominal_capacity', 'lower_cutoff', 'upper_cutoff', 'temperature', 'contact_resistance']
      },
      { heading: 'State at the start', path: ['initial_state'] }
    ],
    materials: '',
    layer: false
  }
];

export function partOf(id: string): CellPart {
  return CELL_PARTS.find(part => part.id === id) ?? (CELL_PARTS[1] as CellPart);
}

/** Part whose form shows a value, so that a fault can be followed to its field. */
export function partOfPath(path: Path): string {
  const [first = ''] = path;
  if (CELL_PARTS.some(part => part.id === first)) {
    return first;
  }
  const housing = ['tabs', 'electrode_height', 'electrode_width', 'electrodes_in_parallel'];
  return housing.includes(first) ? 'format' : 'cell';
}

const LABELS: Readonly<Record<string, string>> = {
  bruggeman_electrolyte: 'Bruggeman, pores',
  bruggeman_electrode: 'Bruggeman, solid',
  active_fraction: 'Active fraction',
  maximum_concentration: 'Max. concentration',
  diffusivity: 'Solid diffusivity',
  density: 'Dry density',
  concentration: 'Salt concentration',
  electrode_height: 'Height',
  electrode_width: 'Width, unwound',
  lower_cutoff: 'Lower cut-off',
  upper_cutoff: 'Upper cut-off',
  case_mass: 'Mass of the case',
  negative_concentration: 'Lithium in the negative electrode',
  positive_concentration: 'Lithium in the positive electrode',
  charge_transfer_coefficient: 'Charge-transfer coefficient',
  transference_number: 'Transference number',
  thermodynamic_factor: 'Thermodynamic factor',
  rate_constant: 'Rate constant'
};

/** Words for a name of the schema. */
export function label(name: string, title = ''): string {
  const plain = title || name.replace(/_/g, ' ');
  return LABELS[name] ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** A value and where it sits, for undo labels and faults: "Negative electrode, thickness". */
export function pathLabel(path: Path): string {
  const name = path[path.length - 1] ?? '';
  const part = CELL_PARTS.find(item => item.id === path[0]);
  const words = label(name).toLowerCase();
  return part && path.length > 1 ? `${part.title}, ${words}` : label(name);
}
