/** Cell documents in JupyterLab: file type, document factory, toolbar, tracker. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ILayoutRestorer } from '@jupyterlab/application';
import type { ISessionContextDialogs } from '@jupyterlab/apputils';
import { Toolbar, WidgetTracker } from '@jupyterlab/apputils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { CommandToolbarButton } from '@jupyterlab/ui-components';
import type { Widget } from '@lumino/widgets';
import { mount } from '../../designers/cell';
import { undrawable } from './checks';
import type { CellDocument } from './document';
import { CellDocumentFactory } from './document';
import { cellIcon } from './icons';
import { KernelPreview } from './kernel';
import { CELL_SUFFIX, commands as ids, FACTORY, FILE_TYPE } from './names';
import type { PreferenceStore } from './preferences';

export type CellTracker = WidgetTracker<CellDocument>;

/** Register file type and factory; the tracker knows every open designer. */
export function registerDesigner(
  app: JupyterFrontEnd,
  preferences: PreferenceStore,
  dialogs: ISessionContextDialogs,
  restorer: ILayoutRestorer | null
): CellTracker {
  const { docRegistry, commands } = app;
  const tracker: CellTracker = new WidgetTracker({ namespace: 'joulebook-cell' });
  docRegistry.addFileType({
    name: FILE_TYPE,
    displayName: 'Battery cell',
    extensions: [CELL_SUFFIX],
    mimeTypes: ['application/json'],
    contentType: 'file',
    fileFormat: 'text',
    icon: cellIcon
  });
  const factory = new CellDocumentFactory(
    {
      name: FACTORY,
      label: FACTORY,
      modelName: 'text',
      fileTypes: [FILE_TYPE],
      defaultFor: [FILE_TYPE],
      canStartKernel: true,
      preferKernel: false,
      shutdownOnClose: true,
      toolbarFactory: widget => toolbar(app, widget, dialogs)
    },
    {
      mount,
      check: undrawable,
      start: async () => {
        await preferences.ready;
        const { previewRates: rates, previewModel: model, previewAxis: axis } = preferences.current;
        return { rates, model, axis };
      },
      preview: session => new KernelPreview(session, () => preferences.current.startKernel),
      openAsText: path =>
        void commands.execute('docmanager:open', {
          path,
          factory: 'Editor',
          options: { mode: 'split-right' }
        })
    }
  );
  factory.widgetCreated.connect((_, widget) => {
    void tracker.add(widget);
    widget.context.pathChanged.connect(() => void tracker.save(widget));
  });
  docRegistry.addWidgetFactory(factory);
  if (restorer) {
    void restorer.restore(tracker, {
      command: 'docmanager:open',
      args: widget => ({ path: widget.context.path, factory: FACTORY }),
      name: widget => widget.context.path
    });
  }
  return tracker;
}

function toolbar(
  app: JupyterFrontEnd,
  widget: CellDocument,
  dialogs: ISessionContextDialogs
): DocumentRegistry.IToolbarItem[] {
  const { commands } = app;
  const session = widget.context.sessionContext;
  const button = (id: string): Widget =>
    new CommandToolbarButton({ commands, id, args: { toolbar: true, widget: widget.id } });
  return [
    { name: 'report', widget: button(ids.makeReport) },
    { name: 'text', widget: button(ids.openAsText) },
    { name: 'spacer', widget: Toolbar.createSpacerItem() },
    { name: 'start', widget: button(ids.startKernel) },
    { name: 'interrupt', widget: Toolbar.createInterruptButton(session) },
    { name: 'restart', widget: Toolbar.createRestartButton(session, dialogs) },
    { name: 'kernel', widget: Toolbar.createKernelNameItem(session, dialogs) },
    { name: 'status', widget: Toolbar.createKernelStatusItem(session) }
  ];
}
