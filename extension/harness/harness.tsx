// A page without Jupyter around the widget, for looking at it and for browser tests: `look.py` drives it.
import widget from '../src/hosts/anywidget/cell_designer';
import named from '../src/generated/named.json';

type Listener = (...args: unknown[]) => void;

declare global {
  interface Window {
    /** Solves a preview request; given by the Python that opened the page. */
    solve?: (request: unknown) => Promise<unknown>;
    model: PageModel;
  }
}

class PageModel {
  private listeners = new Map<string, Set<Listener>>();

  constructor(private readonly state: Record<string, unknown>) {}

  get(name: string): unknown {
    return this.state[name];
  }

  set(name: string, value: unknown): void {
    this.state[name] = value;
    this.tell(`change:${name}`);
  }

  save_changes(): void {
    // there is nobody to tell
  }

  on(event: string, listener: Listener): void {
    this.listeners.set(event, (this.listeners.get(event) ?? new Set()).add(listener));
  }

  off(event: string, listener: Listener): void {
    this.listeners.get(event)?.delete(listener);
  }

  send(content: unknown): void {
    const { kind, id } = content as { kind: string; id: string };
    if (kind === 'preview' && window.solve) {
      void window
        .solve(content)
        .then(answer => this.tell('msg:custom', { kind: 'preview-answer', id, answer }));
    }
  }

  private tell(event: string, ...args: unknown[]): void {
    this.listeners.get(event)?.forEach(listener => listener(...args));
  }
}

const asked = new URLSearchParams(location.search);
const theme = asked.get('theme') ?? 'light';
const cell = named[(asked.get('cell') ?? 'Chen2020') as keyof typeof named];
const el = document.getElementById('cell');
window.model = new PageModel({ doc: cell, read_only: false, theme });
document.body.style.background = theme === 'dark' ? '#101214' : '#e9ebee';
if (el) {
  widget.render({ model: window.model as never, el });
}
