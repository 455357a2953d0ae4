/** The hub's jobs in the Lab: panel, command, notices. Where there is no hub, nothing of it is shown. */

import type { ILabShell, ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import { Notification, showErrorMessage } from '@jupyterlab/apputils';
import type { FileBrowser } from '@jupyterlab/filebrowser';
import { CATEGORY, commands as ids } from '../names';
import type { HubJob, JobServer } from './answer';
import { JobFollower } from './follower';
import { askHub, offersFor } from './form';
import { JobsPanel } from './panel';

export interface JobParts {
  readonly app: JupyterFrontEnd;
  readonly server: JobServer;
  readonly labShell: ILabShell | null;
  readonly restorer: ILayoutRestorer | null;
  readonly palette: ICommandPalette | null;
  readonly browser: FileBrowser | null;
  /** What one more job costs, in words; empty where it is not known. */
  readonly cost: () => Promise<string>;
  /** Open a result. */
  readonly open: (path: string) => void;
}

export function addJobs(parts: JobParts): JobFollower {
  const { app, server, labShell, restorer, palette, browser, cost, open } = parts;
  const follower = new JobFollower(server);
  const here = (): boolean => follower.hub !== 'absent';
  let shown = false;

  app.commands.addCommand(ids.runOnHub, {
    label: args => (args['isPalette'] ? 'Run the File in Front on the Hub…' : 'Run on the Hub…'),
    caption: 'Run a report, a notebook or a sweep on the hub, also while this browser is closed',
    isVisible: here,
    isEnabled: here,
    execute: async args => {
      const path = args['fromFiles'] ? selected(browser) : named(args['path'], app, browser);
      if (path === null) {
        await showErrorMessage(
          'Nothing to run',
          'Select a design (.cell.json, .circuit.json), a notebook or a script in the file browser, or open one.'
        );
        return;
      }
      await runOnHub(path, follower, cost, () => labShell?.activateById(panel.id));
    }
  });

  const panel = new JobsPanel(follower, {
    run: () => void app.commands.execute(ids.runOnHub),
    open
  });
  follower.changed.connect(() => {
    if (!shown && here() && labShell) {
      shown = true;
      labShell.add(panel, 'left', { rank: 260, type: 'Joulebook' });
      restorer?.add(panel, panel.id);
      palette?.addItem({ command: ids.runOnHub, category: CATEGORY, args: { isPalette: true } });
      addContextMenu(app);
    }
  });
  follower.ended.connect((_, job) => {
    void browser?.model.refresh();
    tell(job, open, () => labShell?.activateById(panel.id));
  });
  return follower;
}

async function runOnHub(
  path: string,
  follower: JobFollower,
  cost: () => Promise<string>,
  reveal: () => void
): Promise<void> {
  try {
    const asked = await askHub(path, follower.settings, await cost());
    if (asked === null) {
      return;
    }
    const once = crypto.randomUUID(); // an answer that is lost makes no second job
    if (asked.scheduled) {
      await follower.makeSchedule(asked.wish, once);
    } else {
      await follower.submit(asked.wish, once);
    }
    reveal();
  } catch (error) {
    await showErrorMessage('The hub does not run it', error instanceof Error ? error.message : String(error));
  }
}

function addContextMenu(app: JupyterFrontEnd): void {
  const add = (selector: string, rank: number): void => {
    app.contextMenu.addItem({ selector, command: ids.runOnHub, rank, args: { fromFiles: true } });
  };
  add('.jp-DirListing-item[data-file-type="joulebook-cell"]', 52);
  add('.jp-DirListing-item[data-file-type="joulebook-circuit"]', 52);
  add('.jp-DirListing-item[data-file-type="notebook"]', 52);
  add('.jp-DirListing-item[data-file-type="python"]', 52);
}

function selected(browser: FileBrowser | null): string | null {
  const path = browser?.selectedItems().next().value?.path;
  return path !== undefined && offersFor(path).length > 0 ? path : null;
}

/** The file that was named, else the one in front, else the one that is selected. */
function named(path: unknown, app: JupyterFrontEnd, browser: FileBrowser | null): string | null {
  if (typeof path === 'string' && offersFor(path).length > 0) {
    return path;
  }
  const context = (app.shell.currentWidget as { context?: { path?: unknown } } | null)?.context;
  const front = context?.path;
  if (typeof front === 'string' && offersFor(front).length > 0) {
    return front;
  }
  return selected(browser);
}

function tell(job: HubJob, open: (path: string) => void, reveal: () => void): void {
  const look = { label: 'Look', callback: reveal };
  if (job.state === 'done') {
    const first = job.files.find(file => file.path.endsWith('.pdf')) ?? job.files[0];
    const result = first ? [{ label: 'Open', callback: () => open(first.path) }] : [];
    Notification.success(`${job.title} is done`, { autoClose: 8000, actions: [...result, look] });
  } else if (job.state === 'failed') {
    Notification.error(`${job.title} has failed: ${job.error}`, { autoClose: false, actions: [look] });
  }
}
