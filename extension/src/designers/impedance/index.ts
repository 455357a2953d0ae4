export { mount } from './mount';
export type { ImpedanceOptions } from './mount';
export { IMPEDANCE_KIND, IMPEDANCE_VERSION, impedanceRules, impedanceSchema } from './model';
export { pythonCode } from './python';
