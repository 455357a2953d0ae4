/**
 * Operations on documents: the only way in which a designer changes one.
 *
 * The same rules are kept by `joulebook.core.operations` in Python; both are run against
 * `tests/corpus/operations.json`.
 */

import type { Json, JsonObject, Path } from './document';
import { dotted, isObject, valueAt, withoutValue, withValue } from './document';

export type Operation =
  | { readonly op: 'set'; readonly path: Path; readonly value: Json }
  | { readonly op: 'unset'; readonly path: Path }
  | { readonly op: 'batch'; readonly operations: readonly Operation[] };

/** An operation that the document does not allow; the document stays as it was. */
export class OperationError extends Error {
  constructor(
    readonly path: Path,
    readonly rule: string
  ) {
    super(path.length > 0 ? `${dotted(path)}: ${rule}` : rule);
    this.name = 'OperationError';
  }
}

export interface Applied {
  readonly document: JsonObject;
  /** Operations that lead back to the original, in the order in which they are to be applied. */
  readonly inverse: readonly Operation[];
}

/** Keys that say what a document is; no edit may change them. */
const IDENTITY = ['kind', 'schema_version'];

export function set(path: Path, value: Json): Operation {
  return { op: 'set', path, value };
}

export function unset(path: Path): Operation {
  return { op: 'unset', path };
}

export function batch(operations: readonly Operation[]): Operation {
  return { op: 'batch', operations };
}

/** Apply operations in order: all of them or none. */
export function applyOperations(document: JsonObject, operations: readonly Operation[]): Applied {
  let here = document;
  const inverse: Operation[] = [];
  for (const operation of operations) {
    const step = applyOne(here, operation);
    here = step.document;
    inverse.unshift(...step.inverse);
  }
  return { document: here, inverse };
}

function applyOne(document: JsonObject, operation: Operation): Applied {
  switch (operation.op) {
    case 'batch':
      return applyOperations(document, operation.operations);
    case 'set': {
      checkPath(document, operation.path);
      checkValue(operation.path, operation.value);
      const before = valueAt(document, operation.path);
      return {
        document: withValue(document, operation.path, operation.value),
        inverse: [before === undefined ? unset(operation.path) : set(operation.path, before)]
      };
    }
    case 'unset': {
      checkPath(document, operation.path);
      const before = valueAt(document, operation.path);
      if (before === undefined) {
        throw new OperationError(operation.path, 'there is no such value to take away');
      }
      return { document: withoutValue(document, operation.path), inverse: [set(operation.path, before)] };
    }
    default:
      throw new OperationError([], `unknown operation ${JSON.stringify((operation as { op: unknown }).op)}`);
  }
}

function checkPath(document: JsonObject, path: Path): void {
  if (path.length === 0 || path.some(key => typeof key !== 'string' || key === '')) {
    throw new OperationError([], 'a path is a list of names, at least one');
  }
  if (IDENTITY.includes(path[0] ?? '')) {
    throw new OperationError(path, 'says what the document is and stays as it is');
  }
  if (!isObject(valueAt(document, path.slice(0, -1)))) {
    throw new OperationError(path, `${dotted(path.slice(0, -1))} is not a group of values`);
  }
}

function checkValue(path: Path, value: Json | undefined): void {
  if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) {
    throw new OperationError(path, 'must be a JSON value; numbers are finite');
  }
  if (Array.isArray(value)) {
    value.forEach(item => checkValue(path, item));
  } else if (isObject(value)) {
    Object.values(value).forEach(item => checkValue(path, item));
  }
}

/** Set a value and drop what was said about its source, and about those of its parts, as `Cell.replace` does. */
export function changeValue(document: JsonObject, path: Path, value: Json | undefined): Operation {
  const key = dotted(path);
  const sources = valueAt(document, ['sources']);
  const gone = Object.keys(isObject(sources) ? sources : {}).filter(
    name => name === key || name.startsWith(`${key}.`)
  );
  const change = value === undefined ? unset(path) : set(path, value);
  return batch([change, ...gone.map(name => unset(['sources', name]))]);
}
