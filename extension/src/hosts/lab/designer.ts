/** Designs in JupyterLab: file types, document factories, toolbars, tracker. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ILayoutRestorer } from '@jupyterlab/application';
import type { ISessionContext, ISessionContextDialogs } from '@jupyterlab/apputils';
import { Toolbar, WidgetTracker } from '@jupyterlab/apputils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { CommandToolbarButton } from '@jupyterlab/ui-components';
import type { Widget } from '@lumino/widgets';
import { mount as mountCell } from '../../designers/cell';
import { pythonCode as cellCode } from '../../designers/cell/python';
import {
  CIRCUIT_KIND,
  CIRCUIT_VERSION,
  mount as mountCircuit,
  pythonCode as circuitCode
} from '../../designers/circuit';
import {
  IMPEDANCE_KIND,
  IMPEDANCE_VERSION,
  mount as mountImpedance,
  pythonCode as impedanceCode
} from '../../designers/impedance';
import { undrawableCell, undrawableCircuit, undrawableImpedance } from './checks';
import type { DesignDocument, DesignerParts, Mount } from './document';
import { copyText, DesignDocumentFactory } from './document';
import { cellIcon, circuitIcon, impedanceIcon } from './icons';
import { KernelPreview, KernelStudies } from './kernel';
import {
  CELL_FACTORY,
  CELL_KIND,
  CELL_SUFFIX,
  CELL_TYPE,
  CIRCUIT_FACTORY,
  CIRCUIT_SUFFIX,
  CIRCUIT_TYPE,
  commands as ids
} from './names';
import type { PreferenceStore } from './preferences';
import { offerSharedDesigns, PROVIDER } from './together';
import { Presence } from './together/presence';
import { SHARED_DESIGN, SharedDesign } from './together/shareddesign';

export type DesignTracker = WidgetTracker<DesignDocument>;

/** Version of cell documents that this front end edits. */
const CELL_VERSION = 1;

/** Characters of a network's document; 70 000 buses have 50 million. */
const LARGEST_NETWORK = 200_000_000;

const clipboard = { write: copyText };

/** Register file types and factories; the tracker knows every open designer. */
export function registerDesigners(
  app: JupyterFrontEnd,
  preferences: PreferenceStore,
  dialogs: ISessionContextDialogs,
  restorer: ILayoutRestorer | null
): DesignTracker {
  const tracker: DesignTracker = new WidgetTracker({ namespace: 'joulebook-design' });
  const shared = offerSharedDesigns(app);
  const openAsText = (path: string): void =>
    void app.commands.execute('docmanager:open', {
      path,
      factory: 'Editor',
      options: { mode: 'split-right' }
    });
  const cell: DesignerParts = {
    kind: CELL_KIND,
    version: CELL_VERSION,
    noun: 'cell',
    name: 'Cell',
    factory: CELL_FACTORY,
    icon: cellIcon,
    check: undrawableCell,
    python: cellCode,
    prepare: session => prepareCell(session, preferences),
    openAsText
  };
  const impedance: DesignerParts = {
    kind: IMPEDANCE_KIND,
    version: IMPEDANCE_VERSION,
    noun: 'equivalent circuit',
    name: 'Circuit',
    factory: CIRCUIT_FACTORY,
    icon: impedanceIcon,
    check: undrawableImpedance,
    python: impedanceCode,
    prepare: async () => {
      await preferences.ready;
      return (element, store) => mountImpedance(element, { store, clipboard, theme: 'auto' });
    },
    openAsText
  };
  const circuit: DesignerParts = {
    kind: CIRCUIT_KIND,
    version: CIRCUIT_VERSION,
    noun: 'network',
    largest: LARGEST_NETWORK,
    name: 'Circuit',
    factory: CIRCUIT_FACTORY,
    icon: circuitIcon,
    check: undrawableCircuit,
    others: [impedance],
    python: circuitCode,
    prepare: session => prepareCircuit(session, preferences),
    openAsText
  };
  register(
    app,
    tracker,
    cell,
    { name: CELL_TYPE, title: 'Battery cell', suffix: CELL_SUFFIX, shared },
    widget => toolbar(app, widget, dialogs, ids.makeReport)
  );
  const type = { name: CIRCUIT_TYPE, title: 'Circuit', suffix: CIRCUIT_SUFFIX, shared };
  register(app, tracker, circuit, type, widget => toolbar(app, widget, dialogs, ids.saveNetworkAs));
  if (restorer) {
    void restorer.restore(tracker, {
      command: 'docmanager:open',
      args: widget => ({ path: widget.context.path, factory: widget.content.parts.factory }),
      name: widget => widget.context.path
    });
  }
  return tracker;
}

async function prepareCell(session: ISessionContext, preferences: PreferenceStore): Promise<Mount> {
  await preferences.ready;
  const { previewRates: rates, previewModel: model, previewAxis: axis } = preferences.current;
  const preview = new KernelPreview(session, () => preferences.current.startKernel);
  return (element, store) =>
    mountCell(element, { store, preview, clipboard, theme: 'auto', start: { rates, model, axis } });
}

async function prepareCircuit(session: ISessionContext, preferences: PreferenceStore): Promise<Mount> {
  await preferences.ready;
  // a power flow is asked for by a person, who may well start a kernel with it
  const studies = new KernelStudies(session, () => true);
  return (element, store) => mountCircuit(element, { store, studies, clipboard, theme: 'auto' });
}

interface FileType {
  readonly name: string;
  readonly title: string;
  readonly suffix: string;
  /** Whether several people can edit one at once. */
  readonly shared: boolean;
}

function register(
  app: JupyterFrontEnd,
  tracker: DesignTracker,
  parts: DesignerParts,
  type: FileType,
  toolbarFactory: (widget: DesignDocument) => DocumentRegistry.IToolbarItem[]
): void {
  const { docRegistry } = app;
  docRegistry.addFileType({
    name: type.name,
    displayName: type.title,
    extensions: [type.suffix],
    mimeTypes: ['application/json'],
    contentType: 'file',
    fileFormat: 'text',
    icon: parts.icon
  });
  const factory = new DesignDocumentFactory(
    {
      name: parts.factory,
      label: parts.factory,
      modelName: type.shared ? SHARED_DESIGN : 'text',
      ...(type.shared ? { contentProviderId: PROVIDER } : {}),
      fileTypes: [type.name],
      defaultFor: [type.name],
      canStartKernel: true,
      preferKernel: false,
      shutdownOnClose: true,
      toolbarFactory
    },
    parts
  );
  factory.widgetCreated.connect((_, widget) => {
    void tracker.add(widget);
    widget.context.pathChanged.connect(() => void tracker.save(widget));
  });
  docRegistry.addWidgetFactory(factory);
}

function toolbar(
  app: JupyterFrontEnd,
  widget: DesignDocument,
  dialogs: ISessionContextDialogs,
  ...first: readonly string[]
): DocumentRegistry.IToolbarItem[] {
  const { commands } = app;
  const session = widget.context.sessionContext;
  const button = (id: string): Widget =>
    new CommandToolbarButton({ commands, id, args: { toolbar: true, widget: widget.id } });
  const { sharedModel } = widget.context.model;
  const isShared = sharedModel instanceof SharedDesign;
  return [
    ...first.map(id => ({ name: id.replace(/^.*:/, ''), widget: button(id) })),
    // two views of a file that are edited at once would overwrite each other
    ...(isShared ? [] : [{ name: 'text', widget: button(ids.openAsText) }]),
    { name: 'spacer', widget: Toolbar.createSpacerItem() },
    ...(isShared ? [{ name: 'people', widget: new Presence(sharedModel) }] : []),
    { name: 'start', widget: button(ids.startKernel) },
    { name: 'interrupt', widget: Toolbar.createInterruptButton(session) },
    { name: 'restart', widget: Toolbar.createRestartButton(session, dialogs) },
    { name: 'kernel', widget: Toolbar.createKernelNameItem(session, dialogs) },
    { name: 'status', widget: Toolbar.createKernelStatusItem(session) }
  ];
}
