/** The part of autocannon that the benchmarks use. It has no types of its own. */
declare module 'autocannon' {
  export interface Load {
    url: string;
    connections: number;
    /** Seconds. */
    duration: number;
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
