import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const SOURCE = new URL('../../src/', import.meta.url).href;
const OPTIONS = {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

/** The change of one file of `src`; undefined for the code as it is. */
let mutant;

export function initialize({ mutant: name }) {
  if (name === undefined) return;
  const mutants = JSON.parse(readFileSync(new URL('mutants.json', import.meta.url), 'utf8'));
  mutant = mutants.find((each) => each.name === name);
  if (!mutant) throw new Error(`There is no mutant of that name: ${name}`);
}

/** An import of `x.js` from TypeScript means `x.ts`. */
export function resolve(specifier, context, next) {
  if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts')) {
    const url = new URL(`${specifier.slice(0, -3)}.ts`, context.parentURL);
    if (existsSync(url)) return { url: url.href, format: 'module', shortCircuit: true };
  }
  return next(specifier, context);
}

export function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const text = readFileSync(new URL(url), 'utf8');
  const { code } = transformSync(changed(url, text), { ...OPTIONS, filename: fileURLToPath(url) });
  return { format: 'module', source: code, shortCircuit: true };
}

function changed(url, text) {
  if (!mutant || url !== SOURCE + mutant.file) return text;
  const parts = text.split(mutant.from);
  if (parts.length !== 2)
    throw new Error(`The mutant "${mutant.name}" changes text that is in ${mutant.file} ${parts.length - 1} times.`);
  return parts.join(mutant.to);
}
