/** The JupyterLab extension: one plugin that puts the parts together. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILabShell, ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette, ISessionContextDialogs, SessionContextDialogs } from '@jupyterlab/apputils';
import type { FileBrowser } from '@jupyterlab/filebrowser';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import type { CommandParts } from './commands';
import { addCommands } from './commands';
import type { DesignTracker } from './designer';
import { registerDesigners } from './designer';
import { addHub } from './hub';
import { jobCostText } from './hub/words';
import { addGpuNotebook, offerGpuNotebook } from './hub/gpu';
import { addJobs } from './jobs';
import {
  CATEGORY,
  CELL_SUFFIX,
  CELL_TYPE,
  CIRCUIT_SUFFIX,
  CIRCUIT_TYPE,
  commands as ids,
  PLUGIN
} from './names';
import { registerImports } from './importpage';
import { conversionsBy } from './networks';
import { ReportNotices } from './notices';
import { WorkspacePanel } from './panel';
import { PreferenceStore } from './preferences';
import { ReportFollower } from './reports';
import { HttpServer } from './server';
import { StatusItem } from './status';
import type { KernelState } from './words';
import { WorkspaceModel } from './workspace';

const plugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN,
  description: 'Designers for cells, the Joulebook workspace, and reports.',
  autoStart: true,
  optional: [
    ILabShell,
    ILayoutRestorer,
    ICommandPalette,
    ILauncher,
    ISettingRegistry,
    IStatusBar,
    IDefaultFileBrowser,
    ISessionContextDialogs
  ],
  activate
};

function activate(
  app: JupyterFrontEnd,
  labShell: ILabShell | null,
  restorer: ILayoutRestorer | null,
  palette: ICommandPalette | null,
  launcher: ILauncher | null,
  registry: ISettingRegistry | null,
  statusBar: IStatusBar | null,
  browser: FileBrowser | null,
  dialogs: ISessionContextDialogs | null
): void {
  const server = new HttpServer(app.serviceManager.serverSettings);
  const preferences = new PreferenceStore(registry);
  const reports = new ReportFollower(server);
  const workspace = new WorkspaceModel(server);
  const tracker = registerDesigners(app, preferences, dialogs ?? new SessionContextDialogs(), restorer);
  const conversions = conversionsBy(server);
  registerImports(app, conversions);
  addCommands({
    app,
    server,
    conversions,
    tracker,
    reports,
    workspace,
    preferences,
    browser
  } satisfies CommandParts);
  addContextMenu(app);
  if (palette) {
    addToPalette(palette);
  }
  if (labShell) {
    const panel = new WorkspacePanel(workspace, reports, app.commands);
    labShell.add(panel, 'left', { rank: 250, type: 'Joulebook' });
    restorer?.add(panel, panel.id);
  }
  if (statusBar) {
    addStatusItem(app, statusBar, reports, tracker);
  }
  followReports(app, reports, workspace, preferences, browser);
  const hub = addHub(app, server, statusBar);
  addGpuNotebook(app, server, hub, browser);
  const open = (path: string): void => void openFresh(app, browser, path);
  const cost = async (): Promise<string> => {
    await hub.look();
    return jobCostText(hub.current?.meter ?? null);
  };
  const jobs = addJobs({ app, server, labShell, restorer, palette, browser, cost, open });
  app.serviceManager.contents.fileChanged.connect(() => workspace.touch());
  // what the server must answer waits until the Lab is on the screen, and a failure shows where it is used
  void app.restored.then(async () => {
    await Promise.allSettled([
      reports.resume(),
      Promise.all([hub.look(), app.serviceManager.kernelspecs.ready]).then(
        () => launcher && offerGpuNotebook(app, launcher, hub)
      ),
      jobs.start(),
      workspace.loadStarters().then(() => launcher && addToLauncher(launcher, workspace))
    ]);
  });
}

function addToPalette(palette: ICommandPalette): void {
  const listed = [
    ids.newCell,
    ids.newCircuit,
    ids.newImpedance,
    ids.openDesigner,
    ids.openNetworks,
    ids.saveNetworkAs,
    ids.makeReport,
    ids.simulationReport,
    ids.cancelReport,
    ids.openTutorial,
    ids.copyPython,
    ids.openAsText,
    ids.startKernel,
    ids.gpuNotebook,
    ids.showWorkspace,
    ids.refreshWorkspace
  ];
  listed.forEach(command => palette.addItem({ command, category: CATEGORY, args: { isPalette: true } }));
}

function addToLauncher(launcher: ILauncher, workspace: WorkspaceModel): void {
  const { cells, tutorials } = workspace.starters;
  launcher.add({ command: ids.newCircuit, category: CATEGORY, rank: 2 });
  launcher.add({ command: ids.newImpedance, category: CATEGORY, rank: 3 });
  if (cells.length > 0) {
    launcher.add({ command: ids.newCell, category: CATEGORY, rank: 1 });
  }
  tutorials.forEach(({ name, title }, index) =>
    launcher.add({
      command: ids.openTutorial,
      category: CATEGORY,
      rank: 10 + index,
      args: { name, title: `Tutorial: ${title}` }
    })
  );
}

function addContextMenu(app: JupyterFrontEnd): void {
  const item = (selector: string, command: string, rank: number, from = 'fromPanel'): void => {
    app.contextMenu.addItem({ selector, command, rank, args: { [from]: true } });
  };
  const file = `.jp-DirListing-item[data-file-type="${CELL_TYPE}"]`;
  item('.jb-Item[data-kind="design"]', ids.openItem, 1);
  item('.jb-Item[data-kind="report"]', ids.openItem, 1);
  item('.jb-Item[data-kind="run"]', ids.openRun, 1);
  item(`.jb-Item[data-suffix="${CELL_SUFFIX}"]`, ids.makeReport, 2);
  item(`.jb-Item[data-suffix="${CELL_SUFFIX}"]`, ids.simulationReport, 3);
  item('.jb-Item', ids.showInFiles, 4);
  item('.jp-DirListing-item[data-isdir="false"]', ids.openNetworks, 3, 'fromFiles');
  item(`.jp-DirListing-item[data-file-type="${CIRCUIT_TYPE}"]`, ids.saveNetworkAs, 50, 'fromFiles');
  item(`.jb-Item[data-suffix="${CIRCUIT_SUFFIX}"]`, ids.saveNetworkAs, 2);
  item(file, ids.makeReport, 50, 'fromFiles');
  item(file, ids.simulationReport, 51, 'fromFiles');
}

function addStatusItem(
  app: JupyterFrontEnd,
  statusBar: IStatusBar,
  reports: ReportFollower,
  tracker: DesignTracker
): void {
  const kernel = (): KernelState | null => {
    const widget = tracker.currentWidget;
    if (widget === null || app.shell.currentWidget !== widget) {
      return null;
    }
    const session = widget.context.sessionContext;
    return session.session?.kernel
      ? { name: session.kernelDisplayName, status: session.kernelDisplayStatus }
      : { name: '', status: '' };
  };
  const item = new StatusItem(reports, kernel, () => void app.commands.execute(ids.showWorkspace));
  const changed = (): void => item.kernelChanged.emit();
  app.shell.currentChanged?.connect(changed);
  tracker.widgetAdded.connect((_, widget) => {
    widget.context.sessionContext.statusChanged.connect(changed);
    widget.context.sessionContext.kernelChanged.connect(changed);
  });
  statusBar.registerStatusItem('joulebook:status', { item, align: 'left', rank: 20 });
}

function followReports(
  app: JupyterFrontEnd,
  reports: ReportFollower,
  workspace: WorkspaceModel,
  preferences: PreferenceStore,
  browser: FileBrowser | null
): void {
  const open = (path: string): void => void openFresh(app, browser, path);
  const cancel = (id: string): void => void app.commands.execute(ids.cancelReport, { id });
  new ReportNotices(reports, { open, cancel });
  reports.ended.connect((_, job) => {
    void workspace.refresh();
    void browser?.model.refresh();
    const which = preferences.current.openReport;
    const path = which === 'no' ? null : job[which];
    if (job.state === 'done' && path !== null) {
      void openFresh(app, browser, path);
    }
  });
}

/** Open a file beside what is in front; a tab that shows its older content is brought up to date. */
async function openFresh(app: JupyterFrontEnd, browser: FileBrowser | null, path: string): Promise<void> {
  const open = browser?.model.manager.findWidget(path);
  if (open) {
    await open.context.revert();
    app.shell.activateById(open.id);
  } else {
    await app.commands.execute('docmanager:open', { path, options: { mode: 'split-right' } });
  }
}

export default plugin;
