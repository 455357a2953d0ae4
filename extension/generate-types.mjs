// Types of the documents from their JSON Schemas; `--check` writes nothing and fails when they are stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { compile } from 'json-schema-to-typescript';

const DESIGNS = [
  ['cell', 'Cell', 'joulebook.battery.Cell'],
  ['circuit', 'Network', 'joulebook.grid.Network'],
  ['impedance', 'Circuit', 'joulebook.impedance.Circuit']
];
const check = process.argv.includes('--check');
let stale = false;

// the title of a plain value would become a type of its own
const untitled = node =>
  Object.fromEntries(
    Object.entries(node).filter(([key]) => key !== 'title' || node.properties !== undefined)
  );

async function typesOf(file, type, origin) {
  const schema = JSON.parse(
    readFileSync(new URL(`src/generated/${file}.schema.json`, import.meta.url), 'utf8')
  );
  for (const part of [schema, ...Object.values(schema.$defs)]) {
    part.description = part.description.split('\n')[0];
    for (const [name, value] of Object.entries(part.properties)) {
      part.properties[name] = value.$ref ? { $ref: value.$ref } : untitled(value);
    }
  }
  return compile(schema, type, {
    additionalProperties: false,
    bannerComment: `/** Made from the Python class \`${origin}\` by tools/generate.py; do not edit. */`,
    style: { printWidth: 110, singleQuote: true, trailingComma: 'none' }
  });
}

for (const [file, type, origin] of DESIGNS) {
  const target = new URL(`src/generated/${file}.ts`, import.meta.url);
  const text = await typesOf(file, type, origin);
  if (!check) {
    writeFileSync(target, text);
    continue;
  }
  let found = '';
  try {
    found = readFileSync(target, 'utf8');
  } catch {
    // a missing file is a stale one
  }
  if (found !== text) {
    console.log(`stale: extension/src/generated/${file}.ts`);
    stale = true;
  }
}
process.exit(stale ? 1 : 0);
