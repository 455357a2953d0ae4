/** The text of a JupyterLab document as the store wants it. */

import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { TextModel } from './textstore';

/** Works on the shared model, so that edits merge with those of other people and of the text editor. */
export function sharedText(context: DocumentRegistry.IContext<DocumentRegistry.ICodeModel>): TextModel {
  const { model } = context;
  return {
    getText: () => model.sharedModel.getSource(),
    splice: (start, end, insert) => model.sharedModel.updateSource(start, end, insert),
    transact: change => model.sharedModel.transact(change, true),
    subscribe: listener => {
      model.contentChanged.connect(listener);
      return () => model.contentChanged.disconnect(listener);
    },
    get readOnly() {
      return model.readOnly || context.contentsModel?.writable === false;
    }
  };
}
