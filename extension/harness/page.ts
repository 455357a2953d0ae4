// A widget's model without Jupyter: state in the page, requests answered by `window.solve`.
type Listener = (...args: unknown[]) => void;

declare global {
  interface Window {
    /** Solves a preview request; given by the Python that opened the page. */
    solve?: (request: unknown) => Promise<unknown>;
    model: PageModel;
  }
}

export class PageModel {
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
