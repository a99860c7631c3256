import { register } from 'node:module';

// `node --import` this file: TypeScript runs as it is. `KEYLEDGER_TEST_MUTANT` names a mutant of the code.
register('./hooks.mjs', import.meta.url, { data: { mutant: process.env.KEYLEDGER_TEST_MUTANT } });
