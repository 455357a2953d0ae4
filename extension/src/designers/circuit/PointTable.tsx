/** A small table of numbers: cells are typed, rows added and taken away; what is not allowed stays here with a word. */

import type { KeyboardEvent } from 'react';
import { useEffect, useId, useState } from 'react';
import { sameJson } from '../../core/document';
import { displayText, parseQuantity } from '../../core/units';

export interface Column {
  readonly title: string;
  /** Unit of the values in the document. */
  readonly unit: string;
  readonly display: { readonly unit: string; readonly factor: number };
}

type Rows = readonly (readonly number[])[];

interface PointTableProps {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: Rows;
  /** Words for each row, where rows have a meaning of their own. */
  readonly names?: (row: number) => string;
  readonly readOnly: boolean;
  /** The row that is added after the last one. */
  next(rows: Rows): readonly number[];
  /** Take rows into the document; what is wrong with them, empty where nothing is. */
  take(rows: Rows): string;
}

export function PointTable({ title, columns, rows, names, readOnly, next, take }: PointTableProps) {
  const id = useId();
  const [kept, setKept] = useState<Rows | null>(null);
  const [problem, setProblem] = useState('');
  const [from, setFrom] = useState(rows);
  if (!sameJson(from, rows)) {
    // the document has other rows: what was tried here is no longer about it
    setFrom(rows);
    setKept(null);
    setProblem('');
  }
  const shown = kept ?? rows;
  const change = (after: Rows) => {
    const wrong = take(after);
    setProblem(wrong);
    setKept(wrong === '' ? null : after);
  };
  const put = (row: number, column: number, value: number) =>
    change(shown.map((own, i) => (i === row ? own.map((old, j) => (j === column ? value : old)) : own)));
  return (
    <div className="jb-Points" data-invalid={problem !== ''}>
      <table aria-label={title} aria-describedby={`${id}-note`}>
        <thead>
          <tr>
            {names && <th scope="col" />}
            {columns.map(({ title: name, display }) => (
              <th key={name} scope="col">
                {name}
                {display.unit && <small>{display.unit}</small>}
              </th>
            ))}
            <th />
          </tr>
        </thead>
        <tbody>
          {shown.map((values, i) => (
            <tr key={i}>
              {names && <th scope="row">{names(i)}</th>}
              {columns.map((column, j) => (
                <td key={j}>
                  <Cell
                    name={`${column.title}, row ${i + 1}`}
                    column={column}
                    value={values[j] ?? 0}
                    off={readOnly}
                    put={value => put(i, j, value)}
                    complain={setProblem}
                  />
                </td>
              ))}
              <td>
                <button
                  type="button"
                  className="jb-Points-remove"
                  aria-label={`Take row ${i + 1} away`}
                  disabled={readOnly}
                  onClick={() => change(shown.filter((_, k) => k !== i))}
                >
                  ×
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="jb-Value-note" id={`${id}-note`} role={problem ? 'alert' : undefined}>
        {problem}
      </p>
      <div className="jb-Row">
        <button
          type="button"
          className="jb-Button"
          disabled={readOnly}
          onClick={() => change([...shown, next(shown)])}
        >
          Add a row
        </button>
        {kept && (
          <button
            type="button"
            className="jb-Button"
            onClick={() => {
              setKept(null);
              setProblem('');
            }}
          >
            Back to what was
          </button>
        )}
      </div>
    </div>
  );
}

interface CellProps {
  readonly name: string;
  readonly column: Column;
  readonly value: number;
  readonly off: boolean;
  put(value: number): void;
  complain(problem: string): void;
}

function Cell({ name, column, value, off, put, complain }: CellProps) {
  const [typed, setTyped] = useState<string | null>(null);
  useEffect(() => setTyped(null), [value]);
  const enter = () => {
    if (typed === null) {
      return;
    }
    const read = parseQuantity(typed, { ...column, kind: 'number' });
    if (read.ok) {
      setTyped(null);
      put(read.value);
    } else {
      complain(read.problem);
    }
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      enter();
    } else if (event.key === 'Escape' && typed !== null) {
      event.stopPropagation();
      setTyped(null);
      complain('');
    }
  };
  return (
    <input
      type="text"
      aria-label={name}
      value={typed ?? displayText(value, column)}
      disabled={off}
      spellCheck={false}
      autoComplete="off"
      data-typing={typed !== null}
      onChange={event => setTyped(event.target.value)}
      onBlur={enter}
      onKeyDown={press}
    />
  );
}
