// Types of the cell document from its JSON Schema; `--check` writes nothing and fails when they are stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { compile } from 'json-schema-to-typescript';

const target = new URL('src/generated/cell.ts', import.meta.url);
const schema = JSON.parse(readFileSync(new URL('src/generated/cell.schema.json', import.meta.url), 'utf8'));

// the title of a plain value would become a type of its own
const untitled = node =>
  Object.fromEntries(
    Object.entries(node).filter(([key]) => key !== 'title' || node.properties !== undefined)
  );
for (const part of [schema, ...Object.values(schema.$defs)]) {
  part.description = part.description.split('\n')[0];
  for (const [name, value] of Object.entries(part.properties)) {
    part.properties[name] = value.$ref ? { $ref: value.$ref } : untitled(value);
  }
}

const text = await compile(schema, 'Cell', {
  additionalProperties: false,
  bannerComment:
    '/** Made from the Python class `joulebook.battery.Cell` by tools/generate.py; do not edit. */',
  style: { printWidth: 110, singleQuote: true, trailingComma: 'none' }
});

if (process.argv.includes('--check')) {
  let found = '';
  try {
    found = readFileSync(target, 'utf8');
  } catch {
    // a missing file is a stale one
  }
  if (found !== text) {
    console.log('stale: extension/src/generated/cell.ts');
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
