/** Notebooks that the extension writes for a person. */

import type { Contents } from '@jupyterlab/services';
import { KERNEL } from './names';

/** A notebook beside a run that loads and plots it; gives its path. One that is there already is kept. */
export async function runNotebook(contents: Contents.IManager, run: string): Promise<string> {
  const folder = run.slice(0, Math.max(run.lastIndexOf('/'), 0));
  const name = run.slice(run.lastIndexOf('/') + 1);
  const path = run.replace(/\.nc$/, '.ipynb');
  const listed = (await contents.get(folder)).content as readonly Contents.IModel[];
  if (!listed.some(model => model.path === path)) {
    await contents.save(path, { type: 'notebook', format: 'json', content: notebookOf(name) });
  }
  return path;
}

/** A notebook in Joulebook's kernel with the cells that show a run. */
export function notebookOf(run: string): object {
  const load = `%load_ext joulebook\nimport joulebook as jb\n\nrun = jb.battery.BatteryResult.load(${JSON.stringify(run)})\nrun`;
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: KERNEL, display_name: 'Joulebook (CPU)', language: 'python' } },
    cells: [code('load', load), code('plot', 'run.plot()')]
  };
}

function code(id: string, source: string): object {
  return { cell_type: 'code', id, metadata: {}, source, outputs: [], execution_count: null };
}
