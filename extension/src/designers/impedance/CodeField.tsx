/** The circuit description code, to be read, copied and typed. */

import type { KeyboardEvent } from 'react';
import { useEffect, useId, useMemo, useState } from 'react';
import type { ClipboardService } from '../../core/services';
import { Icon } from '../circuit/Icon';
import { CodeError, readCode } from './code';
import { useEditor, useSession } from './context';
import { kindOf, letterOf } from './kinds';
import { codeOf } from './model';
import { toBoukamp } from './tree';

export function CodeField({ clipboard }: { clipboard: ClipboardService }) {
  const { session, view } = useSession();
  const { state } = useEditor();
  const id = useId();
  const code = codeOf(state.document);
  const [typed, setTyped] = useState<string | null>(null);
  useEffect(() => setTyped(null), [code]);
  const text = typed ?? code;
  const error = useMemo(() => problemOf(text), [text]);
  const boukamp = useMemo(
    () =>
      toBoukamp(view.scene.tree, name => {
        const kind = kindOf(name);
        return kind ? letterOf(kind) : '';
      }),
    [view.scene.tree]
  );
  const take = () => {
    if (typed !== null && session.setCode(typed) === null) {
      setTyped(null);
    }
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      take();
    } else if (event.key === 'Escape' && typed !== null) {
      event.stopPropagation();
      setTyped(null);
    }
  };
  const copy = (what: string) =>
    clipboard.write(what).then(
      () => session.say(`Copied ${what}`),
      () => session.say('The browser does not allow copying here')
    );
  return (
    <div className="jb-Code" data-invalid={error !== null}>
      <label htmlFor={id}>Circuit code</label>
      <input
        id={id}
        type="text"
        value={text}
        disabled={state.readOnly}
        spellCheck={false}
        autoComplete="off"
        placeholder="R0-p(R1,CPE1)-W1 or R(RQ)W"
        data-typing={typed !== null}
        aria-invalid={error !== null}
        aria-describedby={`${id}-note`}
        onChange={event => setTyped(event.target.value)}
        onBlur={take}
        onKeyDown={press}
      />
      <button
        type="button"
        className="jb-IconButton"
        aria-label="Copy the circuit code"
        title="Copy the circuit code as impedance.py reads it"
        onClick={() => void copy(code)}
      >
        <Icon name="copy" />
      </button>
      {boukamp && (
        <button
          type="button"
          className="jb-Code-boukamp"
          title="The same in Boukamp's code; click to copy"
          onClick={() => void copy(boukamp)}
        >
          {boukamp}
        </button>
      )}
      <span className="jb-Code-note" id={`${id}-note`} role={error ? 'alert' : undefined}>
        {error && `${sentence(error.rule)}${error.hint ? `. ${error.hint}` : ''}`}
      </span>
    </div>
  );
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function problemOf(text: string): CodeError | null {
  try {
    readCode(text);
    return null;
  } catch (error) {
    return error instanceof CodeError ? error : null;
  }
}
