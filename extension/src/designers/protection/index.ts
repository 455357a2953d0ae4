/** The protection designer. */

export { mount } from './mount';
export type { ProtectionState, ProtectionStore } from './store';
