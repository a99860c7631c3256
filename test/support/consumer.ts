import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from './cleanup.js';
import { ROOT } from './pages.js';

const STRICT = {
  compilerOptions: {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noImplicitReturns: true,
    noEmit: true,
    target: 'es2023',
    module: 'nodenext',
    types: ['node'],
  },
};

/** What the compiler says to a project of somebody else, who has installed the package and these. */
export function compile(programs: string[], installed: string[], options = {}): string {
  const folder = temporaryDirectory();
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@types'), { recursive: true });
  symlinkSync(ROOT, join(modules, 'keyledger'));
  for (const name of ['@types/node', ...installed]) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const compilerOptions = { ...STRICT.compilerOptions, ...options };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  for (const [index, program] of programs.entries()) writeFileSync(join(folder, `program-${index}.ts`), program);
  return spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder], { encoding: 'utf8' })
    .stdout;
}

/** Tests that the compiler finds the mistake in each of these lines, which stand below the same beginning. */
export function itFindsMistakes(beginning: string, mistakes: [line: string, message: string][], installed: string[]): void {
  let found: string;
  beforeAll(() => {
    found = compile(
      mistakes.map(([line]) => `${beginning}\n${line}`),
      installed,
    );
  });

  it.each(mistakes.map(([line, message], index) => ({ line, message, index })))(
    'lets the compiler find a mistake: $line',
    ({ message, index }) => {
      expect(found.split(/^(?=\S)/m).filter((error) => error.includes(`program-${index}.ts(`))).toEqual([
        expect.stringContaining(message),
      ]);
    },
  );
}
