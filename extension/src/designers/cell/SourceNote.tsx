/** Where a value comes from, in one line with a link. */

import type { Json, JsonObject } from '../../core/document';
import { isObject, valueAt } from '../../core/document';
import type { SourceRecord } from './catalogue';
import { citation, sourceLink } from './catalogue';

/** What a document says of the source of a value, tolerant of what is left out. */
export function sourceAt(document: JsonObject, dottedPath: string): SourceRecord | null {
  const found: Json | undefined = valueAt(document, ['sources', dottedPath]);
  if (!isObject(found)) {
    return null;
  }
  const text = (key: string, fallback = '') => (typeof found[key] === 'string' ? found[key] : fallback);
  return { ref: text('ref'), where: text('where'), method: text('method', 'literature'), note: text('note') };
}

export function SourceNote({ source }: { source: SourceRecord }) {
  const link = sourceLink(source);
  const entry = citation(source.ref);
  const title = [entry && `${entry.authors}. ${entry.title}. ${entry.published}.`, source.note]
    .filter(Boolean)
    .join('\n');
  const name = source.ref || (source.method === 'user' ? 'own value' : '');
  return (
    <span className="jb-Source" title={title || undefined}>
      {link ? (
        <a href={link} target="_blank" rel="noreferrer">
          {name}
        </a>
      ) : (
        name
      )}
      {source.where && `, ${source.where}`}
      {name && ' · '}
      {source.method}
      {source.note && <span className="jb-Source-note">{` · ${source.note}`}</span>}
    </span>
  );
}
