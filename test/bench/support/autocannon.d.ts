/** The part of autocannon that the benchmarks use. It has no types of its own. */
declare module 'autocannon' {
  export interface Load {
    url: string;
    connections: number;
    /** Seconds. Without it, the load ends after `amount`. */
    duration?: number;
    /** How many requests to send in all. */
    amount?: number;
    /** How many requests to send a second. By default each connection sends the next one at once. */
    overallRate?: number;
    requests: { path: string; headers: Record<string, string> }[];
  }
  export interface Result {
    /** Seconds. */
    duration: number;
    '2xx': number;
    non2xx: number;
    errors: number;
    /** Milliseconds. */
    latency: { p99: number };
  }
  export default function autocannon(load: Load): Promise<Result>;
}
