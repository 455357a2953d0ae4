/** The document editor: a designer over the text of a design's file. */

import { Clipboard } from '@jupyterlab/apputils';
import type { ISessionContext } from '@jupyterlab/apputils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { ABCWidgetFactory, DocumentWidget } from '@jupyterlab/docregistry';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import type { JsonObject } from '../../core/document';
import type { DesignStore } from '../../core/store';
import { FaultView } from './faults';
import { TextStore } from './textstore';
import { sharedText } from './textmodel';
import { SharedDesign } from './together/shareddesign';
import { SharedStore } from './together/store';

/** What is wrong with the values of a document, too wrong to draw it; empty where it can be drawn. */
export type Check = (document: JsonObject) => readonly string[];

/** What tells the editor of one kind of design from that of another. */
export interface DesignerParts {
  /** As the documents say it, with the version that this front end edits. */
  readonly kind: string;
  readonly version: number;
  /** What people call such a design: "cell". */
  readonly noun: string;
  /** Characters that a document may have; 5 million where it is left out. */
  readonly largest?: number;
  /** Name of the style sheet's classes: `jb-CellDocument` around `jb-CellEditor`. */
  readonly name: string;
  readonly factory: string;
  readonly icon: LabIcon;
  readonly check: Check;
  /** Designs of other kinds in files of the same ending; what a file says of its kind decides. */
  readonly others?: readonly DesignerParts[];
  /** The Python that makes a design. */
  python(design: JsonObject): string;
  /** Fulfilled with what draws the designer, once the settings are read. */
  prepare(session: ISessionContext): Promise<Mount>;
  openAsText(path: string): void;
}

/** Draws a designer into an element; the function that comes back takes it away again. */
export type Mount = (element: HTMLElement, store: DesignStore) => () => void;

type Context = DocumentRegistry.IContext<DocumentRegistry.ICodeModel>;

/** Shows the designer while the text can be drawn, and what is wrong while it cannot. */
export class DesignEditor extends Widget {
  private store: TextStore | SharedStore | null = null;
  private mount: Mount | null = null;
  private unmount: (() => void) | null = null;
  private readonly designer = document.createElement('div');
  private readonly faults: FaultView;

  constructor(
    readonly context: Context,
    private known: DesignerParts
  ) {
    super();
    this.addClass('jb-Editor');
    this.addClass(`jb-${known.name}Editor`);
    this.designer.className = 'jb-Editor-designer';
    this.faults = new FaultView(
      () => this.parts.noun,
      () => this.parts.openAsText(context.path)
    );
    this.node.append(this.designer, this.faults.node);
    void context.ready.then(async () => {
      this.known = partsFor(known, context.model.sharedModel.getSource());
      this.populate(await this.parts.prepare(context.sessionContext));
    });
  }

  /** Of the kind that the file says it is, once the file is read. */
  get parts(): DesignerParts {
    return this.known;
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

  private populate(mount: Mount): void {
    if (this.isDisposed) {
      return;
    }
    const { kind, version, noun, largest } = this.parts;
    this.mount = mount;
    this.node.tabIndex = -1;
    const { sharedModel } = this.context.model;
    const text = sharedText(this.context);
    this.store =
      sharedModel instanceof SharedDesign
        ? new SharedStore(sharedModel, () => text.readOnly, kind, version, noun, largest)
        : new TextStore(text, kind, version, noun, largest);
    this.store.subscribe(() => this.present());
    this.context.fileChanged.connect(() => this.store?.notify());
    this.present();
  }

  private present(): void {
    const { store } = this;
    if (store === null) {
      return;
    }
    const problems = store.fault ? [] : this.parts.check(store.get());
    const readable = store.fault === null && problems.length === 0;
    this.designer.hidden = !readable;
    this.faults.show(this.context.path, store.fault, problems);
    // a tab that was restored behind another one starts no kernel before someone looks at it
    if (readable && this.unmount === null && this.isVisible && this.mount) {
      this.unmount = this.mount(this.designer, store);
    }
  }
}

/** The parts for the kind that a text names; the first ones where it names none of them. */
export function partsFor(parts: DesignerParts, text: string): DesignerParts {
  return parts.others?.find(({ kind }) => kind === kindIn(text)) ?? parts;
}

function kindIn(text: string): unknown {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null && 'kind' in read ? read.kind : null;
  } catch {
    return null;
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

export type DesignDocument = DocumentWidget<DesignEditor, DocumentRegistry.ICodeModel>;

export class DesignDocumentFactory extends ABCWidgetFactory<DesignDocument, DocumentRegistry.ICodeModel> {
  constructor(
    options: DocumentRegistry.IWidgetFactoryOptions<DesignDocument>,
    private readonly parts: DesignerParts
  ) {
    super(options);
  }

  protected override createNewWidget(context: Context): DesignDocument {
    const content = new DesignEditor(context, this.parts);
    const widget = new DocumentWidget({ content, context });
    widget.addClass('jb-Document');
    widget.addClass(`jb-${this.parts.name}Document`);
    widget.title.icon = this.parts.icon;
    void context.ready.then(() => {
      widget.title.icon = content.parts.icon;
    });
    return widget;
  }
}
