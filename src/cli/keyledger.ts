#!/usr/bin/env node
import { librarySettings } from '../config.js';
import { surviveClosedOutput } from './output/output.js';
import { runProgram } from './program.js';

surviveClosedOutput();
Object.assign(process.env, librarySettings(process.env));
const code = await runProgram(process.argv.slice(2), process.env);
if (code !== 0) process.exit(code);
