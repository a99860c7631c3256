/** What must never appear in a text for people: a key's secret, a token (signed, unsigned or encrypted), Basic credentials. */
const SECRETS = /kls_[0-9a-z]{20,}|eyJ[\w-]+(?:\.[\w-]*){2,4}|(?<=\bBasic +)[\w+/.~-]+=*/gi;

/** The text without secrets, whatever else it contains. */
export function redacted(text: string): string {
  return text.replaceAll(SECRETS, '[redacted]');
}
