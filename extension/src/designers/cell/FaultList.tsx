/** All faults of the document and all texts that are not taken yet; each leads to its field. */

import { dotted, pathOf } from '../../core/document';
import { givenText } from '../../core/validation';
import { useEditor } from './hooks';
import { partOfPath, pathLabel } from './model';

export function FaultList({ reveal }: { reveal(path: string): void }) {
  const { state } = useEditor();
  const rows = [
    ...state.faults.map(fault => ({
      path: fault.path,
      given: givenText(fault),
      text: `${fault.rule}${fault.hint ? `. ${fault.hint}` : ''}`
    })),
    ...[...state.drafts].map(([path, draft]) => ({
      path: pathOf(path),
      given: ` “${draft.text}”`,
      text: draft.problem
    }))
  ];
  if (rows.length === 0) {
    return null;
  }
  return (
    <section className="jb-FaultList" aria-label="Faults">
      <h3>{rows.length === 1 ? '1 value needs attention' : `${rows.length} values need attention`}</h3>
      <ul>
        {rows.map(({ path, given, text }) => (
          <li key={`${dotted(path)} ${text}`}>
            <button type="button" data-part={partOfPath(path)} onClick={() => reveal(dotted(path))}>
              {pathLabel(path)}
            </button>
            {`${given}: ${text}`}
          </li>
        ))}
      </ul>
    </section>
  );
}
