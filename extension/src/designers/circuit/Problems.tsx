/** All faults of the document and all texts that are not taken yet; each leads to its element. */

import { dotted, pathOf } from '../../core/document';
import { givenText } from '../../core/validation';
import { useEditor } from './context';
import type { Key } from './kinds';
import { isTable, keyOf } from './kinds';
import { pathLabel } from './model';

const MOST = 40;

export function Problems({ show }: { show(key: Key | null, path: string): void }) {
  const { state } = useEditor();
  const rows = [
    ...state.faults.map(fault => ({
      path: fault.path,
      text: `${givenText(fault)}: ${fault.rule}${fault.hint ? `. ${fault.hint}` : ''}`
    })),
    ...[...state.drafts].map(([path, draft]) => ({
      path: pathOf(path),
      text: ` “${draft.text}”: ${draft.problem}`
    }))
  ];
  if (rows.length === 0) {
    return null;
  }
  return (
    <section className="jb-FaultList" aria-label="Faults">
      <h3>{rows.length === 1 ? '1 value needs attention' : `${rows.length} values need attention`}</h3>
      <ul>
        {rows.slice(0, MOST).map(({ path, text }) => {
          const [table = '', id = ''] = path;
          return (
            <li key={`${dotted(path)} ${text}`}>
              <button
                type="button"
                onClick={() => show(isTable(table) && id ? keyOf(table, id) : null, dotted(path))}
              >
                {pathLabel(path)}
              </button>
              {text}
            </li>
          );
        })}
      </ul>
      {rows.length > MOST && <p>{`and ${rows.length - MOST} more`}</p>}
    </section>
  );
}
