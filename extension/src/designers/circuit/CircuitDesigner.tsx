/** The circuit designer: palette, sheet, values, and the power flow of one network. */

import type { KeyboardEvent } from 'react';
import { useCallback, useEffect, useId, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { Path } from '../../core/document';
import { shortcut } from '../../core/keyboard';
import type { ClipboardService, Theme } from '../../core/services';
import type { Board } from './board';
import { PartsContext, useEditor, useParts, useSession } from './context';
import type { MenuPlace } from './Diagram';
import { Diagram } from './Diagram';
import type { Element } from './elements';
import { nameOf, titleOf } from './elements';
import type { FaultState } from './FaultPanel';
import { FaultPanel, FAULTS } from './FaultPanel';
import type { MenuItem } from './ElementMenu';
import { ElementMenu } from './ElementMenu';
import { Inspector } from './Inspector';
import type { Key } from './kinds';
import { keyOf, splitKey } from './kinds';
import { label, pathLabel } from './model';
import { Outline } from './Outline';
import { Palette } from './Palette';
import { Problems } from './Problems';
import { extentOf } from './scene';
import type { Session } from './session';
import type { FaultRequest, StudyService, StudyState } from './study';
import { PowerFlowFollower } from './study';
import { NOTHING } from './overlay';
import { StudyBar } from './StudyBar';
import { Toolbar } from './Toolbar';
import { FormContext } from './Value';

export interface CircuitDesignerProps {
  readonly session: Session;
  readonly studies: StudyService | null;
  readonly clipboard: ClipboardService;
  readonly theme: Theme;
}

export function CircuitDesigner(props: CircuitDesignerProps) {
  const board = useRef<Board | null>(null);
  const parts = useMemo(() => ({ session: props.session, board }), [props.session]);
  const form = useMemo(
    () => ({
      editor: props.session.editor,
      label: (path: Path, title: string) => label(path[path.length - 1] ?? '', title),
      pathLabel
    }),
    [props.session]
  );
  return (
    <PartsContext.Provider value={parts}>
      <FormContext.Provider value={form}>
        <Workspace {...props} />
      </FormContext.Provider>
    </PartsContext.Provider>
  );
}

const NO_STUDY: StudyState = { answer: null, overlay: NOTHING, stale: false, running: false, message: '' };
const SILENT = { subscribe: () => () => undefined, getState: () => NO_STUDY };
const NONE: ReadonlySet<Key> = new Set();

function Workspace({ studies, clipboard, theme }: CircuitDesignerProps) {
  const { session, view } = useSession();
  const { state } = useEditor();
  const { board } = useParts();
  const root = useRef<HTMLDivElement>(null);
  const id = useId();
  const [targets, setTargets] = useState<ReadonlySet<Key>>(NONE);
  const [menu, setMenu] = useState<MenuPlace | null>(null);
  const [side, setSide] = useState<'palette' | 'elements'>('palette');
  const [live, setLive] = useState(true);
  const faulty = state.faults.length > 0;
  const follower = useMemo(() => (studies ? new PowerFlowFollower(studies) : null), [studies]);
  const source = follower ?? SILENT;
  const solved = useSyncExternalStore(source.subscribe, source.getState);
  const { fault, compute, close } = useFault(studies);
  const study = useMemo(() => withFault(solved, fault), [solved, fault]);

  useEffect(() => () => follower?.stop(), [follower]);
  useEffect(() => studies?.onReady?.(() => follower?.solve()), [studies, follower]);
  const following = live && study.answer !== null;
  useEffect(
    () => follower?.follow(faulty ? null : state.document, following),
    [follower, faulty, state.document, following]
  );

  const show = useCallback(
    (key: Key | null) => {
      session.select(key === null ? [] : [key]);
      const box = key === null ? null : extentOf(session.getState().scene, [key]);
      if (box) {
        board.current?.reveal(box);
      }
    },
    [session, board]
  );
  const openMenu = useCallback((place: MenuPlace) => setMenu(place), []);
  const closeMenu = useCallback(() => {
    setMenu(null);
    root.current?.querySelector<HTMLElement>('.jb-Sheet')?.focus({ preventScroll: true });
  }, []);
  const toValues = () =>
    root.current?.querySelector<HTMLElement>('.jb-Inspector :is(input, select, textarea)')?.focus();
  const press = (event: KeyboardEvent) => {
    const meant = shortcut(event);
    const typing = event.target instanceof HTMLElement && event.target.getAttribute('data-typing') === 'true';
    if (meant && !typing) {
      event.preventDefault();
      event.stopPropagation();
      session.editor[meant]();
    } else if (
      event.key === 'Escape' &&
      event.target instanceof HTMLElement &&
      event.target.closest('.jb-Inspector')
    ) {
      root.current?.querySelector<HTMLElement>('.jb-Sheet')?.focus({ preventScroll: true });
    }
  };
  const element = menu?.key ? view.scene.elements.get(menu.key) : undefined;
  return (
    <div ref={root} className="jb-Circuit" data-theme={theme} onKeyDown={press}>
      <Toolbar clipboard={clipboard} study={study} />
      <Problems show={show} />
      <div className="jb-Circuit-grid">
        <aside className="jb-Side">
          <div className="jb-Toggle" role="group" aria-label="What the side shows">
            <button type="button" aria-pressed={side === 'palette'} onClick={() => setSide('palette')}>
              Palette
            </button>
            <button type="button" aria-pressed={side === 'elements'} onClick={() => setSide('elements')}>
              Elements
            </button>
          </div>
          {side === 'palette' ? <Palette setTargets={setTargets} /> : <Outline study={study} show={show} />}
        </aside>
        <div className="jb-Middle">
          <Diagram
            study={study}
            clipboard={clipboard}
            targets={targets}
            openMenu={openMenu}
            toValues={toValues}
          />
          {menu && (
            <ElementMenu
              x={menu.x}
              y={menu.y}
              title={element ? titleOf(element) : 'Network'}
              items={menuItems(session, menu.key, () => board.current?.fit(), toValues, studies && compute)}
              close={closeMenu}
            />
          )}
          {view.progress && (
            <div className="jb-Progress" aria-label={view.progress.what} role="group">
              <span>{view.progress.what}</span>
              <progress max={1} value={view.progress.share} aria-label={view.progress.what} />
              <button type="button" className="jb-Button" onClick={() => session.stopDrawing()}>
                Stop
              </button>
            </div>
          )}
          <p className="jb-Notice" role="status">
            {view.notice}
          </p>
        </div>
        <Inspector id={id} study={study} show={show} />
      </div>
      {follower && (
        <StudyBar
          follower={follower}
          study={study}
          live={live}
          faulty={faulty}
          setLive={setLive}
          show={show}
        />
      )}
      {fault && (
        <FaultPanel
          fault={fault}
          where={busName(view.scene.elements, fault.request.bus)}
          compute={compute}
          close={close}
        />
      )}
    </div>
  );
}

/** The fault that was asked for last, computed on the network as it is then. */
function useFault(studies: StudyService | null) {
  const { editor } = useSession().session;
  const [fault, setFault] = useState<FaultState | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const compute = useCallback(
    (request: FaultRequest) => {
      running.current?.abort();
      const own = new AbortController();
      running.current = own;
      setFault({ request, answer: null });
      const refused = (error: unknown) => ({
        message: error instanceof Error ? error.message : String(error),
        notes: {},
        lines: []
      });
      void studies
        ?.shortCircuit(editor.getState().document, request, own.signal)
        .catch(refused)
        .then(answer => {
          if (running.current === own) {
            setFault({ request, answer });
          }
        });
    },
    [studies, editor]
  );
  const close = useCallback(() => {
    running.current?.abort();
    running.current = null;
    setFault(null);
  }, []);
  return { fault, compute, close };
}

function withFault(study: StudyState, fault: FaultState | null): StudyState {
  const notes = Object.entries(fault?.answer?.notes ?? {});
  return notes.length === 0 ? study : { ...study, overlay: { ...study.overlay, notes: new Map(notes) } };
}

function busName(elements: ReadonlyMap<Key, Element>, id: string): string {
  const bus = id === '' ? undefined : elements.get(keyOf('buses', id));
  return bus ? `busbar ${nameOf(bus)}` : id;
}

/** Out of the browser's clipboard where it may be read, else what was copied here. */
async function pasteFromMenu(session: Session): Promise<void> {
  const text = await navigator.clipboard?.readText?.().catch(() => undefined);
  session.paste(text);
}

function menuItems(
  session: Session,
  key: Key | null,
  fit: () => void,
  toValues: () => void,
  compute: ((request: FaultRequest) => void) | null
): readonly MenuItem[] {
  const off = session.readOnly;
  const faultsAt = (bus: string): readonly MenuItem[] =>
    compute
      ? FAULTS.map(([fault, title]) => ({
          title: `${title} ${bus === '' ? 'everywhere' : 'here'}`,
          act: () => compute({ bus, fault, extreme: 'max' })
        }))
      : [];
  if (key === null) {
    return [
      ...faultsAt('').slice(0, 1),
      { title: 'Paste', keys: 'Ctrl+V', disabled: off, act: () => void pasteFromMenu(session) },
      { title: 'Select all', keys: 'Ctrl+A', act: () => session.selectAll() },
      { title: 'Fit the network', keys: 'F', act: fit }
    ];
  }
  const { scene, selection } = session.getState();
  const drawn = (scene.wiresOf.get(key) ?? []).filter(wire => wire.drawn);
  const hasPlace = [...selection].some(item => scene.placements.has(item));
  return [
    { title: 'Values', keys: 'Enter', act: toValues },
    ...(scene.bars.has(key) ? faultsAt(splitKey(key).id) : []),
    ...(hasPlace ? [{ title: 'Turn', keys: 'R', disabled: off, act: () => void session.rotate() }] : []),
    ...(drawn.length > 0
      ? [
          {
            title: 'Route automatically',
            disabled: off,
            act: () => drawn.forEach(wire => session.route(wire.id, null))
          }
        ]
      : []),
    { title: 'Copy', keys: 'Ctrl+C', act: () => void session.copy() },
    { title: 'Delete', keys: 'Del', disabled: off, act: () => void session.remove() }
  ];
}
