import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'vite';

const DASHBOARD = join(import.meta.dirname, '../../src/dashboard');

/** A node of a syntax tree (ESTree with JSX). */
interface Node {
  type: string;
  [member: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;
const isBlank = (node: Node) => node.type === 'JSXText' && String(node.value).trim() === '';
const partsOf = (node: Node) => Object.values(node).flat().filter(isNode);

/** True for what is rendered only sometimes, or in turns with something else. */
function isChanging({ type, expression }: Node): boolean {
  return (
    type === 'JSXExpressionContainer' &&
    isNode(expression) &&
    ['ConditionalExpression', 'LogicalExpression'].includes(expression.type)
  );
}

function isText(node: unknown): boolean {
  if (!isNode(node)) return false;
  switch (node.type) {
    case 'JSXText':
      return !isBlank(node);
    case 'JSXExpressionContainer':
      return isText(node.expression);
    case 'ConditionalExpression':
      return isText(node.consequent) || isText(node.alternate);
    case 'LogicalExpression':
      return isText(node.right);
    case 'Literal':
      return typeof node.value === 'string' && node.value.trim() !== '';
    default:
      return node.type === 'TemplateLiteral';
  }
}

/** A translator moves a text into an element of its own. React then does not find it where it wants to remove it, or to insert before it. */
function bareTextsIn(node: Node): string[] {
  const found = partsOf(node).flatMap(bareTextsIn);
  if (node.type !== 'JSXElement' && node.type !== 'JSXFragment') return found;
  const children = Array.isArray(node.children) ? node.children.filter(isNode).filter((child) => !isBlank(child)) : [];
  const text = children.length > 1 && children.some(isChanging) ? children.find(isText) : undefined;
  const inTurns = children.filter(isChanging).filter((child) => isText(child) && holdsElement(child));
  return [...found, ...[text, ...inTurns].filter(isNode).map(({ start, end }) => `${start}-${end}`)];
}

const holdsElement = (node: Node): boolean => node.type === 'JSXElement' || partsOf(node).some(holdsElement);

it('no text stands bare beside something that comes and goes, so a translator in the browser breaks no page', () => {
  const files = readdirSync(DASHBOARD, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tsx'));
  const bare = files.flatMap((file) => {
    const code = readFileSync(join(DASHBOARD, file), 'utf8');
    const { program } = parseSync(file, code);
    if (!isNode(program)) throw new Error(`${file} was not parsed.`);
    return bareTextsIn(program).map((place) => {
      const [start, end] = place.split('-').map(Number);
      return `${file}: ${code.slice(start, end).trim().replaceAll(/\s+/g, ' ')}`;
    });
  });
  expect(files.length).toBeGreaterThan(30);
  expect(bare).toEqual([]);
});
