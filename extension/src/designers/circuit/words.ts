/** What a screen reader says of an element: what it is, where it is connected, what a study found. */

import { figure } from '../../core/numbers';
import type { Element } from './elements';
import { nameOf, titleOf } from './elements';
import type { Overlay } from './overlay';
import type { Scene } from './scene';

export function spoken(scene: Scene, element: Element, overlay: Overlay): string {
  const parts = [titleOf(element)];
  const buses = element.buses.flatMap(key => scene.elements.get(key) ?? []).map(nameOf);
  if (buses.length > 0) {
    parts.push(`at ${buses.join(' and ')}`);
  }
  if (element.table === 'buses') {
    const voltage = element.row['nominal_voltage'];
    parts.push(typeof voltage === 'number' ? `${figure(voltage / 1e3, 4)} kV` : '');
  }
  if (element.row['in_service'] === false) {
    parts.push('out of service');
  }
  if (element.table === 'switches') {
    parts.push(element.row['closed'] === false ? 'open' : 'closed');
  }
  return [...parts, ...figuresOf(element, overlay)].filter(Boolean).join(', ');
}

/** Results of an element in words, as rows of name and value. */
export function resultRows(element: Element, overlay: Overlay): readonly (readonly [string, string])[] {
  const bus = overlay.buses.get(element.key);
  const branch = overlay.branches.get(element.key);
  const injected = overlay.injections.get(element.key);
  const rows: (readonly [string, string])[] = [];
  if (bus) {
    rows.push(['Voltage', `${bus.voltage.toFixed(4)} pu`], ['Angle', `${bus.angle.toFixed(2)}°`]);
    const nominal = element.row['nominal_voltage'];
    if (typeof nominal === 'number') {
      rows.push(['Voltage', `${figure((bus.voltage * nominal) / 1e3, 4)} kV`]);
    }
  }
  branch?.p.forEach((p, i) => {
    const end = branch.p.length === 3 ? `winding ${i + 1}` : i === 0 ? 'from end' : 'to end';
    rows.push([`Into the ${end}`, `${figure(p, 4)} MW, ${figure(branch.q[i], 4)} Mvar`]);
  });
  if (branch && branch.p.length === 2) {
    rows.push(['Losses', `${figure((branch.p[0] ?? 0) + (branch.p[1] ?? 0), 3)} MW`]);
  }
  if (branch && branch.loading !== null) {
    rows.push(['Loading', `${figure(100 * branch.loading, 3)} %`]);
  }
  if (injected) {
    rows.push(
      ['Active power', `${figure(injected.p, 4)} MW`],
      ['Reactive power', `${figure(injected.q, 4)} Mvar`]
    );
  }
  return rows;
}

function figuresOf(element: Element, overlay: Overlay): readonly string[] {
  const mark = overlay.marks.get(element.key);
  return [
    ...resultRows(element, overlay).map(([name, value]) => `${name.toLowerCase()} ${value}`),
    ...(mark ? [mark.text] : [])
  ];
}
