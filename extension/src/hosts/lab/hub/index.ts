/** The hub in the Lab: meter, waiting, notices. Outside a hub only the waiting of kernels for this machine's cards. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { KernelAPI } from '@jupyterlab/services';
import type { IStatusBar } from '@jupyterlab/statusbar';
import type { ISignal } from '@lumino/signaling';
import { GPU_KERNEL as GPU_SPEC } from '../names';
import type { HubServer } from './follower';
import { HubFollower } from './follower';
import { MeterItem } from './meter';
import { HubNotices } from './notices';
import { kernelName } from './words';

const GPU_KERNEL = /gpu/;

export function addHub(app: JupyterFrontEnd, server: HubServer, statusBar: IStatusBar | null): HubFollower {
  const follower = new HubFollower(server);
  const { kernels, sessions } = app.serviceManager;
  const pathOf = (kernel: string): string | undefined => {
    for (const session of sessions.running()) {
      if (session.kernel?.id === kernel) {
        return session.path;
      }
    }
    return undefined;
  };
  const shutDown = (kernel: string): void => {
    void kernels.shutdown(kernel).then(
      () => follower.look(),
      () => follower.look()
    );
  };
  new HubNotices(follower, kernel => kernelName(pathOf(kernel), kernel), {
    cancel: shutDown,
    restart: kernel =>
      void restart(app, kernel).then(
        () => follower.look(),
        () => follower.look()
      ),
    saveAll: () => void app.commands.execute('docmanager:save-all'),
    account: () => void window.open(follower.current?.meter?.account, '_blank', 'noopener')
  });
  statusBar?.registerStatusItem('joulebook:meter', {
    item: new MeterItem({ follower, pathOf, shutDown, hasCards: () => hasCards(app, follower) }),
    align: 'right',
    rank: 50,
    isActive: () => follower.current !== null && follower.current.meter !== null,
    activeStateChanged: follower.changed as ISignal<unknown, unknown> as ISignal<unknown, void>
  });
  let known = '';
  kernels.runningChanged.connect((_, running) => {
    const ids = running.filter(kernel => GPU_KERNEL.test(kernel.name)).map(kernel => kernel.id);
    const now = ids.sort().join();
    if (now !== known) {
      known = now;
      void follower.look();
    }
  });
  return follower;
}

/** Cards are there where a GPU kernel is offered, or was lent one. */
function hasCards(app: JupyterFrontEnd, follower: HubFollower): boolean {
  const specs = app.serviceManager.kernelspecs.specs?.kernelspecs ?? {};
  return GPU_SPEC in specs || (follower.current?.meter?.leases.length ?? 0) > 0;
}

function restart(app: JupyterFrontEnd, kernel: string): Promise<void> {
  return KernelAPI.restartKernel(kernel, app.serviceManager.serverSettings);
}
