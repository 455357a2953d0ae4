/** Icons in the manner of JupyterLab: one colour from the theme, except where a colour has a meaning. */

import { LabIcon } from '@jupyterlab/ui-components';

function icon(name: string, body: string): LabIcon {
  return new LabIcon({
    name: `joulebook:${name}`,
    svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">${body}</svg>`
  });
}

/** The layers of a cell: copper, negative electrode, separator, positive electrode, aluminium. */
export const cellIcon = icon(
  'cell',
  '<rect x="2" y="3" width="2" height="18" fill="#b87333"/>' +
    '<rect x="4" y="3" width="6.5" height="18" fill="#3b6ea5"/>' +
    '<rect x="10.5" y="3" width="3" height="18" fill="#b9b09a"/>' +
    '<rect x="13.5" y="3" width="6.5" height="18" fill="#c2553f"/>' +
    '<rect x="20" y="3" width="2" height="18" fill="#a8adb3"/>'
);

/** A busbar with a transformer and a load. */
export const circuitIcon = icon(
  'circuit',
  '<path class="jp-icon3" fill="#616161" d="M2 10.5h20v2.4H2z"/>' +
    '<path fill="none" stroke="#3b6ea5" stroke-width="1.8" d="M8 1v2.2M8 3.2a2.5 2.5 0 1 0 .01 0M8 5.6a2.5 2.5 0 1 0 .01 0"/>' +
    '<path fill="none" stroke="#c2553f" stroke-width="1.8" d="M16 13v5"/>' +
    '<path fill="#c2553f" d="M12.8 17.5h6.4L16 23z"/>'
);

/** A resistor beside a capacitor. */
export const impedanceIcon = icon(
  'impedance',
  '<path fill="none" class="jp-icon3" stroke="#616161" stroke-width="1.8" d="M0 12h4M20 12h4M4 6v12M20 6v12M4 6h3.5M16.5 6H20"/>' +
    '<path fill="none" stroke="#3b6ea5" stroke-width="1.8" d="M7.5 3h9v6h-9z"/>' +
    '<path fill="none" stroke="#c2553f" stroke-width="1.8" d="M4 18h6.5M10.5 13.5v9M13.5 13.5v9M13.5 18H20"/>'
);

/** A discharge curve over its axes. */
export const runIcon = icon(
  'run',
  '<path class="jp-icon3" fill="#616161" d="M3 3h2v16h16v2H3z"/>' +
    '<path fill="none" stroke="#3b6ea5" stroke-width="2.2" d="M6.5 6c4.5 4 9 1 11.5 4 1.3 1.6 1.5 4 1.5 6"/>'
);

/** A page with a curve. */
export const reportIcon = icon(
  'report',
  '<path class="jp-icon3" fill="#616161" fill-rule="evenodd" d="M5 2h9l5 5v15H5zm2 2v16h10V8h-4V4z"/>' +
    '<path fill="none" stroke="#c2553f" stroke-width="1.8" d="M8.5 12c3 0 5.5 0.5 6.5 5.5"/>'
);

/** Jobs that wait in line, and a clock. */
export const jobsIcon = icon(
  'jobs',
  '<path class="jp-icon3 jp-icon-selectable" fill="#616161" fill-rule="evenodd" ' +
    'd="M3 4h12v2.2H3zm0 5h7v2.2H3zm0 5h5v2.2H3zm13-3.5a6 6 0 1 1-.01 0zm0 2a4 4 0 1 0 .01 0zm-.9 1.5h1.8v2.2l1.7 1.4-1.1 1.3-2.4-2z"/>'
);

/** The mark of the workbench, in the theme's colour, for the side bar. */
export const joulebookIcon = icon(
  'joulebook',
  '<path class="jp-icon3 jp-icon-selectable" fill="#616161" fill-rule="evenodd" ' +
    'd="M4 3h16v18H4zm2 2v14h3V5zm5 0v14h2V5zm4 0v14h3V5z"/>'
);
