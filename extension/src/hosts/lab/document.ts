/** The document editor: a designer over the text of a `.cell.json` file. */

import { Clipboard } from '@jupyterlab/apputils';
import type { ISessionContext } from '@jupyterlab/apputils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { ABCWidgetFactory, DocumentWidget } from '@jupyterlab/docregistry';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import type { JsonObject } from '../../core/document';
import type { DesignStore } from '../../core/store';
import type { DesignerOptions, PreviewService, PreviewStart } from '../../core/services';
import { FaultView } from './faults';
import { cellIcon } from './icons';
import { CELL_KIND } from './names';
import { TextStore } from './textstore';
import { sharedText } from './textmodel';

/** Version of cell documents that this front end edits. */
export const CELL_VERSION = 1;

/** Draws a designer into an element; `mount` of `designers/cell`. */
export type Mount = (element: HTMLElement, options: DesignerOptions) => () => void;

/** What is wrong with the values of a document, too wrong to draw it; empty where it can be drawn. */
export type Check = (document: JsonObject) => readonly string[];

export interface DesignerParts {
  readonly mount: Mount;
  readonly check: Check;
  preview(session: ISessionContext): PreviewService;
  /** What the preview of a new designer shows; waits for the settings. */
  start(): Promise<PreviewStart>;
  openAsText(path: string): void;
}

type Context = DocumentRegistry.IContext<DocumentRegistry.ICodeModel>;

/** Shows the designer while the text can be drawn, and what is wrong while it cannot. */
export class CellEditor extends Widget {
  private store: TextStore | null = null;
  private unmount: (() => void) | null = null;
  private start: PreviewStart | null = null;
  private readonly designer = document.createElement('div');
  private readonly faults: FaultView;
  private readonly preview: PreviewService;

  constructor(
    readonly context: Context,
    private readonly parts: DesignerParts
  ) {
    super();
    this.addClass('jb-CellEditor');
    this.designer.className = 'jb-CellEditor-designer';
    this.faults = new FaultView(() => parts.openAsText(context.path));
    this.node.append(this.designer, this.faults.node);
    this.preview = parts.preview(context.sessionContext);
    void context.ready.then(async () => this.populate(await parts.start()));
  }

  /** The design as it can be read now, or null. */
  get design(): JsonObject | null {
    return this.store === null || this.store.fault ? null : this.store.get();
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this.unmount?.();
    this.store?.dispose();
    super.dispose();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.present();
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    const first = this.designer.querySelector<HTMLElement>('[tabindex="0"], button, input, select');
    if (!this.node.contains(document.activeElement)) {
      (first ?? this.node).focus({ preventScroll: true });
    }
  }

  private populate(start: PreviewStart): void {
    if (this.isDisposed) {
      return;
    }
    this.start = start;
    this.node.tabIndex = -1;
    this.store = new TextStore(sharedText(this.context), CELL_KIND, CELL_VERSION);
    this.store.subscribe(() => this.present());
    this.context.fileChanged.connect(() => this.store?.notify());
    this.present();
  }

  private present(): void {
    const store = this.store;
    if (store === null) {
      return;
    }
    const problems = store.fault ? [] : this.parts.check(store.get());
    const readable = store.fault === null && problems.length === 0;
    this.designer.hidden = !readable;
    this.faults.show(this.context.path, store.fault, problems);
    // a tab that was restored behind another one starts no kernel before someone looks at it
    if (readable && this.unmount === null && this.isVisible) {
      this.unmount = this.parts.mount(this.designer, this.options(store));
    }
  }

  private options(store: DesignStore): DesignerOptions {
    const { preview, start } = this;
    return { store, preview, clipboard: { write: copyText }, theme: 'auto', ...(start ? { start } : {}) };
  }
}

/** Put text on the clipboard; the older way serves pages that are not https. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    Clipboard.copyToSystem(text);
  }
}

export type CellDocument = DocumentWidget<CellEditor, DocumentRegistry.ICodeModel>;

export class CellDocumentFactory extends ABCWidgetFactory<CellDocument, DocumentRegistry.ICodeModel> {
  constructor(
    options: DocumentRegistry.IWidgetFactoryOptions<CellDocument>,
    private readonly parts: DesignerParts
  ) {
    super(options);
  }

  protected override createNewWidget(context: Context): CellDocument {
    const content = new CellEditor(context, this.parts);
    const widget = new DocumentWidget({ content, context });
    widget.addClass('jb-CellDocument');
    widget.title.icon = cellIcon;
    return widget;
  }
}
