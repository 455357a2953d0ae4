/** Names that JupyterLab knows this extension by. */

export const PLUGIN = 'joulebook:plugin';
export const CELL_FACTORY = 'Cell Designer';
export const CELL_TYPE = 'joulebook-cell';
export const CELL_SUFFIX = '.cell.json';
export const CELL_KIND = 'joulebook.cell';
export const CIRCUIT_FACTORY = 'Circuit Designer';
export const CIRCUIT_TYPE = 'joulebook-circuit';
export const CIRCUIT_SUFFIX = '.circuit.json';
export const NETWORK_FACTORY = 'One-Line Designer';
export const CATEGORY = 'Joulebook';
export const KERNEL = 'joulebook-cpu';
export const GPU_KERNEL = 'joulebook-gpu';
export const PANEL = 'joulebook-workspace';
export const JOBS_PANEL = 'joulebook-jobs';

export const commands = {
  newCell: 'joulebook:new-cell',
  newCircuit: 'joulebook:new-circuit',
  newImpedance: 'joulebook:new-equivalent-circuit',
  openDesigner: 'joulebook:open-designer',
  openNetworks: 'joulebook:open-networks',
  saveNetworkAs: 'joulebook:save-network-as',
  openAsText: 'joulebook:open-as-text',
  openItem: 'joulebook:open-item',
  showInFiles: 'joulebook:show-in-files',
  openRun: 'joulebook:open-run',
  makeReport: 'joulebook:make-report',
  simulationReport: 'joulebook:simulation-report',
  cancelReport: 'joulebook:cancel-report',
  runOnHub: 'joulebook:run-on-hub',
  openTutorial: 'joulebook:open-tutorial',
  copyPython: 'joulebook:copy-python',
  startKernel: 'joulebook:start-kernel',
  gpuNotebook: 'joulebook:gpu-notebook',
  showWorkspace: 'joulebook:show-workspace',
  refreshWorkspace: 'joulebook:refresh-workspace'
} as const;
