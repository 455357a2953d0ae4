export { mount } from './mount';
export type { CircuitOptions } from './mount';
export { CIRCUIT_KIND, CIRCUIT_VERSION, circuitRules, circuitSchema } from './model';
export { pythonCode } from './python';
export type { FaultAnswer, FaultRequest, PowerFlowAnswer, StudyService } from './study';
