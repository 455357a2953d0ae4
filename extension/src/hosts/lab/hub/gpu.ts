/** A notebook with a GPU: what it may cost is said before it starts. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, showDialog, showErrorMessage } from '@jupyterlab/apputils';
import type { FileBrowser } from '@jupyterlab/filebrowser';
import type { ILauncher } from '@jupyterlab/launcher';
import { notebookIcon } from '@jupyterlab/ui-components';
import { CATEGORY, commands as ids, GPU_KERNEL } from '../names';
import type { Cost } from './answer';
import type { HubFollower } from './follower';
import { costText, projectOf } from './words';

export interface CostServer {
  cost(project: string): Promise<Cost | null>;
}

export function addGpuNotebook(
  app: JupyterFrontEnd,
  server: CostServer,
  follower: HubFollower,
  browser: FileBrowser | null
): void {
  const hasKernel = (): boolean =>
    app.serviceManager.kernelspecs.specs?.kernelspecs[GPU_KERNEL] !== undefined;
  app.commands.addCommand(ids.gpuNotebook, {
    label: args => (args['isPalette'] ? 'New GPU Notebook…' : 'GPU notebook…'),
    caption: 'Say what a notebook with a GPU may cost, and start one',
    icon: args => (args['isPalette'] ? undefined : notebookIcon),
    isEnabled: () => follower.current?.hub === 'here' && hasKernel(),
    execute: async args => {
      const cwd = typeof args['cwd'] === 'string' ? args['cwd'] : (browser?.model.path ?? '');
      try {
        const cost = await server.cost(projectOf(cwd));
        const answer = await showDialog({
          title: 'Start a notebook with a GPU?',
          body: costText(cost),
          buttons: [Dialog.cancelButton(), Dialog.okButton({ label: 'Start' })]
        });
        if (answer.button.accept) {
          await app.commands.execute('notebook:create-new', { cwd, kernelName: GPU_KERNEL });
        }
      } catch (error) {
        await showErrorMessage(
          'The notebook could not be started',
          error instanceof Error ? error.message : String(error)
        );
      }
    }
  });
}

/** Offer it where there is a hub that lends. */
export function offerGpuNotebook(app: JupyterFrontEnd, launcher: ILauncher, follower: HubFollower): void {
  if (follower.current?.hub === 'here' && app.commands.isEnabled(ids.gpuNotebook)) {
    launcher.add({ command: ids.gpuNotebook, category: CATEGORY, rank: 3 });
  }
}
