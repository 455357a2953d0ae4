/** Commands of the extension: what launcher, palette, menus, toolbar and side panel call. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { InputDialog, Notification, showErrorMessage } from '@jupyterlab/apputils';
import { FileDialog } from '@jupyterlab/filebrowser';
import type { FileBrowser } from '@jupyterlab/filebrowser';
import { copyIcon, stopIcon, textEditorIcon, notebookIcon } from '@jupyterlab/ui-components';
import { newCircuit, newNetwork } from './circuits';
import type { DesignDocument } from './document';
import { copyText } from './document';
import type { DesignTracker } from './designer';
import { cellIcon, circuitIcon, impedanceIcon, reportIcon, runIcon } from './icons';
import { startKernel } from './kernel';
import { CELL_KIND, CELL_SUFFIX, CIRCUIT_SUFFIX, commands as ids, PANEL } from './names';
import { addNetworkCommands } from './networkcommands';
import type { Conversions } from './networks';
import { runNotebook } from './notebooks';
import type { PreferenceStore } from './preferences';
import type { ReportFollower } from './reports';
import type { JoulebookServer } from './server';
import { askSimulation } from './simulation';
import type { WorkspaceModel } from './workspace';

export interface CommandParts {
  readonly app: JupyterFrontEnd;
  readonly server: JoulebookServer;
  readonly conversions: Conversions;
  readonly tracker: DesignTracker;
  readonly reports: ReportFollower;
  readonly workspace: WorkspaceModel;
  readonly preferences: PreferenceStore;
  readonly browser: FileBrowser | null;
}

type Args = Readonly<Record<string, unknown>>;

export function addCommands(parts: CommandParts): void {
  addFileCommands(parts);
  addNetworkCommands(parts);
  addDesignerCommands(parts);
  addReportCommands(parts);
  addWorkspaceCommands(parts);
}

/** Run; show what went wrong as a dialog with that title. */
export async function attempt(title: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await showErrorMessage(title, error instanceof Error ? error.message : String(error));
  }
}

function textArg(args: Args, name: string): string {
  const value = args[name];
  return typeof value === 'string' ? value : '';
}

/** The designer that a command is about: the one whose toolbar was pressed, else the one in front. */
export function current({ app, tracker }: CommandParts, args: Args): DesignDocument | null {
  const named = textArg(args, 'widget');
  if (named !== '') {
    return tracker.find(widget => widget.id === named) ?? null;
  }
  const { currentWidget } = tracker;
  return currentWidget !== null && app.shell.currentWidget === currentWidget ? currentWidget : null;
}

function folderOf(parts: CommandParts, args: Args): string {
  return textArg(args, 'cwd') || parts.browser?.model.path || '';
}

function addFileCommands(parts: CommandParts): void {
  const { app, server, workspace, browser } = parts;
  const open = (path: string): Promise<unknown> => app.commands.execute('docmanager:open', { path });
  app.commands.addCommand(ids.newCell, {
    label: args => (args['isPalette'] ? 'New Cell from LG M50' : 'New Cell'),
    caption: 'A new .cell.json document that starts as the LG M50 cell (Chen et al. 2020)',
    icon: args => (args['isPalette'] ? undefined : cellIcon),
    execute: args =>
      attempt('The cell could not be made', async () => {
        const starters =
          workspace.starters.cells.length > 0 ? workspace.starters : await workspace.loadStarters();
        const [first] = starters.cells;
        if (!first) {
          throw new Error('This installation has no example cells. Install Joulebook again');
        }
        const folder = folderOf(parts, args);
        await open(await server.copyStarter('cell', textArg(args, 'name') || first.name, folder));
        void browser?.model.refresh();
        workspace.touch();
      })
  });
  app.commands.addCommand(ids.newCircuit, {
    label: args => (args['isPalette'] ? 'New Power Network' : 'New Network'),
    caption: 'A new .circuit.json document with a supply, a line and a load to go on from',
    icon: args => (args['isPalette'] ? undefined : circuitIcon),
    execute: args =>
      attempt('The network could not be made', async () => {
        await open(await newNetwork(app.serviceManager.contents, folderOf(parts, args)));
        void browser?.model.refresh();
        workspace.touch();
      })
  });
  app.commands.addCommand(ids.newImpedance, {
    label: args => (args['isPalette'] ? 'New Equivalent Circuit' : 'Equivalent Circuit'),
    caption: 'A new .circuit.json document for impedance: resistors, capacitors, CPE, Warburg',
    icon: args => (args['isPalette'] ? undefined : impedanceIcon),
    execute: args =>
      attempt('The circuit could not be made', async () => {
        await open(await newCircuit(app.serviceManager.contents, folderOf(parts, args)));
        void browser?.model.refresh();
        workspace.touch();
      })
  });
  app.commands.addCommand(ids.openTutorial, {
    label: args => textArg(args, 'title') || 'Open Tutorial…',
    caption: 'Copy a tutorial notebook into this folder and open it',
    icon: args => (args['isPalette'] ? undefined : notebookIcon),
    execute: args =>
      attempt('The tutorial could not be opened', async () => {
        const name = textArg(args, 'name') || (await chooseTutorial(parts));
        if (name !== null) {
          await open(await server.copyStarter('tutorial', name, folderOf(parts, args)));
          void browser?.model.refresh();
        }
      })
  });
  app.commands.addCommand(ids.openDesigner, {
    label: 'Open Designer…',
    caption: 'Choose a .cell.json or .circuit.json document and open it in its designer',
    isEnabled: () => browser !== null,
    execute: () => attempt('The designer could not be opened', () => chooseDesign(parts))
  });
  app.commands.addCommand(ids.openItem, {
    label: 'Open',
    execute: args =>
      attempt('The file could not be opened', () => open(textArg(args, 'path') || itemPath(parts)))
  });
  app.commands.addCommand(ids.openRun, {
    label: 'Plot in a Notebook',
    caption: 'A notebook beside this run that loads and plots it',
    icon: runIcon,
    execute: args =>
      attempt('The run could not be opened', () =>
        runNotebook(app.serviceManager.contents, textArg(args, 'path') || itemPath(parts)).then(open)
      )
  });
  app.commands.addCommand(ids.showInFiles, {
    label: 'Show in File Browser',
    execute: args =>
      app.commands.execute('filebrowser:go-to-path', {
        path: textArg(args, 'path') || itemPath(parts),
        dontShowBrowser: false
      })
  });
}

/** Path of the panel's item that was clicked with the right button. */
export function itemPath({ app }: CommandParts): string {
  const node = app.contextMenuHitTest(element => element.dataset['path'] !== undefined);
  return node?.dataset['path'] ?? '';
}

async function chooseTutorial({ workspace }: CommandParts): Promise<string | null> {
  const { tutorials } = await workspace.loadStarters();
  if (tutorials.length <= 1) {
    if (tutorials[0] === undefined) {
      throw new Error('This installation has no tutorials. Install Joulebook again');
    }
    return tutorials[0].name;
  }
  const chosen = await InputDialog.getItem({
    title: 'Open a tutorial',
    items: tutorials.map(item => item.title)
  });
  return tutorials.find(item => item.title === chosen.value)?.name ?? null;
}

async function chooseDesign({ app, browser }: CommandParts): Promise<void> {
  if (browser === null) {
    return;
  }
  const chosen = await FileDialog.getOpenFiles({
    manager: browser.model.manager,
    title: 'Open a design',
    filter: model =>
      model.type === 'directory' || [CELL_SUFFIX, CIRCUIT_SUFFIX].some(suffix => model.name.endsWith(suffix))
        ? {}
        : null
  });
  for (const model of chosen.value ?? []) {
    if (model.type !== 'directory') {
      await app.commands.execute('docmanager:open', { path: model.path });
    }
  }
}

function addDesignerCommands(parts: CommandParts): void {
  const { app, tracker } = parts;
  const isEnabled = (args: Args): boolean => current(parts, args) !== null;
  app.commands.addCommand(ids.copyPython, {
    label: args => (args['toolbar'] ? '' : 'Copy Design as Python'),
    caption: 'Copy the Python that makes this design',
    icon: args => (args['isPalette'] ? undefined : copyIcon),
    isEnabled,
    execute: async args => {
      const content = current(parts, args)?.content;
      if (content?.design) {
        await copyText(content.parts.python(content.design));
        Notification.success(`Copied the Python that makes this ${content.parts.noun}`, { autoClose: 3000 });
      } else {
        Notification.warning('This document cannot be read, so there is no Python for it yet', {
          autoClose: 6000
        });
      }
    }
  });
  app.commands.addCommand(ids.openAsText, {
    label: args => (args['toolbar'] ? '' : 'Open Design as Text'),
    caption: 'Open this document in the text editor beside the designer',
    icon: args => (args['isPalette'] ? undefined : textEditorIcon),
    isEnabled,
    execute: args => {
      const path = current(parts, args)?.context.path;
      return path === undefined
        ? undefined
        : app.commands.execute('docmanager:open', {
            path,
            factory: 'Editor',
            options: { mode: 'split-right' }
          });
    }
  });
  const kernelIsOff = (args: Args): boolean => {
    const session = current(parts, args)?.context.sessionContext;
    return session !== undefined && session.isReady && !session.session?.kernel;
  };
  app.commands.addCommand(ids.startKernel, {
    label: args => (args['toolbar'] ? 'Start kernel' : 'Start Kernel of This Design'),
    caption: 'Start a kernel for the curves and studies of this designer',
    isVisible: args => !args['toolbar'] || kernelIsOff(args),
    isEnabled: kernelIsOff,
    execute: args =>
      attempt('The kernel could not be started', async () => {
        const session = current(parts, args)?.context.sessionContext;
        if (session) {
          await startKernel(session);
        }
      })
  });
  const changed = (): void => app.commands.notifyCommandChanged();
  tracker.currentChanged.connect(changed);
  app.shell.currentChanged?.connect(changed);
  tracker.widgetAdded.connect((_, widget) => {
    widget.context.sessionContext.kernelChanged.connect(() =>
      app.commands.notifyCommandChanged(ids.startKernel)
    );
    void widget.context.sessionContext.ready.then(() => app.commands.notifyCommandChanged(ids.startKernel));
  });
}

function addReportCommands(parts: CommandParts): void {
  const { app, reports, preferences } = parts;
  app.commands.addCommand(ids.makeReport, {
    label: args =>
      args['toolbar']
        ? 'Make report'
        : args['fromPanel'] || args['fromFiles']
          ? 'Make Report'
          : 'Make Report of This Cell',
    caption: 'A PDF and an HTML page with curves, figures and the source of every value, beside the document',
    icon: args => (args['isPalette'] ? undefined : reportIcon),
    isEnabled: args => mayReport(parts, args),
    execute: args =>
      attempt('The report could not be started', async () => {
        const path = await reportedPath(parts, args);
        await reports.start(app.serviceManager.contents.localPath(path), {
          kind: 'cell',
          rates: preferences.current.reportRates
        });
      })
  });
  app.commands.addCommand(ids.simulationReport, {
    label: args =>
      args['fromPanel'] || args['fromFiles']
        ? 'Make Simulation Report…'
        : 'Make Simulation Report of This Cell…',
    caption: 'A PDF and an HTML page of one study of this cell: protocol, curves, heat, profiles and method',
    icon: args => (args['isPalette'] ? undefined : reportIcon),
    isEnabled: args => mayReport(parts, args),
    execute: args =>
      attempt('The report could not be started', async () => {
        const path = await reportedPath(parts, args);
        const order = await askSimulation(path.slice(path.lastIndexOf('/') + 1));
        if (order) {
          await reports.start(app.serviceManager.contents.localPath(path), order);
        }
      })
  });
  app.commands.addCommand(ids.cancelReport, {
    label: 'Cancel Report',
    caption: 'Cancel the report that is being made',
    icon: args => (args['isPalette'] ? undefined : stopIcon),
    isEnabled: () => reports.unfinished.length > 0,
    execute: args =>
      attempt('The report could not be cancelled', async () => {
        const id = textArg(args, 'id') || reports.unfinished[0]?.id;
        if (id) {
          await reports.cancel(id);
        }
      })
  });
  reports.changed.connect(() => app.commands.notifyCommandChanged(ids.cancelReport));
}

function mayReport(parts: CommandParts, args: Args): boolean {
  const kind = current(parts, args)?.content.parts.kind;
  return args['fromPanel'] === true || args['fromFiles'] === true || kind === CELL_KIND;
}

/** Path of the document that a report is to be made of: clicked in the panel or the file browser, or in front. */
async function reportedPath(parts: CommandParts, args: Args): Promise<string> {
  if (args['fromPanel']) {
    return itemPath(parts);
  }
  if (!args['fromFiles']) {
    return savedPath(parts, args);
  }
  const chosen = parts.browser?.selectedItems().next();
  if (!chosen || chosen.done) {
    throw new Error('Select a .cell.json document in the file browser first');
  }
  return chosen.value.path;
}

/** Path of the designer, its changes saved: a report is made of the file. */
async function savedPath(parts: CommandParts, args: Args): Promise<string> {
  const widget = current(parts, args);
  if (widget === null || widget.content.parts.kind !== CELL_KIND) {
    throw new Error('Open a cell in the designer first');
  }
  if (widget.content.design === null) {
    throw new Error('This document cannot be read as a cell. Mend it first; the designer says what is wrong');
  }
  if (widget.context.model.dirty) {
    await widget.context.save();
  }
  return widget.context.path;
}

function addWorkspaceCommands({ app, workspace }: CommandParts): void {
  app.commands.addCommand(ids.showWorkspace, {
    label: 'Show Joulebook Workspace',
    caption: 'Designs, runs and reports of this workspace',
    execute: () => app.shell.activateById(PANEL)
  });
  app.commands.addCommand(ids.refreshWorkspace, {
    label: 'Refresh Joulebook Workspace',
    execute: () => workspace.refresh()
  });
}
