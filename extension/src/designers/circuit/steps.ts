/** Long work in small steps: done at once, or in slices between which the page lives on. */

/** Work that gives the share that is done now and then, and its result at the end. */
export type Steps<T> = Generator<number, T, void>;

/** Do all of it now. */
export function finished<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) {
      return step.value;
    }
  }
}

/** Steps that are a part of a larger work: their shares run from `start` over `span`. */
export function* shifting<T>(steps: Steps<T>, start: number, span: number): Steps<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) {
      return step.value;
    }
    yield start + span * step.value;
  }
}

/** Do as much as can be done in some ms: the result, or the steps to go on with. */
export function begun<T>(steps: Steps<T>, ms: number): { readonly result: T } | { readonly rest: Steps<T> } {
  const until = performance.now() + ms;
  for (;;) {
    const step = steps.next();
    if (step.done) {
      return { result: step.value };
    }
    if (performance.now() > until) {
      return { rest: steps };
    }
  }
}

/** ms of work between two breaths of the page. */
const SLICE = 10;

/** Do it in slices; the function that comes back stops it, and then `done` is not called. */
export function inSlices<T>(
  steps: Steps<T>,
  done: (result: T) => void,
  progress: (share: number) => void = () => undefined
): () => void {
  let stopped = false;
  // a message comes sooner than a timer, which browsers hold back where it repeats itself
  const channel = new MessageChannel();
  const next = () => channel.port2.postMessage(null);
  channel.port1.onmessage = () => {
    const until = performance.now() + SLICE;
    while (!stopped) {
      const step = steps.next();
      if (step.done) {
        channel.port1.close();
        done(step.value);
        return;
      }
      if (performance.now() > until) {
        progress(step.value);
        next();
        return;
      }
    }
    channel.port1.close();
  };
  next();
  return () => {
    stopped = true;
    channel.port1.close();
  };
}
