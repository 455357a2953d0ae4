/** The Python that makes the network on the sheet. */

import type { JsonObject } from '../../core/document';
import { literal } from '../../core/python';

export function pythonCode(document: JsonObject): string {
  return `import joulebook as jb\n\nnetwork = jb.grid.Network.from_document(${literal(document, '')})\n`;
}
