export { mount } from './mount';
export { cellRules, cellSchema } from './model';
export { cellFigures } from './figures';
export { pythonCode } from './python';
