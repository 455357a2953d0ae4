/** Designs that several people edit at once, where the server keeps such documents. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PageConfig } from '@jupyterlab/coreutils';
import { TextModelFactory } from '@jupyterlab/docregistry';
import type { Contents } from '@jupyterlab/services';
import { SHARED_DESIGN, SharedDesign } from './shareddesign';

/** Name of jupyter-collaboration's content provider. */
export const PROVIDER = 'rtc';

class SharedDesignFactory extends TextModelFactory {
  override get name(): string {
    return SHARED_DESIGN;
  }

  override get contentType(): Contents.ContentType {
    return SHARED_DESIGN;
  }
}

/** Let designs be opened as shared ones; false where the server keeps none. */
export function offerSharedDesigns(app: JupyterFrontEnd): boolean {
  if (PageConfig.getOption('disableRTC') !== 'false') {
    return false;
  }
  app.docRegistry.addModelFactory(new SharedDesignFactory());
  // the provider is there when all extensions are, and no document is opened before that
  void app.started.then(() => {
    const { contents } = app.serviceManager;
    const factory = contents.getSharedModelFactory('', { contentProviderId: PROVIDER });
    factory?.registerDocumentFactory?.(SHARED_DESIGN, () => new SharedDesign());
  });
  return true;
}
