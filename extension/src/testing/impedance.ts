/** Equivalent circuits for tests. */

import type { JsonObject } from '../core/document';

export const RANDLES: JsonObject = {
  kind: 'equivalent_circuit',
  schema_version: 1,
  name: 'Electrode',
  code: 'R_s-p(R_ct-W1,C_dl)',
  elements: {
    R_s: { kind: 'R', resistance: 10 },
    R_ct: { kind: 'R', resistance: 100 },
    W1: { kind: 'W', coefficient: 20 },
    C_dl: { kind: 'C', capacitance: 2e-5 }
  }
};
