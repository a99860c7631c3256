/** The key of a request, as Keyledger has confirmed it. */
export interface VerifiedKey {
  /** The account that owns the key. */
  readonly account: string;
  readonly keyId: string;
  /** The scopes of the key; empty if it has none. */
  readonly scopes: readonly string[];
}

/** The answer for a caller who may not pass. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The decision about a request: its key, or the answer for its caller. */
export type Verdict =
  | { readonly key: VerifiedKey; readonly refusal?: undefined }
  | { readonly key?: undefined; readonly refusal: Refusal };
