/** Saves a key as a file that shells and dotenv read. The address that it is saved from does not hold the secret. */
export function downloadEnv(keyId: string, secret: string): void {
  const text = `KEYLEDGER_KEY_ID=${keyId}\nKEYLEDGER_SECRET=${secret}\n`;
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${keyId}.env`;
  link.click();
  URL.revokeObjectURL(url);
}
