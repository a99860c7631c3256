#!/usr/bin/env node
import { endAtSignal } from '../cluster/signals.js';

const args = process.argv.slice(2);
const [first = 'serve'] = args;
// A server hears signals while it loads. Any other command must not look finished if one stops it.
const isServer = first === 'serve' || first.startsWith('-');
if (isServer) endAtSignal();

const { surviveClosedOutput } = await import('./output/output.js');
const { librarySettings } = await import('../config.js');
const { handOver, handOverAtSignals } = await import('./hand-over.js');
const { runProgram } = await import('./program.js');

surviveClosedOutput();
Object.assign(process.env, librarySettings(process.env));
if (!isServer) handOverAtSignals(process.env);
const code = await runProgram(args, process.env);
if (!isServer) handOver(process.env);
if (code !== 0) process.exit(code);
