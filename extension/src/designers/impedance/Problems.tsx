/** All faults of the document and all texts that are not taken yet; each leads to its element. */

import { dotted, pathOf } from '../../core/document';
import { givenText } from '../../core/validation';
import { useEditor, useSession } from './context';
import { pathLabel } from './model';

export function Problems() {
  const { state } = useEditor();
  const { session } = useSession();
  const rows = [
    ...state.faults.map(fault => ({
      path: fault.path,
      text: `${fault.path[0] === 'code' ? '' : givenText(fault)}: ${fault.rule}${fault.hint ? `. ${fault.hint}` : ''}`
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
      <h3>{rows.length === 1 ? '1 thing needs attention' : `${rows.length} things need attention`}</h3>
      <ul>
        {rows.slice(0, 40).map(({ path, text }) => (
          <li key={`${dotted(path)} ${text}`}>
            <button
              type="button"
              onClick={() => session.select(path[0] === 'elements' && path[1] ? [path[1]] : [])}
            >
              {pathLabel(path)}
            </button>
            {text}
          </li>
        ))}
      </ul>
    </section>
  );
}
