import { withReplaced } from './replaced.js';

it('replaces every part, and nothing in what takes its place', () => {
  const example = 'listen 8080; proxy_pass http://127.0.0.1:3000; # 127.0.0.1:3000';
  const parts = { 'listen 8080': 'listen 127.0.0.1:30009', '127.0.0.1:3000': '127.0.0.1:8080' };
  expect(withReplaced(example, parts)).toBe('listen 127.0.0.1:30009; proxy_pass http://127.0.0.1:8080; # 127.0.0.1:8080');
});

it('takes the parts as they are written', () => {
  expect(withReplaced('1.0 and 1x0', { '1.0': '2.0' })).toBe('2.0 and 1x0');
});
