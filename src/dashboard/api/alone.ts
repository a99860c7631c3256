/**
 * Does the work while no other tab of this browser does work of that name. The others wait. Browsers have locks over https and on
 * loopback; without them, each tab does its work at once.
 * @throws the signal's reason, if it aborts before the work begins
 */
export function alone<T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  return 'locks' in navigator ? navigator.locks.request(name, signal ? { signal } : {}, work) : work();
}
