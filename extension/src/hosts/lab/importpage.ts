/** What a double click on a network of another program shows: the way into the designer. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { ABCWidgetFactory, DocumentWidget } from '@jupyterlab/docregistry';
import { Widget } from '@lumino/widgets';
import { circuitIcon } from './icons';
import { CIRCUIT_SUFFIX, NETWORK_FACTORY } from './names';
import type { Conversions } from './networks';
import { fileOf } from './networks';

/** Files whose ending belongs to networks alone. */
const TYPES = [
  { name: 'joulebook-psse', displayName: 'PSS/E network', extensions: ['.raw', '.RAW'] },
  { name: 'joulebook-ucte', displayName: 'UCTE network', extensions: ['.uct', '.UCT'] },
  { name: 'joulebook-cdf', displayName: 'IEEE CDF network', extensions: ['.cdf', '.CDF'] }
] as const;

type Context = DocumentRegistry.Context;

/** Converts a file that has no document yet; else offers the documents that are there. */
export class ImportPage extends Widget {
  private readonly text = document.createElement('p');
  private readonly buttons = document.createElement('div');
  private readonly fault = document.createElement('pre');

  constructor(
    private readonly context: Context,
    private readonly parts: ImportParts
  ) {
    super();
    this.addClass('jb-ImportPage');
    const title = document.createElement('h2');
    title.textContent = fileOf(context.path);
    this.text.setAttribute('role', 'status');
    this.fault.setAttribute('role', 'alert');
    this.fault.hidden = true;
    this.buttons.className = 'jb-ImportPage-buttons';
    this.node.append(title, this.text, this.fault, this.buttons);
    void context.ready.then(() => this.begin());
  }

  private async begin(): Promise<void> {
    const made = await this.parts.documentsOf(this.context.path);
    if (this.isDisposed) {
      return;
    }
    if (made.length === 0) {
      await this.convert();
      return;
    }
    this.text.textContent = 'This network was opened in the designer before.';
    this.offer(made);
  }

  private async convert(): Promise<void> {
    this.text.textContent = 'Converting…';
    this.fault.hidden = true;
    this.buttons.replaceChildren();
    try {
      const path = await this.parts.conversions.open([this.context.path]);
      this.text.textContent = `Its document for the designer is ${fileOf(path)}.`;
      this.offer([path]);
      this.parts.open(path);
    } catch (error) {
      this.text.textContent = 'This file cannot be read as a network.';
      this.fault.textContent = error instanceof Error ? error.message : String(error);
      this.fault.hidden = false;
      this.offer([]);
    }
  }

  private offer(made: readonly string[]): void {
    const button = (title: string, act: () => void, main = false): HTMLElement => {
      const node = document.createElement('button');
      node.type = 'button';
      node.textContent = title;
      node.className = `jp-mod-styled ${main ? 'jp-mod-accept' : 'jp-mod-reject'}`;
      node.addEventListener('click', act);
      return node;
    };
    this.buttons.replaceChildren(
      ...made.map((path, i) => button(`Open ${fileOf(path)}`, () => this.parts.open(path), i === 0)),
      button(made.length > 0 ? 'Convert again' : 'Try again', () => void this.convert()),
      button('Open as text', () => this.parts.openAsText(this.context.path))
    );
    this.buttons.querySelector('button')?.focus();
  }
}

export interface ImportParts {
  readonly conversions: Conversions;
  /** Documents beside a file that were made of it, as their names tell. */
  documentsOf(path: string): Promise<readonly string[]>;
  open(path: string): void;
  openAsText(path: string): void;
}

class ImportPageFactory extends ABCWidgetFactory<DocumentWidget<ImportPage>, DocumentRegistry.IModel> {
  constructor(
    options: DocumentRegistry.IWidgetFactoryOptions<DocumentWidget<ImportPage>>,
    private readonly parts: ImportParts
  ) {
    super(options);
  }

  protected override createNewWidget(context: Context): DocumentWidget<ImportPage> {
    const widget = new DocumentWidget({ content: new ImportPage(context, this.parts), context });
    widget.title.icon = circuitIcon;
    return widget;
  }
}

/** Register the types of files and what a double click on them shows. */
export function registerImports(app: JupyterFrontEnd, conversions: Conversions): void {
  const { contents } = app.serviceManager;
  const parts: ImportParts = {
    conversions,
    documentsOf: async path => {
      const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
      const stem = fileOf(path).replace(/\.[^.]*$/, '');
      const listed = (await contents.get(folder)).content as readonly { name: string; path: string }[];
      const own = new RegExp(`^${stem.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}( \\d+)?$`);
      return listed
        .filter(
          ({ name }) => name.endsWith(CIRCUIT_SUFFIX) && own.test(name.slice(0, -CIRCUIT_SUFFIX.length))
        )
        .map(item => item.path);
    },
    open: path => void app.commands.execute('docmanager:open', { path }),
    openAsText: path => void app.commands.execute('docmanager:open', { path, factory: 'Editor' })
  };
  TYPES.forEach(({ name, displayName, extensions }) =>
    app.docRegistry.addFileType({
      name,
      displayName,
      extensions: [...extensions],
      mimeTypes: ['text/plain'],
      contentType: 'file',
      fileFormat: 'base64',
      icon: circuitIcon
    })
  );
  const names = TYPES.map(({ name }) => name);
  app.docRegistry.addWidgetFactory(
    new ImportPageFactory(
      {
        name: NETWORK_FACTORY,
        label: NETWORK_FACTORY,
        modelName: 'base64',
        fileTypes: names,
        defaultFor: names,
        readOnly: true
      },
      parts
    )
  );
}
