/** A language, and a program in it that asks `/v1/verify` with the key of its environment. `origin` is the server's. */
interface Language {
  name: string;
  code: (origin: string) => string;
}

export const LANGUAGES: readonly Language[] = [
  {
    name: 'curl',
    code: (origin) => `curl -i -u "$KEYLEDGER_KEY_ID:$KEYLEDGER_SECRET" ${origin}/v1/verify`,
  },
  {
    name: 'JavaScript',
    code: (origin) => `const { KEYLEDGER_KEY_ID, KEYLEDGER_SECRET } = process.env;
const pair = btoa(\`\${KEYLEDGER_KEY_ID}:\${KEYLEDGER_SECRET}\`);
const response = await fetch('${origin}/v1/verify', {
  headers: { authorization: \`Basic \${pair}\` },
});
console.log(response.status, response.headers.get('x-keyledger-account'));`,
  },
  {
    name: 'Python',
    code: (origin) => `import base64, os, urllib.request

pair = f"{os.environ['KEYLEDGER_KEY_ID']}:{os.environ['KEYLEDGER_SECRET']}"
request = urllib.request.Request("${origin}/v1/verify")
request.add_header("Authorization", "Basic " + base64.b64encode(pair.encode()).decode())
with urllib.request.urlopen(request) as answer:
    print(answer.status, answer.headers["x-keyledger-account"])`,
  },
];
