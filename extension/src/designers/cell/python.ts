/** The Python that makes the design on the screen. */

import type { JsonObject, Path } from '../../core/document';
import { differences, dotted, isObject, valueAt } from '../../core/document';
import { literal, quoted } from '../../core/python';
import named from '../../generated/named.json';

const NAMED = named as unknown as Readonly<Record<string, JsonObject>>;
/** Beyond this many changes the document itself is the shorter and clearer text. */
const MOST_CHANGES = 24;

/** `Cell.named(...).replace({...})` where the cell comes from a named one, else `Cell.from_document(...)`. */
export function pythonCode(document: JsonObject): string {
  const candidates = Object.entries(NAMED).flatMap(([name, original]) => {
    const changes = changesFrom(original, document);
    return changes ? [{ name, changes }] : [];
  });
  candidates.sort((a, b) => a.changes.length - b.changes.length);
  const [nearest] = candidates;
  if (!nearest || nearest.changes.length > MOST_CHANGES) {
    return `import joulebook as jb\n\ncell = jb.battery.Cell.from_document(${literal(document, '')})\n`;
  }
  const start = `import joulebook as jb\n\ncell = jb.battery.Cell.named(${quoted(nearest.name)})`;
  if (nearest.changes.length === 0) {
    return `${start}\n`;
  }
  const rows = nearest.changes.map(path => {
    const value = valueAt(document, path);
    return `    ${quoted(dotted(path))}: ${value === undefined ? 'None' : literal(value, '    ')},\n`;
  });
  return `${start}.replace({\n${rows.join('')}})\n`;
}

/** Paths that differ, as `replace` takes them; null where it cannot make this document. */
function changesFrom(original: JsonObject, document: JsonObject): readonly Path[] | null {
  const paths = differences(original, document).filter(path => path[0] !== 'sources');
  // a housing of another shape is one value
  const housing = valueAt(original, ['format', 'shape']) !== valueAt(document, ['format', 'shape']);
  const changes = housing ? [...paths.filter(path => path[0] !== 'format'), ['format']] : paths;
  const sourcesToo = differences(original['sources'], document['sources']);
  const explained = sourcesToo.every(path => {
    const key = path[0] ?? '';
    const gone = valueAt(document, ['sources', key]) === undefined;
    return gone && changes.some(change => dotted(change) === key || (housing && key.startsWith('format.')));
  });
  const possible = changes.every(
    path => path[0] !== 'kind' && path[0] !== 'schema_version' && !hasNull(document, path)
  );
  return explained && possible ? changes : null;
}

function hasNull(document: JsonObject, path: Path): boolean {
  return path.some((_, i) => i > 0 && !isObject(valueAt(document, path.slice(0, i))));
}
