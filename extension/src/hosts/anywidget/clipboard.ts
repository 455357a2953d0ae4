/** The browser's clipboard, where the page may use it. */

import type { ClipboardService } from '../../core/services';

export const clipboard: ClipboardService = {
  write: text =>
    navigator.clipboard ? navigator.clipboard.writeText(text) : Promise.reject(new Error('no clipboard'))
};
